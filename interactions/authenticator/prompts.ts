import { randomUUID } from 'node:crypto'
import type { Context } from 'koa'
import { z } from 'zod'
import type { Message } from '../../adapters/delivery/delivery.ts'
import { sixDigits } from '../../adapters/secrets/six-digits.ts'
import type { Account } from '../../rules/account.ts'
import type { Attempt } from '../../rules/attempt.ts'
import { flatOrigin } from '../../rules/attempt.ts'
import { type Effect, withEffects } from '../../rules/effect.ts'
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
import { Problem } from '../http/problem.ts'
import type { Services } from '../services.ts'
import { type Device, deviceOf } from './device.ts'
import { hashNumber } from './pairing.ts'
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

/**
 * Asks on every phone of the person: at once where the authenticator is open, and by a wake-up elsewhere. What comes too
 * soon after others isn't sent; the account's count says until when. A crash on the way loses nothing that was promised:
 * the page then says that the prompt is over.
 */
export async function sendPrompt(
  services: Services,
  attempt: Attempt,
  account: Account,
  { id, number }: DrawnPrompt,
): Promise<void> {
  const { store, ring, arrivals, clock } = services
  const now = clock()
  const counted = await store.accounts.update(account.id, (current) => {
    const next = current && countPrompt(current, now)
    return [next ?? current, next !== undefined]
  })
  if (!counted) return
  const prompt: Prompt = {
    id,
    account: account.id,
    attempt: attempt.id,
    number: hashNumber(ring, id, number),
    state: 'open',
    failures: 0,
    origin: attempt.origin,
    app: attempt.ask.app,
    ...(attempt.forgotten === undefined ? {} : { mailbox: true as const }),
    createdAt: now,
    expiresAt: now + promptLimits.lifetime,
  }
  await store.prompts.insert(prompt)
  arrivals.tell(account.id)
  for (const factor of account.factors) {
    const message = wakeUp(services, prompt, factor)
    if (message !== undefined)
      await services.outbox.queue(message.id, `device:${factor.id}`, { kind: 'message', message })
  }
}

/** Says that there is something to see, and not what: push services are strangers. */
function wakeUp({ ring }: Services, prompt: Prompt, factor: Account['factors'][number]): Message | undefined {
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
      device: { account: prompt.account, factor: factor.id },
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
  const device = await deviceOf(services, ctx, proof)
  const asked = answer.safeParse(device.claims)
  if (!asked.success) throw badProof()
  if (device.factor.disabledAt !== undefined) throw new Problem(403, 'disabled')
  const { prompt: id, ...said } = asked.data
  const { outcome, prompt } = await decide(services, device, id, said)
  if (prompt === undefined) throw new Problem(410, 'gone')
  if (!outcome.ok) return refuse(services, device, prompt, outcome)
  if (outcome.state === 'refused') {
    await endSignIn(services, prompt)
    await warn(services, device.account, prompt)
  }
  services.arrivals.tell(device.account.id)
  return { state: outcome.state }
}

async function decide(
  { store, ring, clock }: Services,
  { account, factor }: Device,
  id: string,
  said: Answer,
): Promise<{ outcome: AnswerOutcome; prompt: Prompt | undefined }> {
  const typed: Answer =
    said.decision === 'approve' ? { ...said, number: hashNumber(ring, id, said.number) } : said
  const by = { account: account.id, factor: factor.id }
  const now = clock()
  return store.prompts.update(id, (current) => {
    const [next, outcome] = answerPrompt(current, by, typed, now)
    return [next, { outcome, prompt: next }]
  })
}

async function refuse(
  { store, audit, clock }: Services,
  { account }: Device,
  prompt: Prompt,
  outcome: AnswerOutcome & { ok: false },
): Promise<never> {
  if (outcome.reason === 'gone') throw new Problem(410, 'gone')
  const now = clock()
  await store.accounts.update(account.id, (current) => [current && failPush(current, now), undefined])
  await audit.append({
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
async function endSignIn({ store }: Services, { id, attempt }: Prompt): Promise<void> {
  await store.attempts.update(attempt, (current) => {
    const asks = current?.prompt?.id === id && current.finishedAt === undefined
    return [asks ? refusedByPhone(current) : current, undefined]
  })
}

/** Whoever asked for the prompt has the password, or the mailbox: everyone is told, and further prompts come slower. */
async function warn({ store, effects, clock }: Services, account: Account, prompt: Prompt): Promise<void> {
  const now = clock()
  const id = `prompt:${prompt.id}`
  const knows = prompt.mailbox === true ? 'mailbox' : 'password'
  const data = { at: prompt.createdAt, app: prompt.app, knows, ...flatOrigin(prompt.origin) }
  const told: Effect[] = [
    {
      kind: 'audit',
      id: `${id}:audit`,
      event: 'prompt.refused',
      actor: account.id,
      subject: account.id,
      detail: { address: data.address, app: prompt.app },
    },
    { kind: 'notice', id: `${id}:notice`, name: 'prompt_refused', to: account.id, data },
  ]
  await store.accounts.update(account.id, (current) => [
    current && withEffects(slowPrompts(current, now), told),
    undefined,
  ])
  await effects.settle('accounts', account.id)
}
