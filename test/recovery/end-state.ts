import type { Outgoing } from '../../adapters/store/documents.ts'
import type { Store } from '../../adapters/store/store.ts'
import { verifyLog } from '../../effects/open-audit.ts'
import { accountIn } from '../support/accounts.ts'
import { config, ring, type Scene } from './scene.ts'

type EndState = { account: object; case: object; [part: string]: unknown }

/** Everything that a reset leaves behind, told without times and names, so that two of them can be compared. */
export async function endState(store: Store, scene: Scene): Promise<EndState> {
  const name = scene.ada.slice('ada'.length)
  const all = { limit: 500 }
  const one = (await store.cases.get(scene.case))!
  const ada = (await accountIn(store, scene.ada))!
  const mine = <T extends { id: string }>(documents: T[]) => documents.filter(({ id }) => id.includes(name))
  const state = {
    account: {
      factors: ada.factors.map(({ id }) => id),
      codes: ada.backupCodes?.codes.length,
      throttles: Object.entries(ada.throttles).map(([method, { failures }]) => [method, failures]),
      passwordExpired: ada.passwordExpired,
      recovered: ada.recovered && { case: ada.recovered.case, route: ada.recovered.route },
      pass: ada.pass?.hash,
      lastReset: ada.lastReset,
      stoppedReset: ada.stoppedReset,
      expiries: ada.expiries,
      effects: [ada.effects, ada.effectsDue, ada.lease],
    },
    case: {
      status: one.status,
      history: one.history.map(({ status }) => status),
      effects: [one.effects, one.effectsDue, one.lease],
    },
    sessions: (await store.sessions.find('account', scene.ada)).map(({ id, ended }) => [id, ended]),
    console: (await store.consoleSessions.find('account', scene.ada)).map(({ id }) => id),
    artifacts: (await store.artifacts.find('account', scene.ada)).map(({ id }) => id),
    waiting: (await store.attempts.get(scene.waiting))?.proofs.map(({ method }) => method),
    other: (await store.attempts.get(`other${name}`))?.message,
    queued: mine<Outgoing>(await store.outbox.find('state', 'queued', all))
      // Each address has a queue of its own, named by what it hashes to.
      .map(({ id, recipient }) => [recipient.replace(/^(ada|bob)([^:]*):.*$/, '$1$2'), id])
      .sort(),
    audit: (await store.audit.find('subject', scene.ada, all))
      .map(({ event, actor, cause }) => [cause, event, actor])
      .sort(),
    log: (await verifyLog({ store, ring, config })).fault,
    signals: await signalsOf(store, scene),
  }
  return JSON.parse(JSON.stringify(state).replaceAll(name, '*'))
}

/** Signals are kept under the ids of the effects that may cause them. */
async function signalsOf({ settings }: Store, { case: id, link }: Scene): Promise<unknown[]> {
  const causes = [
    `${id}:2:strip_account`,
    `${id}:2:issue_pass`,
    `${id}:2:expire_password`,
    `disavow:${link.id}`,
  ]
  const found = await Promise.all(causes.map((cause) => settings.get(`signal:${cause}:signal`)))
  return found.map((one) => one?.value)
}
