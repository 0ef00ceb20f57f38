import { type Effect, withEffects } from '../../../rules/effect.ts'
import type { MessageKey } from '../../../rules/messages.ts'
import {
  acceptPush,
  type Prompt,
  promptFrom,
  promptsSent,
  refusedByPhone,
  spendPrompt,
} from '../../../rules/push.ts'
import type { PromptState } from '../../../views/locals/parts.ts'
import { drawPrompt } from '../../authenticator/prompts.ts'
import { scratch } from '../attempts.ts'
import {
  type Action,
  accountOf,
  change,
  proven,
  type SignInStep,
  say,
  type Visit,
  verification,
} from '../step.ts'
import { isStranger } from '../who-tries.ts'

/** A prompt on the person's phone: they type there the number that stands here. */
export const push: SignInStep<'push'> = {
  step: 'push',
  show: async (visit) => {
    const kept = await ensurePrompt(visit)
    const state = await stateOf(visit, kept.id)
    const number = state === 'waiting' ? visit.services.ring.open(kept.sealed, kept.id) : undefined
    return {
      ...verification(visit, 'push'),
      state,
      app: `${visit.services.config.base}/authenticator`,
      number,
      from: state === 'limited' ? nextFrom(visit) : undefined,
    }
  },
  actions: {
    push: (visit, fields) => takeAnswer(visit, fields),
    'push/send': (visit) => sendAgain(visit, {}),
  },
  status: (visit) => stateOf(visit, visit.attempt.prompt?.id ?? ''),
}

/** The phones are asked when the page is first shown; loading it again asks nobody again. */
async function ensurePrompt(visit: Visit): Promise<{ id: string; sealed: string }> {
  const { services, attempt } = visit
  const { id, number } = drawPrompt()
  const offered = { id, sealed: services.ring.seal(number, id) }
  const asks: Effect = {
    kind: 'ask_phones',
    id: `ask:${id}`,
    account: accountOf(visit).id,
    attempt: attempt.id,
    prompt: id,
    sealed: offered.sealed,
    known: isStranger(visit.by) ? undefined : true,
  }
  return scratch(services, attempt, offered, (current) =>
    current.prompt === undefined
      ? [withEffects({ ...current, prompt: offered }, [asks]), offered]
      : [current, current.prompt],
  )
}

async function stateOf(visit: Visit, id: string): Promise<PromptState> {
  const { services, account } = visit
  const prompt = await services.store.prompts.get(id)
  const now = services.clock()
  if (prompt?.state === 'open') return 'waiting'
  if (prompt?.state === 'approved' || prompt?.state === 'refused') return 'answered'
  const current = account && (await services.accounts.get(account.id))
  if (nextFrom({ ...visit, account: current }) > now) return 'limited'
  return prompt?.state === 'failed' ? 'failed' : 'over'
}

const nextFrom = ({ account, services, by }: Visit): number =>
  promptFrom(account && promptsSent(account, !isStranger(by)), services.clock())

const messages: { [state in Exclude<Prompt['state'], 'refused'> | 'gone']: MessageKey } = {
  open: 'prompt_waiting',
  approved: 'prompt_over',
  spent: 'prompt_over',
  gone: 'prompt_over',
  failed: 'prompt_failed',
}

/** The answer of the phone is used here, once, by the sign-in that asked. */
const takeAnswer: Action = async (visit, fields) => {
  const { services, attempt } = visit
  const account = accountOf(visit)
  const now = services.clock()
  if (attempt.prompt === undefined) return say('prompt_over')
  const { phone, state } = await services.change('prompts', attempt.prompt.id, (current) => {
    const [next, phone] = spendPrompt(current, attempt, now)
    return [next, { phone, state: current?.state ?? ('gone' as const) }]
  })
  // Mostly it has ended this sign-in already; a process that died in between has not.
  if (state === 'refused') return change(refusedByPhone)
  if (phone === undefined) return say(messages[state])
  const accepted = await services.change('protections', account.id, (current) => {
    const next = current && acceptPush(current, phone, now)
    return [next ?? current, next !== undefined]
  })
  if (!accepted) return say('prompt_over')
  return proven(visit, fields, 'push')
}

/** A new prompt takes the place of the old one, which nobody can answer any more: the page asks once it is shown. */
const sendAgain: Action = async (visit) => {
  const { services, attempt } = visit
  if (nextFrom(visit) > services.clock()) return say('prompt_limited')
  if (attempt.prompt !== undefined)
    await services.change('prompts', attempt.prompt.id, () => [undefined, undefined])
  return change((current) => ({ ...current, prompt: undefined }))
}
