import { expect } from 'chai'
import type { JWTPayload } from 'jose'
import { acrMultiFactor, acrRecovered } from '../../rules/assurance.ts'
import { assuranceNamespace, backupCodesType } from '../../rules/signals.ts'
import { Browser } from '../support/browser.ts'
import { approve, ask, disavow, issuePass } from '../support/cases.ts'
import { enrol, givePassword, linkIn, signIn } from '../support/journeys.ts'
import { eventIn, Receiver, receiverClient, setStatus, subOf } from '../support/receiver.ts'
import type { Person } from '../support/rekey.ts'
import { atSecurity } from '../support/security.ts'
import { story } from '../support/story.ts'
import { team } from '../support/team.ts'

story(
  'Security events',
  (rekey) => {
    const receiver = new Receiver('receiver')
    let stream: string

    before(async () => {
      ;(await receiver.listen()).attach(rekey)
    })
    beforeEach(async () => {
      await receiver.reset()
      stream = await receiver.stream({ delivery: receiver.poll })
    })
    after(() => receiver.stop())

    /** What was told about someone since the last time, in a few words each. */
    const told = async (person: Person): Promise<{ events: JWTPayload[]; words: string[] }> => {
      await rekey.work()
      const { events, jtis } = await receiver.polled(stream)
      await receiver.polled(stream, { maxEvents: 0, ack: jtis })
      const about = events.filter((event) => subOf(event) === person.id)
      return { events: about, words: about.map(inWords) }
    }

    it('of a reset tell what is asked, what goes and what comes, with one txn', async () => {
      const it = await team(rekey)
      const asked = await ask(rekey, it)
      const opened = await told(it.person)
      expect(opened.words).to.deep.equal(['recovery-activated'])
      await approve(rekey, it, asked)
      const reset = await told(it.person)
      expect(reset.words).to.deep.equal([
        'credential-change delete app',
        `credential-change delete ${backupCodesType}`,
        'session-revoked',
        `assurance-level-change decrease ${acrRecovered}`,
      ])
      for (const event of reset.events.slice(0, 3)) {
        const { claims } = eventIn(event)
        expect(claims.initiating_entity).to.equal('admin')
        expect((claims.reason_admin as { en: string }).en).to.not.equal('')
        expect(claims.event_timestamp).to.be.closeTo(rekey.now() / 1000, 60)
      }
      await asked.waiting.open(asked.waiting.shown.url)
      await enrol(rekey, asked.waiting)
      const enrolled = await told(it.person)
      expect(enrolled.words).to.deep.equal([
        'credential-change create app',
        `assurance-level-change increase ${acrMultiFactor}`,
        'recovery-information-changed',
      ])
      expect(eventIn(enrolled.events[1]!).claims).to.include({
        namespace: assuranceNamespace,
        previous_level: acrRecovered,
      })
      const all = [...opened.events, ...reset.events, ...enrolled.events]
      expect(new Set(all.map(({ txn }) => txn))).to.deep.equal(new Set([asked.id]))
      expect(new Set(all.map(({ jti }) => jti)).size).to.equal(all.length)
    })

    it('of what a person changes on the security page tell the same as elsewhere', async () => {
      const person = await rekey.person({ addresses: ['second@people.example'] })
      await signIn(rekey, person)
      const browser = await atSecurity(rekey, person)
      const words = async () => (await told(person)).words
      await browser.press('End this session')
      expect(await words()).to.deep.equal(['session-revoked'])
      await browser.follow('Change addresses')
      await browser.press('Remove')
      expect(await words()).to.deep.equal(['recovery-information-changed'])
      await browser.open(`${rekey.issuer}/security/password`)
      const password = 'seven slow yellow trains'
      await browser.press('Save password', { current: person.password, password })
      expect(await words()).to.deep.equal(['credential-change update password', 'session-revoked'])
      await browser.follow('Authenticator app')
      await browser.press('Remove')
      expect(await words()).to.include('credential-change delete app')
    })

    it('of a first factor tell that sign-ins are stronger now', async () => {
      const person = await rekey.person({ bare: true })
      await enrol(rekey, await givePassword(rekey, person))
      const { events, words } = await told(person)
      expect(words).to.deep.equal([
        'credential-change create app',
        `assurance-level-change increase ${acrMultiFactor}`,
        'recovery-information-changed',
      ])
      expect(eventIn(events[1]!).claims.previous_level).to.equal('urn:example:one-factor')
    })

    it('of a one-time pass tell when it is issued, and what it replaces when that is done', async () => {
      const it = await team(rekey)
      const asked = await ask(rekey, it)
      await told(it.person)
      const code = await issuePass(rekey, it, asked)
      expect((await told(it.person)).words).to.deep.equal(['account-credential-change-required'])
      const browser = await givePassword(rekey, it.person)
      await browser.press('Use a one-time pass')
      await browser.press('Verify', { code })
      await enrol(rekey, browser)
      const { events, words } = await told(it.person)
      expect(words).to.deep.equal([
        'credential-change delete app',
        `credential-change delete ${backupCodesType}`,
        'session-revoked',
        'credential-change create app',
        'recovery-information-changed',
      ])
      expect(new Set(events.map(({ txn }) => txn))).to.deep.equal(new Set([asked.id]))
    })

    it('of a disavowed request tell that all sessions ended, and then of the new password', async () => {
      const it = await team(rekey)
      const asked = await ask(rekey, it)
      await told(it.person)
      await disavow(asked.disavow)
      const { events, words } = await told(it.person)
      expect(words).to.deep.equal(['account-credential-change-required', 'session-revoked'])
      expect(new Set(events.map(({ txn }) => txn))).to.deep.equal(new Set([asked.id]))
      const browser = await signIn(rekey, it.person)
      await browser.press('Save password', { password: 'a whole new sentence' })
      expect((await told(it.person)).words).to.deep.equal(['credential-change update password'])
    })

    it('of a factor that a stranger added beside one’s own tell that it is revoked, with what ends besides', async () => {
      const person = await rekey.person()
      await signIn(rekey, person)
      const thief = await atSecurity(rekey, person)
      await thief.press('Authenticator app')
      await enrol(rekey, thief)
      await told(person)
      const mail = await rekey.mail.next(person.email, /method was added/)
      const link = linkIn(mail.text, '/recovery/disavow/')
      await disavow(link)
      const { events, words } = await told(person)
      expect(words).to.deep.equal([
        'credential-change revoke app',
        `credential-change revoke ${backupCodesType}`,
        'account-credential-change-required',
        'session-revoked',
      ])
      expect(new Set(events.map(({ txn }) => txn))).to.have.length(1)
      await disavow(link)
      expect((await told(person)).words).to.deep.equal([])
    })

    it('of the only factor, that a stranger may have added, tell what ends, and of none that is revoked', async () => {
      const person = await rekey.person({ bare: true })
      const thief = await givePassword(rekey, person)
      await enrol(rekey, thief)
      await thief.press('Continue', { saved: 'yes' })
      await told(person)
      const mail = await rekey.mail.next(person.email, /method was added/)
      await disavow(linkIn(mail.text, '/recovery/disavow/'))
      expect((await told(person)).words).to.deep.equal([
        'account-credential-change-required',
        'session-revoked',
      ])
    })

    it('of new backup codes tell that the way to recover has changed', async () => {
      const person = await rekey.person()
      const browser = await signIn(rekey, person, { action: 'backup_codes' })
      await browser.press('Make backup codes')
      expect((await told(person)).words).to.deep.equal(['recovery-information-changed'])
    })

    it('of a removed factor tell that sign-ins are weaker now', async () => {
      const person = await rekey.person()
      const browser = await signIn(rekey, person, { action: 'manage_factors' })
      await browser.press('Remove')
      expect((await told(person)).words).to.deep.equal([
        'credential-change delete app',
        'assurance-level-change decrease urn:example:one-factor',
      ])
    })

    it('of an account tell that it is disabled, and enabled', async () => {
      const person = await rekey.person()
      await setStatus(rekey, person, 'deactivated')
      await setStatus(rekey, person, 'removed')
      await setStatus(rekey, person, 'active')
      expect((await told(person)).words).to.deep.equal([
        'account-disabled',
        'session-revoked',
        'account-enabled',
      ])
    })

    it('reach an app that signs nobody in, under a name of its own for each person', async () => {
      const sectorless = new Receiver('sectorless').attach(rekey)
      const theirs = await sectorless.stream({ delivery: sectorless.poll })
      const person = await rekey.person()
      await setStatus(rekey, person, 'deactivated')
      const subs = (await sectorless.polled(theirs)).events.map(subOf)
      expect(subs).to.have.length(2)
      expect(new Set(subs).size).to.equal(1)
      expect(subs).to.not.include(person.id)
    })

    it('tell nothing of an ordinary sign-in, or of a wrong code', async () => {
      const person = await rekey.person()
      const browser = await givePassword(rekey, person)
      await browser.press('Verify', { code: '000000' })
      await signIn(rekey, person)
      expect((await told(person)).words).to.deep.equal([])
    })

    it('name a person as the ID tokens of the app do, pairwise ones too', async () => {
      const secret = new Receiver('pairwise').attach(rekey)
      const theirs = await secret.stream({ delivery: secret.poll })
      const person = await rekey.person()
      await setStatus(rekey, person, 'deactivated')
      const [event] = (await secret.polled(theirs)).events
      await setStatus(rekey, person, 'active')
      const app = rekey.others.pairwise!
      const browser = new Browser()
      await app.start(browser)
      await browser.press('Sign in', { email: person.email, password: person.password })
      await browser.press('Verify', { code: rekey.code(person) })
      const { sub } = (await app.finish(browser)).claims
      expect(subOf(event!)).to.equal(sub).and.not.equal(person.id)
      const subject = { format: 'iss_sub', iss: rekey.issuer, sub }
      await secret.call('POST', '/ssf/subjects/remove', { stream_id: theirs, subject })
      await setStatus(rekey, person, 'deactivated')
      expect((await secret.polled(theirs)).events).to.have.length(3)
    })
  },
  {
    clients: [
      receiverClient('receiver'),
      // No sector, as it signs nobody in.
      { ...receiverClient('sectorless'), subject_type: 'pairwise' },
    ],
    config: { acr: { password: 'urn:example:one-factor' } },
    others: {
      pairwise: {
        subject_type: 'pairwise',
        grant_types: ['authorization_code', 'client_credentials'],
        scope: 'openid email profile ssf.manage ssf.read',
      },
    },
  },
)

function inWords(payload: JWTPayload): string {
  const { type, claims } = eventIn(payload)
  const { change_type, credential_type, change_direction, current_level } = claims
  return [type, change_type, credential_type, change_direction, current_level].filter(Boolean).join(' ')
}
