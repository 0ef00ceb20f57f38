import { expect } from 'chai'
import type { OrganizationPolicy } from '../../rules/organization.ts'
import { Browser } from '../support/browser.ts'
import { askForReset, givePassword, mailsTo } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { story } from '../support/story.ts'
import { team } from '../support/team.ts'

const minute = 60_000

story('The rules of an organization', (rekey) => {
  const pageOf = (organization: string) => `${rekey.issuer}/administration/${organization}/policy`

  /** A super admin at the page, freshly signed in. */
  const atPage = async (organization: string, admin: Person, browser = new Browser()) => {
    await browser.open(pageOf(organization))
    await browser.press('Sign in', { email: admin.email, password: admin.password })
    await browser.press('Verify', { code: rekey.code(admin) })
    return browser
  }

  const policyOf = async (organization: string): Promise<OrganizationPolicy> =>
    (await rekey.store.organizations.get(organization))!.policy

  /** What the form sends with boxes unticked, which `press` can't do. */
  const without = async (browser: Browser, names: string[], fields: { [name: string]: string } = {}) => {
    const { action, body } = browser.form('Save', fields)
    for (const name of names) body.delete(name)
    await browser.send(action, body)
  }

  it('are reached from the members, hold from the next sign-in on, and are logged with what was', async () => {
    const { organization, admin, person } = await team(rekey, { person: { bare: true } })
    const before = await givePassword(rekey, person)
    expect(before.shown.document.querySelector('form[action$="/skip"]')).to.not.equal(null)
    const browser = await atPage(organization, admin)
    await browser.open(`${rekey.issuer}/administration/${organization}`)
    await browser.follow('Security policy')
    expect(browser.heading).to.equal('Security policy')
    await browser.press('Save', { requireSecondFactor: 'yes', holdAfterApprovalHours: '12' })
    expect(browser.said).to.equal('The security policy is saved.')
    expect(await policyOf(organization)).to.include({ requireSecondFactor: true, holdAfterApprovalHours: 12 })
    const after = await givePassword(rekey, person)
    expect(after.shown.document.querySelector('form[action$="/skip"]')).to.equal(null)
    const [entry] = await rekey.store.audit.find('subject', organization)
    expect(entry).to.include({ event: 'policy.changed', actor: admin.id })
    expect(entry!.detail).to.deep.equal({
      organization,
      'requireSecondFactor.from': 'false',
      'requireSecondFactor.to': 'true',
      'holdAfterApprovalHours.from': '0',
      'holdAfterApprovalHours.to': '12',
    })
  })

  it('tell every other super admin what was and what is, and nobody else', async () => {
    const { organization, admins, person } = await team(rekey, { admins: 3 })
    const [admin, ...others] = admins as [Person, Person, Person]
    const browser = await atPage(organization, admin)
    await without(browser, ['route_support'], { approvals: '2' })
    for (const other of others) {
      const [mail] = (await mailsTo(rekey, other.email)).filter(({ subject }) =>
        /^The security policy of/.test(subject),
      )
      expect(mail!.text).to.include(admin.email)
      expect(mail!.text).to.include('Approvals: 1 → 2').and.to.include('Ways switched off: none → Support')
    }
    const told = [...(await mailsTo(rekey, admin.email)), ...(await mailsTo(rekey, person.email))]
    expect(told.filter(({ subject }) => /^The security policy of/.test(subject))).to.deep.equal([])
  })

  it('bind requests from then on, and leave those that are open as they began', async () => {
    const { organization, person, admin } = await team(rekey)
    await askForReset(rekey, person)
    const browser = await atPage(organization, admin)
    await browser.press('Save', { supportHoldHours: '72' })
    const [open] = await rekey.store.cases.find('openFor', person.id)
    expect(open!.terms.supportHold).to.equal(48 * 60 * minute)
    const other = await rekey.person({ memberships: [{ organization }] })
    await askForReset(rekey, other)
    const [next] = await rekey.store.cases.find('openFor', other.id)
    expect(next!.terms.supportHold).to.equal(72 * 60 * minute)
  })

  it('can not switch every way off, nor leave out what they need, and keep what was typed', async () => {
    const { organization, admin } = await team(rekey)
    const browser = await atPage(organization, admin)
    await without(browser, ['route_admin', 'route_support'], { holdAfterApprovalHours: '7' })
    expect(browser.said).to.include('Leave at least one way')
    expect(browser.shown.document.querySelector('#holdAfterApprovalHours')!.getAttribute('value')).to.equal(
      '7',
    )
    await browser.open(pageOf(organization))
    await browser.press('Save', { supportHoldHours: '<b>' })
    expect(browser.said).to.include('from 48 to 72')
    expect(browser.shown.document.querySelector('#supportHoldHours')!.getAttribute('value')).to.equal('<b>')
    expect(await policyOf(organization)).to.deep.equal({})
  })

  it('that would leave a super admin without help are confirmed first', async () => {
    const { organization, admin } = await team(rekey)
    const browser = await atPage(organization, admin)
    await without(browser, ['route_support'])
    expect(browser.said).to.include("can't be helped")
    expect(await policyOf(organization)).to.deep.equal({})
    await without(browser, ['route_support'], { sure: 'yes' })
    expect(browser.said).to.equal('The security policy is saved.')
    expect((await policyOf(organization)).routesOff).to.deep.equal(['support'])
  })

  it('set by two super admins at once are those of the first; the second sees them beside their own, and can save those', async () => {
    const { organization, admins } = await team(rekey, { admins: 2 })
    const [one, other] = await Promise.all(admins.map((admin) => atPage(organization, admin)))
    await one!.press('Save', { approvals: '2' })
    await other!.press('Save', { supportHoldHours: '72' })
    expect(other!.said).to.include('Somebody changed the policy')
    expect(await policyOf(organization)).to.include({ approvals: 2, supportHoldHours: 48 })
    const now = (name: string) => other!.shown.document.querySelector(`#${name}-now`)?.text
    expect(now('approvals')).to.equal('Now: 2 super admins approve')
    expect(now('supportHoldHours')).to.equal('Now: 48')
    expect(other!.shown.document.querySelectorAll('.applies-now')).to.have.length(2)
    const filled = other!.form('Save').body
    expect([filled.get('approvals'), filled.get('supportHoldHours')]).to.deep.equal(['1', '72'])
    await other!.press('Save', { approvals: '2' })
    expect(other!.said).to.equal('The security policy is saved.')
    expect(await policyOf(organization)).to.include({ approvals: 2, supportHoldHours: 72 })
  })

  it('a second click changes nothing more', async () => {
    const { organization, admin } = await team(rekey)
    const browser = await atPage(organization, admin)
    const { action, body } = browser.form('Save', { approvals: '2' })
    await browser.send(action, body)
    await browser.send(action, body)
    expect(browser.said).to.equal('The security policy is saved.')
    expect(await rekey.store.audit.find('subject', organization)).to.have.length(1)
  })

  it('take a second factor of the last five minutes', async () => {
    const { organization, admin } = await team(rekey)
    const browser = await atPage(organization, admin)
    rekey.advance(6 * minute)
    await browser.press('Save', { approvals: '2' })
    expect(browser.heading).to.equal('Sign in')
    expect(await policyOf(organization)).to.deep.equal({})
  })

  it('are for the super admins of the organization alone, and take the form’s own token', async () => {
    const { organization, admin, person } = await team(rekey)
    const stranger = await team(rekey)
    for (const nobody of [person, stranger.admin]) {
      const browser = await atPage(organization, nobody)
      expect(browser.shown.status).to.equal(403)
    }
    const browser = await atPage(organization, admin)
    const { action, body } = browser.form('Save', { approvals: '2' })
    body.set('form', 'forged')
    await browser.send(action, body)
    expect(browser.shown.status).to.equal(403)
    expect(await policyOf(organization)).to.deep.equal({})
  })

  it('that were being told when the process died are told by the next', async () => {
    const { organization, admins } = await team(rekey, { admins: 2 })
    await rekey.store.organizations.update(organization, (current) => [
      {
        ...current!,
        effectsDue: 'yes',
        effects: [
          {
            kind: 'tell_super_admins',
            id: 'policy:left',
            organization,
            except: admins[0]!.id,
            name: 'policy_changed',
            data: { at: rekey.now(), organization: 'Hanami', subjectName: 'A', subjectEmail: 'a@b.example' },
          },
        ],
      },
      undefined,
    ])
    expect((await mailsTo(rekey, admins[1]!.email)).map(({ subject }) => subject)).to.deep.equal([
      'The security policy of Hanami was changed',
    ])
    expect((await rekey.store.organizations.get(organization))!.effectsDue).to.equal(undefined)
  })
})
