import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { mailsTo } from '../support/journeys.ts'
import type { Person, Rekey } from '../support/rekey.ts'
import { eventsOf, signInThere } from '../support/security.ts'
import { story } from '../support/story.ts'

/** An operator at one of their pages, freshly signed in. */
export async function atOperator(rekey: Rekey, person: Person, path = '', browser = new Browser()) {
  await browser.open(`${rekey.issuer}/operator${path}`)
  return signInThere(rekey, person, browser)
}

story('The operator’s pages', (rekey) => {
  it('are for operators, with a second factor of the last hour', async () => {
    const operator = await rekey.person({ operator: true })
    const browser = await atOperator(rekey, operator)
    expect(browser.heading).to.equal('Operator')
    expect(browser.words).to.include('Release').and.include('Support agents')
    rekey.advance(61 * 60_000)
    await browser.open(`${rekey.issuer}/operator`)
    expect(browser.heading).to.equal('Sign in')
    const agent = await rekey.person({ supportAgent: true })
    expect((await atOperator(rekey, agent)).shown.status).to.equal(403)
  })

  it('take a second factor of the last five minutes to change anything', async () => {
    const browser = await atOperator(rekey, await rekey.person({ operator: true }), '/organizations')
    rekey.advance(6 * 60_000)
    await browser.press('Create organization', { name: 'Late', id: 'late' })
    expect(browser.heading).to.equal('Sign in')
    expect(await rekey.store.organizations.get('late')).to.equal(undefined)
  })

  it('make an organization with its first super admin, and with the policy that is the default', async () => {
    const operator = await rekey.person({ operator: true })
    const admin = await rekey.person()
    const browser = await atOperator(rekey, operator, '/policy')
    await browser.press('Save', { requireSecondFactor: 'yes' })
    expect(browser.said).to.include('saved')
    await browser.open(`${rekey.issuer}/operator/organizations`)
    await browser.press('Create organization', { name: 'Fresh', id: 'fresh', superAdmin: admin.email })
    expect(browser.said).to.include('created')
    expect(browser.words).to.include('Fresh')
    expect((await rekey.store.organizations.get('fresh'))!.policy.requireSecondFactor).to.equal(true)
    expect((await rekey.store.memberships.get(`fresh:${admin.id}`))!.role).to.equal('super_admin')
    await browser.press('Create organization', { name: 'Again', id: 'fresh' })
    expect(browser.said).to.include('taken')
    expect(browser.shown.document.querySelector('#name')!.getAttribute('value')).to.equal('Again')
    const log = await rekey.store.audit.find('log', 'all', { limit: 500 })
    expect(log.filter(({ actor }) => actor === operator.id).map(({ event }) => event)).to.include.members([
      'setting.changed',
      'organization.created',
    ])
  })

  it('keep the default policy of whoever was first; the second sees it beside their own, and can save that', async () => {
    const people = [await rekey.person({ operator: true }), await rekey.person({ operator: true })]
    const [one, other] = await Promise.all(people.map((person) => atOperator(rekey, person, '/policy')))
    await one!.press('Save', { approvals: '2' })
    await other!.press('Save', { approvals: '1', supportHoldHours: '1' })
    expect(other!.said, 'a fault is mended on what it was made for').to.include('from 48 to 72')
    await other!.press('Save', { approvals: '1', supportHoldHours: '72' })
    expect(other!.said).to.include('Somebody changed the policy')
    const now = (name: string) => other!.shown.document.querySelector(`#${name}-now`)?.text
    expect([now('approvals'), now('supportHoldHours')]).to.deep.equal([
      'Now: 2 super admins approve',
      'Now: 48',
    ])
    expect(other!.shown.document.querySelectorAll('.applies-now')).to.have.length(2)
    await other!.press('Save')
    expect(other!.said).to.include('saved')
    await one!.open(`${rekey.issuer}/operator/policy`)
    const shown = one!.form('Save').body
    expect([shown.get('approvals'), shown.get('supportHoldHours')]).to.deep.equal(['1', '72'])
  })

  it('make someone a support agent, tell them, and take it from them after asking once', async () => {
    const operator = await rekey.person({ operator: true })
    const person = await rekey.person()
    const browser = await atOperator(rekey, operator, '/support')
    await browser.press('Add', { email: person.email, role: 'supportAgent', reason: 'Joined the desk.' })
    expect(browser.said).to.include('saved')
    expect((await rekey.account(person)).supportAgent).to.equal(true)
    expect((await mailsTo(rekey, person.email)).at(-1)!.text).to.include('You are a support agent')
    const removal = { role: 'supportAgent', email: person.email, change: 'remove' }
    const form = browser.form('Add').body.get('form')!
    await browser.send('/operator/support', new URLSearchParams({ ...removal, form }))
    expect(browser.heading).to.include('from support?')
    expect((await rekey.account(person)).supportAgent).to.equal(true)
    await browser.press(`Remove ${person.name}`)
    expect((await rekey.account(person)).supportAgent).to.equal(undefined)
    expect(await eventsOf(rekey, person)).to.include.members(['support_agent.added', 'support_agent.removed'])
  })

  it('let nobody take the role from themselves, nor act on the day their own factors changed', async () => {
    const operator = await rekey.person({ operator: true })
    const browser = await atOperator(rekey, operator, '/support')
    const form = browser.form('Add').body.get('form')!
    const own = { role: 'operator', email: operator.email, change: 'remove', sure: 'yes', form }
    await browser.send('/operator/support', new URLSearchParams(own))
    expect(browser.said).to.include('Another operator')
    await rekey.store.protections.update(operator.id, (current) => [
      { ...current!, factorsChangedAt: rekey.now() - 1000 },
      undefined,
    ])
    await browser.send('/operator/support', new URLSearchParams({ ...own, email: 'x@y.example' }))
    expect(browser.said).to.include('less than a day ago')
  })

  it('roll the signing keys, after saying what that does', async () => {
    const browser = await atOperator(rekey, await rekey.person({ operator: true }), '/keys')
    const before = await keysOf(rekey)
    await browser.press('Rotate now')
    expect(browser.heading).to.equal('Rotate the signing keys?')
    expect(await keysOf(rekey)).to.deep.equal(before)
    await browser.press('Rotate the keys')
    expect(browser.said).to.include('New signing keys')
    const after = await keysOf(rekey)
    expect(after).to.include.members(before)
    expect(after.length).to.be.above(before.length)
  })

  it('seal everything anew, and say what still needs which key', async () => {
    const browser = await atOperator(rekey, await rekey.person({ operator: true }), '/keys')
    await browser.press('Seal everything anew')
    expect(browser.said).to.include('newest key')
    expect(browser.words).to.include('Last sealed anew')
  })

  it('show how far long work has come, wherever it was begun, and begin it once', async () => {
    const operator = await rekey.person({ operator: true })
    const browser = await atOperator(rekey, operator, '/keys')
    const { action, body } = browser.form('Seal everything anew')
    const id = 'work-reseal'
    const begunAt = rekey.now()
    const before = JSON.stringify({ begunAt, at: begunAt, seen: 1200 })
    await rekey.store.settings.update(id, () => [{ id, value: before }, undefined])
    await browser.open(`${rekey.issuer}/operator/keys`)
    expect(browser.words).to.include('Under way since').and.include('looked at so far: 1200')
    expect(() => browser.form('Seal everything anew')).to.throw()
    const cookie = await browser.jar.getCookieString(`${rekey.issuer}/operator/keys`)
    const { headers } = await fetch(`${rekey.issuer}/operator/keys`, { headers: { cookie } })
    expect(headers.get('refresh')).to.equal('3')
    // Seen failing without `isUnderWay` in `beginWork` (organization/operator/long-work.ts).
    await browser.send(action, body)
    expect((await rekey.store.settings.get(id))!.value).to.equal(before)
    // A process that died over it holds nobody up.
    rekey.advance(61_000)
    await browser.open(`${rekey.issuer}/operator/keys`)
    await browser.press('Seal everything anew')
    expect(browser.said).to.include('newest key')
    expect(browser.words).to.not.include('Under way since')
  })

  it('show what was given up on its way out, and send it again', async () => {
    const operator = await rekey.person({ operator: true })
    const browser = await atOperator(rekey, operator)
    const message = { id: 'lost-1', channel: 'mail' as const, to: operator.email, subject: 'x', text: 'x' }
    await rekey.store.outbox.insert({
      ...{ id: 'lost-1', recipient: 'someone:mail', lane: 'mail', sequence: 1, state: 'dead', nextAt: 0 },
      ...{ tries: 80, createdAt: rekey.now(), lastError: 'Error ECONNREFUSED' },
      sealed: rekey.app.services.ring.seal(JSON.stringify({ kind: 'message', message }), 'lost-1'),
    })
    await browser.open(`${rekey.issuer}/operator/outbox`)
    expect(browser.words).to.include('ECONNREFUSED')
    await browser.press('Try all again')
    expect(browser.said).to.include('sent again')
    await rekey.work()
    expect((await rekey.store.outbox.get('lost-1'))!.state).to.equal('sent')
  })
})

const keysOf = async (rekey: Rekey): Promise<string[]> => {
  const answer = await fetch(`${rekey.issuer}/jwks`)
  return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid)
}
