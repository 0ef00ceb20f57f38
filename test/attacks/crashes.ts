import { expect } from 'chai'
import { createKeyRing } from '../../adapters/secrets/key-ring.ts'
import type { Store } from '../../adapters/store/store.ts'
import { verifyLog } from '../../effects/open-audit.ts'
import { hashRecoveryCode } from '../../recovery/events.ts'
import { hashPass } from '../../rules/pass.ts'
import type { Config } from '../../standalone/config.ts'
import { openStore } from '../../standalone/open-store.ts'
import { accountIn } from '../support/accounts.ts'
import { ask, why } from '../support/cases.ts'
import type { Order } from '../support/crash-child.ts'
import { type Crashed, type CrashSite, openCrashSite } from '../support/crash-site.ts'
import { givePassword, signIn } from '../support/journeys.ts'
import { contentsOf, dropPlace, newPlace } from '../support/places.ts'
import { startRekey } from '../support/rekey.ts'
import type { Engine } from '../support/stores.ts'
import { team } from '../support/team.ts'

interface Scene {
  config: Config
  contents: Awaited<ReturnType<typeof contentsOf>>
  person: string
  addresses: string[]
  orders: { [what: string]: Omit<Order, 'config' | 'dieAt'> }
}

const never = Number.MAX_SAFE_INTEGER

/** Until one comes through. */
function* everyOne(): Iterator<number> {
  for (let at = 1; ; at += 1) yield at
}

/** The first, the last and one of so many between. */
const someOf = (writes: number, step: number) =>
  Array.from({ length: writes }, (_, index) => index + 1).filter((at) => at === writes || at % step === 1)

/** Two processes at a time: a site of its own for each. */
const atOnce = 2

// Seen failing with effects struck off before they are carried out (`perform` in effects/settle.ts), with 'done' written
// after the last effect instead of with it (`struckOff`), with links and ids of messages drawn instead of derived
// (`mailedToken`, `effectId`), and with facts appended without their cause (`performOne`).
export const crashesOn = (engine: Engine): void => {
  describe(`A process that is killed while it completes a case (${engine.name})`, () => {
    // Before every write the same is killed without a process of its own: test/recovery/effects.test.ts, test/kills/. What
    // an engine does with a write that was not begun is the same for all of them: test/conformance/.
    const everyWrite = process.env['STORIES'] === 'all'
    const step = engine.name === 'lmdb' ? 5 : 12
    let scene: Scene
    let sites: CrashSite[]

    before(async function () {
      this.timeout(240_000)
      scene = await prepare(await newPlace(engine))
      sites = await Promise.all(Array.from({ length: atOnce }, () => openCrashSite(engine, scene.config)))
    })
    after(async () => {
      for (const site of sites) await site.close()
    })

    /** Someone signed in, with a sign-in under way elsewhere, who waits for one of two super admins. */
    async function prepare(place: Awaited<ReturnType<typeof newPlace>>): Promise<Scene> {
      const store = await openStore(place, Date.now)
      const rekey = await startRekey(store)
      const { ring, config } = rekey.app.services
      const us = await team(rekey, { admins: 2, person: { addresses: ['second@people.example'] } })
      await rekey.rp.finish(await signIn(rekey, us.person))
      await givePassword(rekey, us.person)
      const asked = await ask(rekey, us)
      const { addresses } = await rekey.account(us.person)
      await rekey.stop()
      await store.close()
      const contents = await contentsOf(place)
      await dropPlace(place)
      const code = hashRecoveryCode(ring, asked.id, asked.code)
      const event = { type: 'approve', by: us.admin.id, reason: why, code } as const
      const pass = { hash: hashPass(asked.id, 'AAAA-BBBB-CCCC-DDDD', ring.hash), lifetime: 3_600_000 }
      return {
        config,
        contents,
        person: us.person.id,
        addresses: addresses.map(({ address }) => address),
        orders: {
          reset: { case: asked.id, event },
          'one-time pass': { case: asked.id, event: { ...event, pass } },
          '"this wasn\'t me"': {
            case: asked.id,
            disavow: new URL(asked.disavow).pathname.split('/').at(-1)!,
          },
        },
      }
    }

    const ends: { [what: string]: (end: End) => void } = {
      reset: ({ account, status, mails, logouts, signedIn }) => {
        expect({ status, ...account }).to.deep.include({
          status: 'completed',
          factors: 0,
          codes: 0,
          pass: false,
        })
        expect(mails).to.deep.equal(told('Your authentication device was reset'))
        expect({ logouts, signedIn }).to.deep.equal({ logouts: 1, signedIn: 0 })
      },
      'one-time pass': ({ account, status, mails, logouts, signedIn }) => {
        expect({ status, ...account }).to.deep.include({
          status: 'completed',
          factors: 1,
          codes: 10,
          pass: true,
        })
        expect(mails).to.deep.equal(told('You can sign in once with a one-time pass'))
        expect({ logouts, signedIn }).to.deep.equal({ logouts: 0, signedIn: 1 })
      },
      '"this wasn\'t me"': ({ account, status, logouts, signedIn }) => {
        expect({ status, ...account }).to.deep.include({ status: 'disavowed', factors: 1, expired: true })
        expect({ logouts, signedIn }).to.deep.equal({ logouts: 1, signedIn: 0 })
      },
    }
    const told = (subject: string) => scene.addresses.map((to) => `${to}: ${subject}`).sort()

    for (const [what, expectEnd] of Object.entries(ends)) {
      it(`leaves the same end, once, whichever write it dies before: ${what}`, async function () {
        this.timeout(900_000)
        const order = scene.orders[what]!
        const whole = await sites[0]!.run(scene.contents, { ...order, dieAt: never }, look)
        const { killed: _, writes, ...expected } = whole
        expectEnd(whole)
        expect(writes).to.be.greaterThan(10)
        const deaths = everyWrite ? everyOne() : someOf(writes, step).values()
        let done = false
        const follow = async (site: CrashSite) => {
          for (let { value: dieAt } = deaths.next(); dieAt && !done; { value: dieAt } = deaths.next()) {
            const end = await site.run(scene.contents, { ...order, dieAt }, look)
            if (!end.killed) done = true
            const { killed: __, writes: ___, ...left } = end
            if (end.status === 'awaiting_admin')
              expect(dieAt, 'the decision is stored by the first write').to.equal(1)
            else expect(left, `killed before write ${dieAt}`).to.deep.equal(expected)
          }
        }
        await Promise.all(sites.map(follow))
      })
    }

    type End = Awaited<ReturnType<typeof look>>

    /** All that matters of the end, without the moments at which it came about. */
    async function look({ killed, writes, arrived, store }: Crashed) {
      const { person } = scene
      const account = (await accountIn(store, person))!
      const one = (await store.cases.find('account', person)).at(-1)!
      const attempts = await store.attempts.find('account', person)
      const artifacts = await store.artifacts.find('account', person)
      const sessions = await store.sessions.find('account', person)
      const facts = await factsOf(store)
      return {
        killed,
        writes,
        status: one.status,
        history: one.history.map((entry) => entry.status),
        account: {
          factors: account.factors.length,
          codes: account.backupCodes?.codes.length,
          pass: account.pass !== undefined,
          expired: account.passwordExpired !== undefined,
          recovered: account.recovered?.case,
          lastReset: account.lastReset,
        },
        left: [one, account].flatMap(({ effects, effectsDue, lease }) => [effects.length, effectsDue, lease]),
        attempts: attempts.map(({ id, case: waitsFor }) => `${id} ${waitsFor}`).sort(),
        artifacts: artifacts.map(({ id }) => id).sort(),
        signedIn: sessions.filter(({ ended }) => ended === undefined).length,
        facts,
        // The same Message-ID is the same message, however often it came.
        mails: [
          ...new Map(arrived.mails.map((mail) => [mail.id, `${mail.to}: ${mail.subject}`])).values(),
        ].sort(),
        logouts: new Set(arrived.logouts).size,
        unsent:
          (await store.outbox.find('due', 'yes')).length + (await store.outbox.find('state', 'dead')).length,
      }
    }

    /** The whole log, which must be sound, as what it says happened. */
    async function factsOf(store: Store): Promise<string[]> {
      expect(
        (await verifyLog({ store, ring: createKeyRing(scene.config.keys), config: scene.config })).fault,
      ).to.equal(undefined)
      const entries = await store.audit.find('log', 'all')
      return entries
        .map(({ event, subject, case: about, cause }) => [event, subject, about, cause].join(' '))
        .sort()
    }
  })
}
