import { randomInt, randomUUID } from 'node:crypto'
import { spentUntil } from '../../account/budget.ts'
import { readNumber } from '../../account/phone-number.ts'
import { sixDigits } from '../../adapters/secrets/six-digits.ts'
import { readCode } from '../../adapters/secrets/totp.ts'
import { flatOrigin } from '../../rules/attempt.ts'
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
  phoneFactors,
  phoneThrottle,
  sendBudgets,
} from '../../rules/phone.ts'
import { sendingId } from '../../rules/sending.ts'
import type { PhoneCodeSent } from '../../views/pages.ts'
import type { Services } from '../services.ts'
import { accountOf, minutesUntil, refuseCode, say, tryChange, type Visit, visitOf } from './room.ts'

/** Where a code is to go, and what it is to prove. */
export type Sent = Pick<PhoneCode, 'purpose' | 'factor' | 'number' | 'channel'>

/**
 * Sends a code, by text or call. It replaces the one before; what was guessed before still counts. Nothing leaves for a
 * country that isn't served, a number that takes no texts, or beyond the budgets; the next page says so.
 */
export async function sendPhoneCode(visit: Visit, wanted: Sent): Promise<void> {
  const { services } = visit
  const phone = readNumber(wanted.number)
  if (phone === undefined || !isServed(phone, services.config.phone?.countries ?? []))
    return say(visit, 'phone_country')
  const takesTexts = takesTextsHere(visit, wanted, phone)
  if (wanted.channel === 'sms' && !takesTexts) return say(visit, 'phone_no_texts')
  const from = await mayBeSentFrom(services, accountOf(visit).id, wanted.purpose, phone)
  if (from !== undefined)
    return say(visit, 'phone_too_often', { count: minutesUntil(from, services.clock()) })
  const code = sixDigits()
  const message = `phone_code:${randomUUID()}`
  const expiresAt = services.clock() + phoneCodeLifetime
  const hash = hashPhoneCode(bindingOf(visit, wanted), code, services.ring.mac)
  const phoneCode = { ...wanted, takesTexts, hash, message, expiresAt }
  // A form that was sent twice sends one code.
  const sends = await tryChange(visit, ({ message: _, ...attempt }) => ({
    ...attempt,
    phoneCode,
    ...(attempt.phoneCode === undefined ? {} : { message: { key: 'code_sent' } }),
  }))
  if (!sends) return
  await queueCode(visit, phoneCode, code)
}

/** Whoever turns to a phone among the other ways has asked for the code with that: to the number that was used last. */
export async function sendAtOnce({ services, ctx, attempt }: Visit, channel: PhoneChannel): Promise<void> {
  const current = await services.store.attempts.get(attempt.id)
  const visit = current && (await visitOf(services, ctx, current))
  if (visit?.step.step !== 'phone') return
  const to = phoneFactors(accountOf(visit)).find(({ kind }) => kind === 'sms' || channel === 'voice')
  if (to === undefined) return
  await sendPhoneCode(visit, { purpose: 'prove', factor: to.id, number: to.number, channel })
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
  services: Services,
  account: string,
  purpose: PhoneCode['purpose'],
  phone: PhoneNumber,
): Promise<number | undefined> {
  const { config, ring } = services
  for (const { id, budget } of sendBudgets(account, purpose, phone, config.phone!, ring.mac)) {
    const from = await spentUntil(services, id, budget)
    if (from !== undefined) return from
  }
  return undefined
}

async function queueCode(visit: Visit, sent: PhoneCode, code: string): Promise<void> {
  const { services, attempt } = visit
  const account = accountOf(visit)
  const { message: id, channel, number: to, expiresAt } = sent
  const locale = account.locale ?? attempt.locale
  const { hostname: host } = new URL(services.config.issuer)
  const keys = String(randomInt(100)).padStart(2, '0')
  const written = services.views.phoneCode(channel, locale, { code, host, keys })
  const message = { id, channel, to, links: [], expiresAt, ...written }
  // A queue of its own: a code must not wait behind one that its carrier doesn't take.
  await services.outbox.queue(id, id, { kind: 'message', message })
  await services.audit.append({
    event: 'phone.code_sent',
    subject: account.id,
    detail: { channel, purpose: sent.purpose, number: maskNumber(to), ...flatOrigin(attempt.origin) },
    cause: id,
  })
}

/**
 * Takes the code that was typed, in the account's update. Returns the code that it was, of which the caller makes a
 * proof; undefined after saying why not.
 */
export async function takePhoneCode(
  visit: Visit,
  purpose: PhoneCode['purpose'],
  typed: string,
): Promise<PhoneCode | undefined> {
  const { services, attempt } = visit
  const account = accountOf(visit)
  const code = readCode(typed)
  if (code === '') return refuse(visit, 'code_missing')
  const sent = phoneCodeFor(visit, purpose)
  const now = services.clock()
  const hash = sent && hashPhoneCode(bindingOf(visit, sent), code, services.ring.mac)
  const outcome = await services.store.accounts.update(account.id, (current) =>
    current === undefined
      ? [current, { ok: false as const, reason: 'expired' as const }]
      : acceptPhoneCode(current, sent, hash ?? '', now),
  )
  if (outcome.ok) return sent
  if (outcome.reason === 'expired') return refuse(visit, 'code_expired')
  await services.audit.append({
    event: purpose === 'prove' ? 'sign_in.code_refused' : 'factor.code_refused',
    subject: account.id,
    detail: { method: 'phone', reason: outcome.reason, ...flatOrigin(attempt.origin) },
  })
  if (outcome.reason === 'throttled') return refuse(visit, 'throttled')
  await refuseCode(visit, phoneThrottle(purpose), 'wrong_phone_code')
  return undefined
}

async function refuse(visit: Visit, key: string): Promise<undefined> {
  await say(visit, key)
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
  if (sending?.state !== 'failed') return shown
  return { ...shown, failed: unanswered.includes(sending.reason ?? '') ? 'unanswered' : 'undelivered' }
}

/** What a form asks for; undefined for anything else. */
export function channelOf(value: string | undefined): PhoneChannel | undefined {
  return value === 'sms' || value === 'voice' ? value : undefined
}
