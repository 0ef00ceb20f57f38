import { expect } from 'chai'
import { deadlines } from '../../rules/recovery-case.ts'
import { Browser } from '../support/browser.ts'
import {
  askAsWell,
  askForReset,
  casesOf,
  codeIn,
  givePassword,
  linkIn,
  mailsTo,
  openApproval,
} from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { story } from '../support/story.ts'
import { team } from '../support/team.ts'

const hour = 3_600_000
const day = 24 * hour

story('Asking for a reset', (rekey) => {
  const explained = async (person: Person) => {
    const browser = await givePassword(rekey, person)
    await browser.press('Reset authentication device')
    return browser
  }

  it('is explained before anything happens: who is asked, what ends, how to stop it', async () => {
    const { person, admins } = await team(rekey, { admins: 2 })
    const before = await rekey.account(person)
    const browser = await explained(person)
    expect(browser.heading).to.equal('Reset authentication device')
    for (const words of ['We ask 2 super admins of Hanami by email.', person.email, 'You can cancel'])
      expect(browser.words).to.include(words)
    expect(await casesOf(rekey, person)).to.deep.equal([])
    expect(await rekey.account(person)).to.deep.equal(before)
    for (const { email } of [person, ...admins]) expect(await mailsTo(rekey, email)).to.deep.equal([])
  })

  it('can be left again for the code', async () => {
    const { person } = await team(rekey)
    const browser = await explained(person)
    await browser.press('Back to the code')
    expect(browser.heading).to.equal('Enter your code')
    await browser.press('Verify', { code: rekey.code(person) })
    expect((await rekey.rp.finish(browser)).claims.sub).to.equal(person.id)
  })

  it('mails the person a code and a way to stop it, and the super admin a link without the code', async () => {
    const { person, admin } = await team(rekey)
    await askForReset(rekey, person)
    const own = await rekey.mail.next(person.email, /^You asked to reset your authentication device$/)
    const code = codeIn(own.text)
    expect(linkIn(own.text, '/recovery/disavow/')).to.include(rekey.issuer)
    expect(own.text).to.not.include('/recovery/approve/')
    const request = await rekey.mail.next(
      admin.email,
      new RegExp(`^${person.name} asks you to reset an authentication device$`),
    )
    for (const words of [person.email, 'Hanami', 'Firefox', 'Test App'])
      expect(request.text).to.include(words)
    expect(linkIn(request.text, '/recovery/approve/')).to.include(rekey.issuer)
    expect(request.text + request.html).to.not.include(code)
    expect(request.text).to.not.include('/recovery/disavow/')
  })

  it('sends the notice, with the code, to every verified address of the person', async () => {
    const { person } = await team(rekey, { person: { addresses: ['home@people.example'] } })
    await askForReset(rekey, person)
    const mails = [await mailsTo(rekey, person.email), await mailsTo(rekey, 'home@people.example')]
    expect(mails.map((sent) => sent.length)).to.deep.equal([1, 1])
    expect(codeIn(mails[0]![0]!.text)).to.equal(codeIn(mails[1]![0]!.text))
  })

  it('asks the super admins of the organization that the person has belonged to longest', async () => {
    const [newer, older] = [await rekey.organization('Newer'), await rekey.organization('Older')]
    const person = await rekey.person({
      memberships: [
        { organization: newer, since: rekey.now() - 10 * day },
        { organization: older, since: rekey.now() - 20 * day },
      ],
    })
    const asked = await rekey.person({ memberships: [{ organization: older, role: 'super_admin' }] })
    const other = await rekey.person({ memberships: [{ organization: newer, role: 'super_admin' }] })
    const browser = await askForReset(rekey, person)
    expect(browser.words).to.include('of Older')
    expect(await mailsTo(rekey, asked.email)).to.have.length(1)
    expect(await mailsTo(rekey, other.email)).to.deep.equal([])
  })

  it('asks the first 25 of thirty super admins, by the time they became it', async () => {
    const organization = await rekey.organization('Lakes')
    const person = await rekey.person({ memberships: [{ organization }] })
    const order = Array.from({ length: 30 }, (_, index) => (index * 7) % 30)
    const admins: Person[] = []
    for (const place of order) {
      admins[place] = await rekey.person({
        memberships: [
          {
            organization,
            role: 'super_admin',
            // Whoever became super admin first has been a member for the shortest time.
            since: rekey.now() - (500 - place) * day,
            superAdminSince: rekey.now() - (400 - place) * day,
          },
        ],
      })
    }
    const browser = await askForReset(rekey, person)
    expect(browser.words).to.include('We have asked 25 super admins of Lakes.')
    await rekey.work()
    const asked = admins.map((one) => rekey.mail.mails.some((mail) => mail.to === one.email))
    expect(asked).to.deep.equal(admins.map((_, place) => place < 25))
    const [opened] = await casesOf(rekey, person)
    expect(opened!.approvers).to.deep.equal(admins.slice(0, 25).map((one) => one.id))
  })

  it('never asks the person, who is a super admin too', async () => {
    const { admins } = await team(rekey, { admins: 2 })
    const [subject, other] = admins as [Person, Person]
    await askForReset(rekey, subject)
    expect((await mailsTo(rekey, subject.email)).map((mail) => mail.subject)).to.deep.equal([
      'You asked to reset your authentication device',
    ])
    expect(await mailsTo(rekey, other.email)).to.have.length(1)
  })

  it('asks no super admin who is deactivated or removed', async () => {
    const { organization, person, admin } = await team(rekey)
    const gone = await Promise.all(
      (['deactivated', 'removed'] as const).map((status) =>
        rekey.person({ status, memberships: [{ organization, role: 'super_admin' }] }),
      ),
    )
    const browser = await askForReset(rekey, person)
    expect(browser.words).to.include('We have asked 1 super admin of Hanami.')
    expect(await mailsTo(rekey, admin.email)).to.have.length(1)
    for (const { email } of gone) expect(await mailsTo(rekey, email)).to.deep.equal([])
  })

  it('says so when no super admin can be asked, and asks nobody', async () => {
    const { admin } = await team(rekey)
    const alone = await rekey.person()
    for (const person of [admin, alone]) {
      const browser = await explained(person)
      expect(browser.words).to.include('No super admin can be asked for you')
      expect(browser.words).to.include('Ask Rekey support.')
    }
  })

  it('joins a request that is open already and one’s own, from any browser, with the code that was sent', async () => {
    const { person, admin } = await team(rekey)
    await askForReset(rekey, person)
    const second = await askAsWell(rekey, person)
    expect(second.heading).to.equal('Waiting for a super admin')
    expect(await casesOf(rekey, person)).to.have.length(1)
    const mails = await mailsTo(rekey, person.email)
    expect(mails).to.have.length(1)
    const requests = await mailsTo(rekey, admin.email)
    expect(requests).to.have.length(1)
    const approver = await openApproval(rekey, admin, linkIn(requests[0]!.text, '/recovery/approve/'))
    await approver.press('Approve', { code: codeIn(mails[0]!.text), reason: 'Knows the voice.' })
    expect(approver.heading).to.equal('Approved')
  })

  it('opens one case when it is asked for in ten browsers at the same time', async () => {
    const { person, admin } = await team(rekey)
    const browsers: Browser[] = []
    while (browsers.length < 10) browsers.push(await explained(person))
    await Promise.all(browsers.map((browser) => browser.press('Send request')))
    const headings = browsers.map(({ heading }) => heading).sort()
    expect(headings).to.deep.equal([...Array(9).fill('Is this request yours?'), 'Waiting for a super admin'])
    expect(await casesOf(rekey, person)).to.have.length(1)
    expect(await mailsTo(rekey, person.email)).to.have.length(1)
    expect(await mailsTo(rekey, admin.email)).to.have.length(1)
  })

  it('is out of reach before the password is proven', async () => {
    const { person } = await team(rekey)
    const browser = new Browser()
    await rekey.rp.start(browser)
    const { action, body } = browser.form('Sign in', { email: person.email, password: 'not the password' })
    await browser.send(action, body)
    for (const [path, fields] of [
      ['choose', { choice: 'recovery' }],
      ['recovery/open', {}],
    ] as const) {
      const form = browser.form('Sign in').body.get('form')!
      await browser.send(action.replace('password', path), new URLSearchParams({ form, ...fields }))
      expect(browser.heading).to.equal('Sign in')
    }
    expect(await casesOf(rekey, person)).to.deep.equal([])
  })

  it('has to wait after a request was denied, and longer after the next', async () => {
    const { person, admin } = await team(rekey)
    for (const wait of [60, 120]) {
      await askForReset(rekey, person)
      const request = await rekey.mail.next(admin.email, /asks you/)
      const approver = await openApproval(rekey, admin, linkIn(request.text, '/recovery/approve/'))
      await approver.press('Deny', { reason: 'Not them.' })
      const browser = await explained(person)
      await browser.press('Send request')
      expect(browser.said).to.equal(
        `An earlier request was refused. You can send another one in ${wait} minutes.`,
      )
      rekey.advance(wait * 60_000)
    }
    expect((await askForReset(rekey, person)).heading).to.equal('Waiting for a super admin')
  })

  it('ends by itself when nobody decides, which the person is told; then it can be asked for again', async () => {
    const { person, admin } = await team(rekey)
    const waiting = await askForReset(rekey, person)
    const request = await rekey.mail.next(admin.email, /asks you/)
    rekey.advance(deadlines.admin)
    await rekey.work()
    await rekey.mail.next(person.email, /has expired$/)
    await waiting.open(waiting.shown.url)
    expect(waiting.heading).to.equal('Request expired')
    const late = await openApproval(rekey, admin, linkIn(request.text, '/recovery/approve/'))
    expect(late.words).to.include('This request has expired.')
    expect((await askForReset(rekey, person)).heading).to.equal('Waiting for a super admin')
    expect((await rekey.account(person)).factors).to.have.length(1)
  })
})
