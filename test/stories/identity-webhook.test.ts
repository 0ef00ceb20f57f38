import { createHmac } from 'node:crypto'
import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { askForReset, linkIn, mailsTo } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { simulator, webhookKey } from '../support/simulator.ts'
import { story } from '../support/story.ts'

const ready = 'Your identity was verified: continue'

story(
  'Webhooks of a provider of identity verification',
  (rekey) => {
    /** A person who has finished at the provider; the redirect hasn't arrived yet. */
    const finished = async (choice = 'Approve as the right person') => {
      const organization = await rekey.organization('Nordlys')
      const person = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
      const browser = await askForReset(rekey, person)
      await browser.press('Verify with photo ID')
      const stopAt = `${rekey.issuer}/recovery/identity/callback`
      await browser.press(choice, {}, { stopAt })
      const callback = browser.shown.url
      return { person, browser, callback, state: new URL(callback).searchParams.get('state')! }
    }
    const report = (person: Person, state: string, changed: object = {}) => {
      const [given_name, family_name] = [person.name.split(' ')[0], person.name.split(' ').at(-1)]
      const verification = {
        trust_framework: 'IDV-DELEGATED',
        assurance_level: 'VERIFIED',
        time: new Date(rekey.now()).toISOString(),
      }
      const claims = { given_name, family_name, birthdate: person.birthDate }
      return { id: 'event-1', state, sub: 'sim-x', verified_claims: { verification, claims }, ...changed }
    }
    const send = async (body: object | string, headers: { [name: string]: string } = {}) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      const signature = createHmac('sha256', webhookKey).update(text).digest('hex')
      const response = await fetch(`${rekey.issuer}/recovery/identity/webhook`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-signature': signature, ...headers },
        body: text,
      })
      return {
        status: response.status,
        said: ((await response.json().catch(() => ({}))) as { status?: string }).status,
      }
    }
    const caseOf = async (person: Person) => (await rekey.store.cases.find('account', person.id)).at(-1)!
    const failed = { verified_claims: undefined, error: 'expired' }

    it('need the right signature; without it nothing is read', async () => {
      const { person, state } = await finished()
      const body = report(person, state)
      expect(await send(body, { 'x-signature': '' })).to.deep.equal({ status: 401, said: 'unauthenticated' })
      expect((await send(body, { 'x-signature': 'a'.repeat(64) })).status).to.equal(401)
      const signature = createHmac('sha256', webhookKey).update('another body').digest('hex')
      expect((await send(body, { 'x-signature': signature })).status).to.equal(401)
      expect((await rekey.store.proofings.find('account', person.id))[0]!.outcome).to.equal(undefined)
    })

    it('are taken with the signature in base64 or behind sha256= as well', async () => {
      const { person, state } = await finished()
      const text = JSON.stringify(report(person, state))
      const mac = () => createHmac('sha256', webhookKey).update(text)
      expect((await send(text, { 'x-signature': mac().digest('base64') })).said).to.equal('taken')
      expect((await send(text, { 'x-signature': `sha256=${mac().digest('hex')}` })).said).to.equal('known')
    })

    it('before the redirect: the case waits for a person, and the redirect moves it on once', async () => {
      const { person, browser, callback, state } = await finished()
      expect((await send(report(person, state))).said).to.equal('taken')
      expect((await caseOf(person)).status).to.equal('awaiting_identity')
      await browser.open(callback)
      expect(browser.heading).to.equal('Set up your new device')
      const { history } = await caseOf(person)
      expect(history.filter((entry) => entry.status === 'completing')).to.have.length(1)
    })

    it('after the redirect: change nothing', async () => {
      const { person, browser, callback, state } = await finished()
      await browser.open(callback)
      const before = await caseOf(person)
      expect((await send(report(person, state))).said).to.equal('known')
      expect((await send(report(person, state, failed))).said).to.equal('known')
      expect(await caseOf(person)).to.deep.equal(before)
    })

    it('again and again: say the same, and the person gets one mail', async () => {
      const { person, state } = await finished()
      for (let times = 0; times < 3; times += 1) await send(report(person, state))
      await Promise.all([send(report(person, state)), send(report(person, state))])
      const mails = await mailsTo(rekey, person.email)
      expect(mails.filter((mail) => mail.subject === ready)).to.have.length(1)
    })

    it('where the redirect never arrives: the mailed link moves the case on, after a look at it', async () => {
      const { person, state } = await finished()
      await send(report(person, state))
      const mail = (await mailsTo(rekey, person.email)).find(({ subject }) => subject === ready)!
      const phone = new Browser()
      await phone.open(linkIn(mail.text, '/recovery/identity/confirm/'))
      expect(phone.heading).to.equal('Is this your request?')
      expect((await caseOf(person)).status).to.equal('awaiting_identity')
      await phone.press('Yes, continue')
      expect((await caseOf(person)).status).to.equal('completed')
      await phone.open(linkIn(mail.text, '/recovery/identity/confirm/'))
      expect(phone.words).to.include('Go back to the browser in which you began.')
    })

    it('a success lets nobody in who comes back with a wrong answer', async () => {
      const { person, browser, callback, state } = await finished()
      await send(report(person, state))
      const wrong = new URL(callback)
      wrong.searchParams.set('code', 'made-up')
      await browser.open(wrong.href)
      expect(browser.said).to.include('We have emailed you a link to continue.')
      expect((await caseOf(person)).status).to.equal('awaiting_identity')
    })

    it("a failure before a success, or after it, doesn't take it back", async () => {
      const { person, browser, callback, state } = await finished()
      expect((await send(report(person, state, failed))).said).to.equal('taken')
      expect((await rekey.store.proofings.find('account', person.id))[0]!.outcome!.ok).to.equal(false)
      await browser.open(callback)
      expect(browser.heading).to.equal('Set up your new device')
    })

    it('a failure is told on the page that waits', async () => {
      const { person, browser, state } = await finished()
      await send(report(person, state, failed))
      await browser.open(`${rekey.issuer}/interaction/${(await caseOf(person)).attempt}`)
      expect(browser.said).to.include('The identity check was broken off.')
      expect((await caseOf(person)).status).to.equal('awaiting_identity')
    })

    it('someone else, stale evidence, a level that is no success: prove nothing', async () => {
      const { person, state } = await finished()
      const of = (claims: object, verification: object = {}) => {
        const { verified_claims: right } = report(person, state)
        return { verified_claims: { verification: { ...right.verification, ...verification }, claims } }
      }
      const outcomes: [object, string][] = [
        [of({ given_name: 'Robin', family_name: 'Stranger' }), 'wrong_subject'],
        [of({}), 'CLAIMS_NOT_VERIFIED'],
        [of({}, { assurance_level: 'FAILED' }), 'CLAIMS_NOT_VERIFIED'],
        [of({}, { time: '2001-01-01T00:00:00Z' }), 'stale_evidence'],
        [{ verified_claims: 'yes' }, 'malformed'],
        [{ sub: undefined }, 'malformed'],
      ]
      for (const [changed, reason] of outcomes) {
        await send(report(person, state, changed))
        const [run] = await rekey.store.proofings.find('account', person.id)
        expect(run!.outcome).to.deep.equal({ ok: false, reason })
      }
    })

    it('what can not be read, is unknown, or says nothing yet is answered and left', async () => {
      const { person, state } = await finished()
      expect(await send('{')).to.deep.equal({ status: 400, said: 'malformed' })
      expect(await send('"text"')).to.deep.equal({ status: 400, said: 'malformed' })
      expect((await send(report(person, 'another state'))).said).to.equal('ignored')
      expect((await send(report(person, state, { verified_claims: undefined }))).said).to.equal('ignored')
      expect((await send('x'.repeat(70_000))).status).to.equal(413)
    })

    it('after the time of the verification: prove nothing', async () => {
      const { person, state } = await finished()
      rekey.advance(31 * 60_000)
      await send(report(person, state))
      const [run] = await rekey.store.proofings.find('account', person.id)
      expect(run!.outcome).to.deep.equal({ ok: false, reason: 'late' })
    })
  },
  { proofing: simulator() },
)

story(
  'Webhooks with a static Authorization header',
  (rekey) => {
    it('need exactly that header', async () => {
      const send = async (authorization?: string) => {
        const headers = { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) }
        const url = `${rekey.issuer}/recovery/identity/webhook`
        return (await fetch(url, { method: 'POST', headers, body: '{"data":{"state":"x"}}' })).status
      }
      expect(await send()).to.equal(401)
      expect(await send('Bearer something else')).to.equal(401)
      expect(await send('Bearer the header of the tests')).to.equal(200)
    })
  },
  {
    proofing: simulator({
      webhook: { authorization: 'Bearer the header of the tests', state: 'data.state' },
    }),
  },
)

story('Webhooks without a provider', (rekey) => {
  it('lead nowhere', async () => {
    const response = await fetch(`${rekey.issuer}/recovery/identity/webhook`, { method: 'POST', body: '{}' })
    expect(response.status).to.equal(404)
  })
})
