import type { Protection } from './account.ts'
import type { Attempt, Origin } from './attempt.ts'
import type { Promising } from './effect.ts'
import type { Factor } from './factor.ts'
import { countFailure } from './failures.ts'
import { isAhead } from './lately.ts'
import { failed, type Throttle } from './throttle.ts'

/** A question to someone's phone: is it you who signs in there? One number, one answer. */
export interface Prompt extends Promising {
  id: string
  account: string
  /** The sign-in that asked; no other can use the answer. */
  attempt: string
  /** Keyed hash of the number that the browser shows. */
  number: string
  /** `spent`: the sign-in has used the yes. `failed`: too many wrong numbers. */
  state: 'open' | 'approved' | 'spent' | 'refused' | 'failed'
  /** Wrong numbers so far. */
  failures: number
  /** Which phone answered. */
  factor?: string
  /** What the person is shown: from where, and for which app. */
  origin: Origin
  app: string
  /** Set where the mailbox was proven in place of a forgotten password. */
  mailbox?: true
  /** Set where a browser asked that the person has used. */
  known?: true
  createdAt: number
  expiresAt: number
}

/** Times in milliseconds. */
export const promptLimits = {
  /** NIST SP 800-63B-4 §3.1.3.2: ten minutes at most. */
  lifetime: 300_000,
  /** Wrong numbers that end a prompt. */
  failures: 5,
  /** Prompts since the last yes that cost no wait. */
  free: 3,
  /** The first wait; each one after it is `growth` times as long. No day has more than ten prompts. */
  firstWait: 60_000,
  growth: 4,
  longestWait: 86_400_000,
  /** "It wasn't me" counts as so many prompts: the next one waits a quarter of an hour. */
  distrusted: 5,
} as const

/**
 * The moment from which the next prompt may be sent (NIST SP 800-63B-4 §3.1.3.2, OWASP ASVS 5 6.6.4): whoever has the
 * password must not be able to wear the owner down. Only a yes starts the count anew, not another kind of success.
 */
export function promptFrom(sent: Throttle | undefined, now: number): number {
  if (sent === undefined || sent.failures < promptLimits.free) return 0
  if (isAhead(sent.lastAt, now)) return 0
  const wait = promptLimits.firstWait * promptLimits.growth ** Math.min(sent.failures - promptLimits.free, 20)
  return Math.min(sent.lastAt, now) + Math.min(wait, promptLimits.longestWait)
}

/**
 * Prompts of browsers that the person has used are counted apart: strangers who have the password make each other wait,
 * and never the owner.
 */
const countOf = (known: boolean) => (known ? 'prompts@known' : 'prompts')

export function promptsSent({ throttles }: Protection, known: boolean): Throttle | undefined {
  return throttles[countOf(known)]
}

/** Counts a prompt before it is sent, once. Returns undefined where it would come too soon. */
export function countPrompt(
  account: Protection,
  prompt: string,
  now: number,
  known = false,
): Protection | undefined {
  const sent = promptsSent(account, known)
  if (sent?.last === prompt) return account
  if (promptFrom(sent, now) > now) return undefined
  return withThrottle(account, countOf(known), { ...failed(sent, now), last: prompt })
}

export type Answer = { decision: 'approve'; number: string } | { decision: 'not_me' }

export type AnswerOutcome =
  | { ok: true; state: 'approved' | 'refused' }
  | { ok: false; reason: 'gone' | 'failed' }
  | { ok: false; reason: 'wrong'; left: number }

/** What the person says on a phone, inside the store's update: a prompt is answered once. `number` is a keyed hash. */
export function answerPrompt(
  prompt: Prompt | undefined,
  by: { account: string; factor: string },
  answer: Answer,
  now: number,
): [Prompt | undefined, AnswerOutcome] {
  // A stranger's prompt, and one that never was, look the same.
  if (prompt === undefined || prompt.account !== by.account || prompt.expiresAt <= now)
    return [prompt, { ok: false, reason: 'gone' }]
  // Said again, as the reply was lost: what follows from it must not be lost with it.
  const repeated = prompt.state === 'refused' && prompt.factor === by.factor && answer.decision === 'not_me'
  if (repeated) return [prompt, { ok: true, state: 'refused' }]
  if (prompt.state !== 'open') return [prompt, { ok: false, reason: 'gone' }]
  if (answer.decision === 'not_me')
    return [
      { ...prompt, state: 'refused', factor: by.factor },
      { ok: true, state: 'refused' },
    ]
  if (answer.number !== prompt.number) return countWrong(prompt)
  return [
    { ...prompt, state: 'approved', factor: by.factor },
    { ok: true, state: 'approved' },
  ]
}

function countWrong(prompt: Prompt): [Prompt, AnswerOutcome] {
  const failures = prompt.failures + 1
  if (failures >= promptLimits.failures)
    return [
      { ...prompt, failures, state: 'failed' },
      { ok: false, reason: 'failed' },
    ]
  const left = promptLimits.failures - failures
  return [
    { ...prompt, failures },
    { ok: false, reason: 'wrong', left },
  ]
}

/** The sign-in that asked uses the yes, once. Returns the phone that gave it. */
export function spendPrompt(
  prompt: Prompt | undefined,
  { id, account }: { id: string; account?: string },
  now: number,
): [Prompt | undefined, string | undefined] {
  const own = prompt?.attempt === id && prompt.account === account
  if (!own || prompt.state !== 'approved' || prompt.expiresAt <= now) return [prompt, undefined]
  return [{ ...prompt, state: 'spent' }, prompt.factor]
}

/** A yes of a phone that still counts. Returns undefined when it was removed or disabled meanwhile. */
export function acceptPush(account: Protection, factor: string, now: number): Protection | undefined {
  const phone = account.factors.find(({ id, kind }) => id === factor && kind === 'push')
  if (phone === undefined || phone.disabledAt !== undefined) return undefined
  const { push: _, [countOf(true)]: _known, [countOf(false)]: _strangers, ...throttles } = account.throttles
  const used = (one: Factor) => (one === phone ? { ...one, lastUsedAt: now } : one)
  return { ...account, throttles, factors: account.factors.map(used) }
}

/** A wrong number: a hundred in a row disable the phones (NIST SP 800-63B-4 §3.2.2), whoever typed them. */
export function failPush(account: Protection, now: number): Protection {
  return countFailure(account, 'push', ({ kind }) => kind === 'push', now)
}

/** After "It wasn't me": whoever has the password waits, and saying it twice changes nothing more. */
export function slowPrompts(account: Protection, now: number, known = false): Protection {
  const failures = Math.max(promptsSent(account, known)?.failures ?? 0, promptLimits.distrusted)
  return withThrottle(account, countOf(known), { failures, lastAt: now })
}

const withThrottle = (account: Protection, name: string, throttle: Throttle): Protection => ({
  ...account,
  throttles: { ...account.throttles, [name]: throttle },
})

/** "It wasn't me": whoever is there has to know the password once more, and the phone isn't asked again by itself. */
export function refusedByPhone(attempt: Attempt): Attempt {
  const { prompt: _, choice: _choice, ...rest } = attempt
  const message = { key: 'prompt_refused' as const }
  return { ...rest, proofs: [], revision: attempt.revision + 1, message }
}
