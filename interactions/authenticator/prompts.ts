import { randomUUID } from 'node:crypto'
import type { Context } from 'koa'
import { z } from 'zod'
import { noteRefused } from '../../account/refused.ts'
import type { Message } from '../../adapters/delivery/delivery.ts'
import { sixDigits } from '../../adapters/secrets/six-digits.ts'
import type { HandlerServices, Handlers } from '../../effects/services.ts'
import type { Account } from '../../rules/account.ts'
import type { Attempt } from '../../rules/attempt.ts'
import { flatOrigin } from '../../rules/attempt.ts'
import { type Effect, type EffectOf, withEffects } from '../../rules/effect.ts'
import {
  type Answer,
  type AnswerOutcome,
  answerPrompt,
  countPrompt,
  failPush,
  type Prompt,
  promptLimits,
  refusedByPhone,
  slowPrompts,
} from '../../rules/push.ts'
import { told } from '../../rules/told.ts'
import { Problem } from '../http/problem.ts'
import type { Services } from '../services.ts'
import { hashNumber } from './pairing.ts'
import { phoneOf, type SignedPhone } from './phone.ts'
import { badProof } from './proof.ts'
import { readSubscription } from './subscription.ts'

/** A prompt as its sign-in keeps it; the number is shown in the browser and nowhere else. */
export interface DrawnPrompt {
  id: string
  number: string
}

export function drawPrompt(): DrawnPrompt {
  return { id: randomUUID(), number: sixDigits() }
}

type Asking = HandlerServices & Pick<Services, 'arrivals'>

/** What follows from prompts: they are sent, and "it wasn't me" ends the sign-in that asked. */
export function promptHandlers(services: Asking): Handlers<'ask_phones' | 'prompt_refused'> {
  return {
    ask_phones: (effect) => askPhones(services, effect),
    prompt_refused: async ({ prompt: id }) => {
      const prompt = await services.store.prompts.get(id)
      if (prompt === undefined) return
      await endSignIn(services, prompt)
      await warn(services, prompt)
    },
  }
}

/**
 * Asks on every phone of the person: at once where the authenticator is open, and by a wake-up elsewhere. What comes too
 * soon after others isn't sent; the account's count says until when.
 */
async function askPhones(services: Asking, effect: EffectOf<'ask_phones'>): Promise<void> {
  const { store, change, ring, arrivals, clock } = services
  const { prompt: id, account, sealed } = effect
  const attempt = await store.attempts.get(effect.attempt)
  const now = clock()
  // The sign-in asks for another by now, or for none.
  if (attempt?.prompt?.id !== id) return
  const counted = await change('protections', account, (current) => {
    const next = current && countPrompt(current, id, now, effect.known)
    return [next ?? current, next]
  })
  if (counted === undefined) return
  const prompt = promptOf(attempt, effect, hashNumber(ring, id, ring.open(sealed, id)), now)
  await change('prompts', id, (current) => [current ?? prompt, undefined])
  arrivals.tell(account)
  for (const factor of counted.factors) {
    const message = wakeUp(services, prompt, factor)
    if (message !== undefined)
      await services.outbox.queue(message.id, `device:${factor.id}`, { kind: 'message', message })
  }
}

function promptOf(
  attempt: Attempt,
  { prompt: id, account, known }: EffectOf<'ask_phones'>,
  number: string,
  now: number,
): Prompt {
  return {
    id,
    account,
    attempt: attempt.id,
    number,
    state: 'open',
    failures: 0,
    origin: attempt.origin,
    app: attempt.ask.app,
    mailbox: attempt.forgotten === undefined ? undefined : true,
    known,
    createdAt: now,
    expiresAt: now + promptLimits.lifetime,
  }
}

/** Says that there is something to see, and not what: push services are strangers. */
function wakeUp({ ring }: Asking, prompt: Prompt, factor: Account['factors'][number]): Message | undefined {
  if (factor.kind !== 'push' || factor.disabledAt !== undefined) return undefined
  const subscription = readSubscription(ring, factor)
  if (subscription === undefined) return undefined
  const { endpoint, p256dh, auth } = subscription
  return {
    id: `prompt:${prompt.id}:${factor.id}`,
    channel: 'push',
    to: endpoint,
    subject: '',
    text: '{}',
    links: [],
    expiresAt: prompt.expiresAt,
    push: {
      p256dh,
      auth,
      urgency: 'high',
      topic: 'prompt',
      phone: { account: prompt.account, factor: factor.id },
    },
  }
}

/** What the authenticator shows: requests of sign-ins that still wait for an answer, newest first. */
export async function openPrompts({ store, clock }: Services, account: string): Promise<object[]> {
  const now = clock()
  const found = await store.prompts.find('account', account)
  const open = found.filter(({ state, expiresAt }) => state === 'open' && expiresAt > now)
  const attempts = await Promise.all(open.map(({ attempt }) => store.attempts.get(attempt)))
  return open
    .filter(({ id }, index) => attempts[index]?.prompt?.id === id)
    .map(({ id, app, origin, createdAt, expiresAt }) => ({ id, app, origin, createdAt, expiresAt }))
    .reverse()
}

const answer = z.intersection(
  z.object({ prompt: z.string().min(1).max(64) }),
  z.discriminatedUnion('decision', [
    z.object({ decision: z.literal('approve'), number: z.string().regex(/^\d{6}$/) }),
    z.object({ decision: z.literal('not_me') }),
  ]),
)

/** POST answer: the person has typed the number, or says that it wasn't them. */
export async function takeAnswer(services: Services, ctx: Context, proof: string): Promise<object> {
  const phone = await phoneOf(services, ctx, proof)
  const asked = answer.safeParse(phone.claims)
  if (!asked.success) throw badProof()
  if (phone.factor.disabledAt !== undefined) throw new Problem(403, 'disabled')
  const { prompt: id, ...said } = asked.data
  const { outcome, prompt } = await decide(services, phone, id, said)
  if (prompt === undefined) throw new Problem(410, 'gone')
  if (!outcome.ok) return refuse(services, phone, prompt, outcome)
  services.arrivals.tell(phone.account.id)
  return { state: outcome.state }
}

async function decide(
  { change, ring, clock }: Services,
  { account, factor }: SignedPhone,
  id: string,
  said: Answer,
): Promise<{ outcome: AnswerOutcome; prompt: Prompt | undefined }> {
  const by = { account: account.id, factor: factor.id }
  const now = clock()
  return change('prompts', id, (current) => {
    const typed: Answer =
      said.decision === 'approve'
        ? { ...said, number: hashNumber(ring, id, said.number, current?.number) }
        : said
    const [answered, outcome] = answerPrompt(current, by, typed, now)
    const refuses = answered !== undefined && answered !== current && answered.state === 'refused'
    const next = refuses ? withEffects(answered, [refusal(answered)]) : answered
    return [next, { outcome, prompt: next }]
  })
}

const refusal = ({ id, account }: Prompt): Effect => ({
  kind: 'prompt_refused',
  id: `prompt:${id}`,
  account,
  prompt: id,
})

async function refuse(
  services: Services,
  { account }: SignedPhone,
  prompt: Prompt,
  outcome: AnswerOutcome & { ok: false },
): Promise<never> {
  if (outcome.reason === 'gone') throw new Problem(410, 'gone')
  const now = services.clock()
  await services.change('protections', account.id, (current) => [
    current && failPush(current, now),
    undefined,
  ])
  await noteRefused(services, {
    event: 'sign_in.code_refused',
    subject: account.id,
    detail: { method: 'push', reason: outcome.reason, ...flatOrigin(prompt.origin) },
  })
  throw new Problem(outcome.reason === 'wrong' ? 403 : 410, outcome.reason)
}

/**
 * Whatever was proven in it so far counts no more, whichever way whoever is there turns to next. Said again, as the reply
 * was lost, it ends nothing more: the sign-in has another prompt by then, or none.
 */
async function endSignIn({ change }: Asking, { id, attempt }: Prompt): Promise<void> {
  await change('attempts', attempt, (current) => {
    const asks = current?.prompt?.id === id && current.finishedAt === undefined
    return [asks ? refusedByPhone(current) : current, undefined]
  })
}

/** Whoever asked for the prompt has the password, or the mailbox: everyone is told, and further prompts come slower. */
async function warn({ change, clock }: Asking, prompt: Prompt): Promise<void> {
  const now = clock()
  const { account } = prompt
  const id = `prompt:${prompt.id}`
  const knows = prompt.mailbox === true ? 'mailbox' : 'password'
  const { app, origin, createdAt: at } = prompt
  const effects = told(
    { subject: account, actor: account, app, origin, at },
    { id, event: 'prompt.refused', detail: { app }, notice: 'prompt_refused', data: { knows } },
  )
  await change('protections', account, (current) => [
    current && withEffects(slowPrompts(current, now, prompt.known), effects),
    undefined,
  ])
}
