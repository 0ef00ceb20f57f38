import { randomInt } from 'node:crypto'
import { spentUntil } from '../../account/budget.ts'
import { readNumber } from '../../account/phone-number.ts'
import { noteRefused } from '../../account/refused.ts'
import { digitsFor } from '../../adapters/secrets/six-digits.ts'
import { readCode } from '../../adapters/secrets/totp.ts'
import { flatOrigin } from '../../rules/attempt.ts'
import { type Effect, withEffects } from '../../rules/effect.ts'
import {
  acceptPhoneCode,
  type CodeBinding,
  hashPhoneCode,
  isServed,
  maskNumber,
  type PhoneChannel,
  type PhoneCode,
  type PhoneNumber,
  phoneCodeLifetime,
  phoneThrottle,
  sendBudgets,
} from '../../rules/phone.ts'
import { sendingId } from '../../rules/sending.ts'
import { told } from '../../rules/told.ts'
import { triedBy } from '../../rules/tries.ts'
import type { PhoneCodeSent } from '../../views/locals/parts.ts'
import { accountOf, change, minutesUntil, type Outcome, refuseCode, say, type Visit } from './step.ts'
import { isStranger } from './who-tries.ts'

/** Where a code is to go, and what it is to prove. */
export type Sent = Pick<PhoneCode, 'purpose' | 'factor' | 'number' | 'channel'>

/**
 * Sends a code, by text or call. It replaces the one before; what was guessed before still counts. Nothing leaves for a
 * country that isn't served, a number that takes no texts, or beyond the budgets; the next page says so.
 */
export async function sendPhoneCode(visit: Visit, wanted: Sent): Promise<Outcome> {
  const { services } = visit
  const phone = readNumber(wanted.number)
  if (phone === undefined || !isServed(phone, services.config.phone?.countries ?? []))
    return say('phone_country')
  const takesTexts = takesTextsHere(visit, wanted, phone)
  if (wanted.channel === 'sms' && !takesTexts) return say('phone_no_texts')
  const from = await mayBeSentFrom(visit, wanted.purpose, phone)
  if (from !== undefined) return say('phone_too_often', { count: minutesUntil(from, services.clock()) })
  const { phoneCode, promised } = codeFor(visit, { ...wanted, takesTexts })
  return change((attempt) => {
    const message = attempt.phoneCode === undefined ? undefined : { key: 'code_sent' as const }
    return withEffects({ ...attempt, phoneCode, message }, promised)
  })
}

/** A number that was proven takes what it was bound for; a new one what its kind takes. */
function takesTextsHere(visit: Visit, { factor }: Sent, phone: PhoneNumber): boolean {
  const bound = accountOf(visit).factors.find(({ id }) => id === factor)
  return bound === undefined ? phone.takesTexts : bound.kind === 'sms'
}

function bindingOf({ attempt }: Visit, { purpose, factor, number }: Omit<Sent, 'channel'>): CodeBinding {
  return { attempt: attempt.id, account: attempt.account!, purpose, factor, number }
}

/**
 * Spends a unit of every budget, each inside an update. Returns when there is something left again, where there isn't;
 * what was spent by then stays spent, so that nobody can try out which budget is empty.
 */
async function mayBeSentFrom(
  visit: Visit,
  purpose: PhoneCode['purpose'],
  phone: PhoneNumber,
): Promise<number | undefined> {
  const { services, by } = visit
  const { config, ring } = services
  const { id: account } = accountOf(visit)
  const whose = isStranger(by) ? 'stranger' : 'known'
  for (const { id, budget } of sendBudgets(account, whose, purpose, phone, config.phone!, ring.mac)) {
    const from = await spentUntil(services, id, budget)
    if (from !== undefined) return from
  }
  return undefined
}

/**
 * The code, and what the write that keeps it promises. A form that was sent twice sends one code: it is made of what the
 * form was sent on, and so is its name in the outbox.
 */
function codeFor(
  visit: Visit,
  sent: Omit<PhoneCode, 'hash' | 'message' | 'expiresAt'>,
): { phoneCode: PhoneCode; promised: Effect[] } {
  const { services, attempt } = visit
  const account = accountOf(visit)
  const { channel, number: to, purpose } = sent
  const cause = services.ring.mac(`phone_code|${attempt.id}|${attempt.revision}|${to}|${channel}`)
  const code = digitsFor(services.ring, cause)
  const expiresAt = services.clock() + phoneCodeLifetime
  const id = `phone_code:${cause}`
  const locale = account.locale ?? attempt.locale
  const { hostname: host } = new URL(services.config.issuer)
  const keys = String(randomInt(100)).padStart(2, '0')
  const written = services.views.phoneCode(channel, locale, { code, host, keys })
  const message = { id, channel, to, links: [], expiresAt, ...written }
  const hash = hashPhoneCode(bindingOf(visit, sent), code, services.ring.hash)
  const promised: Effect[] = [
    // A queue of its own: a code must not wait behind one that its carrier doesn't take.
    { kind: 'send', id, queue: id, sealed: services.ring.seal(JSON.stringify(message), `send|${id}`) },
    ...told(
      { subject: account.id, origin: attempt.origin },
      { id, event: 'phone.code_sent', detail: { channel, purpose, number: maskNumber(to) } },
    ),
  ]
  return { phoneCode: { ...sent, hash, message: id, expiresAt }, promised }
}

/** Takes the code that was typed, in the account's update, and says why not where it isn't right. */
export async function takePhoneCode(
  visit: Visit,
  purpose: PhoneCode['purpose'],
  typed: string,
  taken: (code: PhoneCode) => Outcome | Promise<Outcome>,
): Promise<Outcome> {
  const { services, attempt } = visit
  const account = accountOf(visit)
  const code = readCode(typed)
  if (code === '') return say('code_missing')
  const sent = phoneCodeFor(visit, purpose)
  if (sent === undefined) return say('code_expired')
  const now = services.clock()
  const hash = hashPhoneCode(bindingOf(visit, sent), code, services.ring.hash, sent.hash)
  const outcome = await services.change('protections', account.id, (current) =>
    current === undefined
      ? [current, { ok: false as const, reason: 'expired' as const }]
      : triedBy(current, phoneThrottle(purpose), visit.by, now, (seen) =>
          acceptPhoneCode(seen, sent, hash, now),
        ),
  )
  if (outcome.ok) return taken(sent)
  if (outcome.reason === 'expired') return say('code_expired')
  await noteRefused(services, {
    event: purpose === 'prove' ? 'sign_in.code_refused' : 'factor.code_refused',
    subject: account.id,
    detail: { method: 'phone', reason: outcome.reason, ...flatOrigin(attempt.origin) },
  })
  if (outcome.reason === 'throttled') return say('throttled')
  return refuseCode(visit, phoneThrottle(purpose), 'wrong_phone_code')
}

/** The code under way, if it was sent for this. */
export function phoneCodeFor({ attempt }: Visit, purpose: PhoneCode['purpose']): PhoneCode | undefined {
  return attempt.phoneCode?.purpose === purpose ? attempt.phoneCode : undefined
}

const unanswered = ['busy', 'no-answer', 'canceled', 'not_heard', 'wrong_keys']

/** What a page says about the code under way. */
export async function codeUnderWay(
  visit: Visit,
  purpose: PhoneCode['purpose'],
): Promise<PhoneCodeSent | undefined> {
  const sent = phoneCodeFor(visit, purpose)
  if (sent === undefined) return undefined
  const sending = await visit.services.store.sendings.get(sendingId(sent.message))
  const { channel, takesTexts: takes } = sent
  const shown = { number: maskNumber(sent.number), channel, takesTexts: takes }
  if (sending?.state !== 'failed') return { ...shown, againIn: restOf(visit, sent) }
  return { ...shown, failed: unanswered.includes(sending.reason ?? '') ? 'unanswered' : 'undelivered' }
}

/** How long one had better wait for a code before another one is sent. Milliseconds. */
const patience = 30_000

function restOf({ services }: Visit, { expiresAt }: PhoneCode): number | undefined {
  const rest = expiresAt - phoneCodeLifetime + patience - services.clock()
  return rest > 0 ? Math.min(rest, patience) : undefined
}

/** What a form asks for; undefined for anything else. */
export function channelOf(value: string | undefined): PhoneChannel | undefined {
  return value === 'sms' || value === 'voice' ? value : undefined
}
