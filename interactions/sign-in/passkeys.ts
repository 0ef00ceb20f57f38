import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import type { Context } from 'koa'
import {
  authenticationOptions,
  ownerOf,
  readAssertion,
  registrationOptions,
  verifyAssertion,
} from '../../account/passkeys.ts'
import { noteRefused } from '../../account/refused.ts'
import { randomToken } from '../../adapters/secrets/key-ring.ts'
import type { Account, Protection } from '../../rules/account.ts'
import { flatOrigin, ofAccount, withProof } from '../../rules/attempt.ts'
import { asksPasskey, suitablePasskeys } from '../../rules/demand.ts'
import { type Effect, withEffects } from '../../rules/effect.ts'
import type { MessageKey } from '../../rules/messages.ts'
import {
  type AssertionOutcome,
  acceptAssertion,
  passkeyOf,
  type Taken,
  takeChallenge,
  usablePasskeys,
  withChallenge,
} from '../../rules/passkeys.ts'
import { told } from '../../rules/told.ts'
import { triedBy } from '../../rules/tries.ts'
import { scratch } from './attempts.ts'
import { type Action, accountOf, change, type Outcome, say, stay, type Visit } from './step.ts'

/** GET passkey/options: what the script of the page that is shown hands to the browser, as JSON. */
export async function sendOptions(visit: Visit, ctx: Context): Promise<void> {
  ctx.set('Cache-Control', 'no-store')
  const options = await optionsFor(visit)
  // The page was left while its script asked: that is no fault of anybody's.
  if (options === undefined) ctx.status = 204
  else ctx.body = options
}

async function optionsFor(visit: Visit): Promise<object | undefined> {
  const { services, situation, step } = visit
  if (step.step === 'password' && services.kinds.includes('passkey'))
    return authenticationOptions(services, 'any', await challengeOf(visit))
  if (step.step === 'passkey') {
    const account = accountOf(visit)
    const passkeys = asksPasskey(situation) ? suitablePasskeys(situation) : usablePasskeys(account)
    return authenticationOptions(services, passkeys, await challengeOf(visit))
  }
  if (step.step === 'enrol_passkey')
    return registrationOptions(services, accountOf(visit), await challengeOf(visit))
  return undefined
}

async function challengeOf({ services, attempt }: Visit): Promise<string> {
  const [fresh, now] = [randomToken(), services.clock()]
  return scratch(services, attempt, fresh, (current) => {
    const next = withChallenge(current, fresh, now)
    return [next, next.passkey!.challenge]
  })
}

/**
 * Answers the challenge of this attempt, once. A second submit finds none and changes nothing, so that it doesn't undo
 * what the first has shown.
 */
export async function answering(
  { services, attempt }: Visit,
  answer: (challenge: string) => Promise<Outcome>,
): Promise<Outcome> {
  const now = services.clock()
  const none: Taken = { ok: false, reason: 'none' }
  const taken = await scratch(services, attempt, none, (current) =>
    current.revision === attempt.revision ? takeChallenge(current, now) : [current, none],
  )
  if (taken.ok) return answer(taken.challenge)
  return taken.reason === 'expired' ? say('passkey_expired') : stay
}

/** POST passkey/sign-in, on the page of the password: the passkey says who it is, and proves it. */
export const signInByPasskey: Action = async (visit, fields) => {
  const { services, attempt } = visit
  if (!services.networks.spend(attempt.origin.address)) return say('throttled')
  return answering(visit, (challenge) => signInWith(visit, fields.credential ?? '', challenge))
}

async function signInWith(visit: Visit, credential: string, challenge: string): Promise<Outcome> {
  const response = readAssertion(credential)
  const account = response && (await holderOf(visit, response.id))
  if (response === undefined || account === undefined) return refuseUnknown(visit, response)
  const outcome = await assertWith(visit, account, response, challenge, true)
  if (!outcome.ok) return say(refusals[outcome.reason])
  const now = visit.services.clock()
  return change((attempt) =>
    withProof(ofAccount(attempt, account.id, now), 'passkey', now, account, outcome.passkey),
  )
}

async function holderOf({ services }: Visit, credential: string): Promise<Account | undefined> {
  const owner = await ownerOf(services, credential)
  const account = owner === undefined ? undefined : await services.accounts.get(owner)
  return account && passkeyOf(account, credential) && account
}

/** The words are those of every refusal; the page also lets the browser know that nobody has this passkey any more. */
async function refuseUnknown(
  visit: Visit,
  response: AuthenticationResponseJSON | undefined,
): Promise<Outcome> {
  await noteRefused(visit.services, {
    event: 'sign_in.passkey_refused',
    detail: { reason: 'unknown', ...flatOrigin(visit.attempt.origin) },
  })
  const credential = /^[\w-]{1,1366}$/.exec(response?.id ?? '')?.[0]
  return say(refusals.wrong, credential === undefined ? undefined : { credential })
}

/** What is said about a refused passkey: nothing of why, but for what its owner can do something about. */
export const refusals: { [reason in Exclude<AssertionOutcome, { ok: true }>['reason']]: MessageKey } = {
  throttled: 'throttled',
  wrong: 'passkey_refused',
  changed: 'passkey_refused',
  cloned: 'passkey_cloned',
  unverified: 'passkey_unverified',
}

/** Verifies an answer and takes it in the account's own write; what is refused is written down. */
export async function assertWith(
  visit: Visit,
  account: Account,
  response: AuthenticationResponseJSON,
  challenge: string,
  alone: boolean,
): Promise<AssertionOutcome> {
  const { services } = visit
  const { change: write, clock } = services
  const assertion = await verifyAssertion(services, account, response, challenge, alone)
  const now = clock()
  const outcome = await write(
    'protections',
    account.id,
    (current): [Protection | undefined, AssertionOutcome] => {
      if (current === undefined) return [current, { ok: false, reason: 'wrong' }]
      const [next, result] = triedBy(current, 'passkey', visit.by, now, (seen) =>
        acceptAssertion(seen, assertion, alone, now),
      )
      const cloned = !result.ok && result.reason === 'cloned'
      return [cloned ? withEffects(next, clonedEffects(visit, account.id, now)) : next, result]
    },
  )
  // Of a clone the write above has told already.
  if (outcome.ok || outcome.reason === 'cloned') return outcome
  await noteRefused(services, {
    event: 'sign_in.passkey_refused',
    subject: account.id,
    detail: { reason: outcome.reason, ...flatOrigin(visit.attempt.origin) },
  })
  return outcome
}

/** A counter that doesn't go up: a copy of the key may be about, and its owner should know (WebAuthn L3 §6.1.1). */
function clonedEffects({ attempt }: Visit, subject: string, now: number): Effect[] {
  const id = `passkey-cloned:${subject}:${attempt.id}:${attempt.revision}`
  const by = { subject, origin: attempt.origin, app: attempt.ask.app, at: now }
  return told(by, { id, event: 'passkey.cloned', notice: 'passkey_cloned' })
}
