import { randomBytes } from 'node:crypto'
import type { Provider } from 'oidc-provider'
import { accountHandlers } from '../../account/effects.ts'
import { createBuiltInPeople } from '../../adapters/people/built-in/people.ts'
import { auditKeys } from '../../adapters/secrets/audit-keys.ts'
import { createKeyRing } from '../../adapters/secrets/key-ring.ts'
import type { MailedLink } from '../../adapters/store/documents.ts'
import type { Store } from '../../adapters/store/store.ts'
import { createAudit } from '../../effects/audit.ts'
import { deedHandlers } from '../../effects/deeds.ts'
import { createDirectory } from '../../effects/directory.ts'
import { createOutbox } from '../../effects/outbox.ts'
import { createEffects } from '../../effects/settle.ts'
import { tellingHandlers } from '../../effects/telling.ts'
import { organizationHandlers } from '../../organization/effects.ts'
import { providerHandlers } from '../../provider/effects.ts'
import { caseEnding, recoveryHandlers } from '../../recovery/effects.ts'
import { freshProtection } from '../../rules/account.ts'
import type { SignalEffect } from '../../rules/effect.ts'
import { personEnding } from '../../rules/own-person.ts'
import type { CaseEvent } from '../../rules/recovery-case.ts'
import { readConfig } from '../../standalone/config.ts'
import { createViews } from '../../views/render.ts'
import { unique } from '../conformance/subject.ts'
import { attempt, day, recoveryCase, rightCode, totp } from '../rules/examples.ts'
import { keep, type Told } from '../support/accounts.ts'

const keys = [{ id: 'test', key: randomBytes(32).toString('base64url') }]
export const ring = createKeyRing(keys)
const views = createViews({ brand: 'Rekey' })
export const config = {
  ...readConfig({
    issuer: 'https://id.example',
    keys,
    mail: { url: 'smtp://localhost', from: 'a@b.c' },
  }),
  base: 'https://id.example',
  start: 'https://id.example',
}

/** What a process works with. Its outbox only queues, so that what it does follows from what it is asked alone. */
export async function startProcess(store: Store, clock: () => number) {
  const outbox = createOutbox({ store, ring, clock, deliver: async () => {}, failed: () => {} })
  await outbox.stop()
  const audit = createAudit({ store, clock, keys: await auditKeys(store, ring, config.issuer) })
  const people = createBuiltInPeople(store, { hash: async () => '', verify: async () => false })
  const accounts = createDirectory(people, store)
  const base = { config, store, people, accounts, clock, ring, views, outbox, audit }
  const provider = () => ({ Client: { find: async (id: string) => clients[id] } }) as unknown as Provider
  const publish = (effect: SignalEffect) =>
    store.settings.update(`signal:${effect.id}`, () => [
      { id: `signal:${effect.id}`, value: effect.events.map(({ type }) => type).join(' ') },
      undefined,
    ])
  const { change, create, ...effects } = createEffects({
    beforeReply: (work) => work,
    store,
    clock,
    handlers: (writes) => {
      const services = { ...base, ...writes }
      return {
        ...tellingHandlers(services),
        ...deedHandlers(services),
        ...providerHandlers({ ...services, provider, publish, rotate: async () => {} }),
        ...recoveryHandlers(services),
        ...accountHandlers(services),
        ...organizationHandlers(services),
        // No phone is asked here.
        ask_phones: async () => {},
        prompt_refused: async () => {},
      }
    },
    beginnings: { protections: freshProtection },
    endings: { cases: caseEnding, people: personEnding },
  })
  return { ...base, change, create, effects, proofing: undefined }
}

const clients: { [id: string]: { backchannelLogoutUri?: string } } = {
  listening: { backchannelLogoutUri: 'https://app.example/logout' },
  deaf: {},
}

/** Ada lost her phone: she is signed in here and there, waits for a case, and Bob is asked. */
export interface Scene {
  ada: string
  bob: string
  case: string
  /** The sign-in that waits. */
  waiting: string
  approve: CaseEvent
  link: MailedLink
}

export async function setScene(store: Store, now: number): Promise<Scene> {
  const name = unique('')
  const [ada, bob, id, waiting] = [`ada${name}`, `bob${name}`, `case${name}`, `waiting${name}`]
  const began = now - day
  const mailbox = `bob${name}@example.com`
  const wait = {
    account: ada,
    proofs: [{ method: 'pwd' as const, at: now }],
    createdAt: now,
    expiresAt: now + 30 * day,
  }
  const signedOut = { ...session(`before${name}`, ada, ['listening'], now), ended: 'signed out' }
  const console = { account: ada, acr: 'mfa', authTime: 0, providerSession: `here${name}`, form: '' }
  await Promise.all([
    keep(store, adaAccount(ada, name, began)),
    keep(store, told(bob, [mailbox], began)),
    store.sessions.insert(session(`here${name}`, ada, ['listening', 'deaf'], now)),
    store.sessions.insert(session(`there${name}`, ada, ['listening'], now)),
    store.sessions.insert(signedOut),
    ...[`Grant:1${name}`, `Interaction:other${name}`, `Interaction:${waiting}`].map((artifact) =>
      store.artifacts.insert({ id: artifact, payload: '{}', account: ada }),
    ),
    store.consoleSessions.insert({ ...console, id: `console${name}`, expiresAt: now + day }),
    store.attempts.insert(attempt({ ...wait, id: waiting, case: id, choice: 'recovery' })),
    store.attempts.insert(attempt({ ...wait, id: `other${name}` })),
    store.cases.insert(
      recoveryCase({
        id,
        account: ada,
        approvers: [bob],
        organization: undefined,
        attempt: waiting,
        openedAt: now,
        expiresOn: now + 3 * day,
        history: [{ at: now, status: 'awaiting_admin', by: ada }],
      }),
    ),
  ])
  return {
    ada,
    bob,
    case: id,
    waiting,
    approve: { type: 'approve', by: bob, reason: 'knew the voice', code: rightCode },
    link: {
      id: `link${name}`,
      purpose: 'disavow',
      account: ada,
      about: 'new_device|1',
      createdAt: now,
      expiresAt: now + day,
    },
  }
}

function adaAccount(id: string, name: string, began: number): Told {
  return {
    ...told(id, [`ada${name}@example.com`, `ada${name}@home.example`], began),
    factors: [totp()],
    backupCodes: { number: 1, createdAt: began, confirmedAt: began, codes: [{ hash: 'hash' }] },
    throttles: { otp: { failures: 3, lastAt: began } },
  }
}

function told(id: string, addresses: string[], began: number): Told {
  return {
    id,
    name: 'Ada',
    email: addresses[0]!,
    addresses: addresses.map((address) => ({ address, verifiedAt: began })),
    status: 'active',
    passwordHash: '$argon2id$…',
    factors: [],
    throttles: {},
    createdAt: began,
    validAfter: began,
    checkUp: { at: began },
    effects: [],
  }
}

function session(uid: string, ada: string, apps: string[], now: number) {
  const authorizations = Object.fromEntries(apps.map((app) => [app, { sid: `${app}-${uid}` }]))
  const payload = JSON.stringify({ uid, accountId: ada, authorizations })
  return { id: uid, session: `cookie-${uid}`, retired: [], payload, account: ada, expiresAt: now + day }
}
