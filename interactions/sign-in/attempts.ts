import type { Context } from 'koa'
import type { Provider } from 'oidc-provider'
import { randomToken } from '../../adapters/secrets/key-ring.ts'
import { Conflict } from '../../adapters/store/port.ts'
import type { Locale } from '../../rules/account.ts'
import { isResetDone, methodOf, readAction } from '../../rules/action.ts'
import { proofsOf } from '../../rules/assurance.ts'
import {
  type Ask,
  type Attempt,
  attemptLifetime,
  freshAttempt,
  type PageMessage,
} from '../../rules/attempt.ts'
import { appName } from '../../rules/plain-text.ts'
import { requiredAcr } from '../../rules/request.ts'
import { seeOther } from '../http/page.ts'
import { Problem } from '../http/problem.ts'
import { languages, localeOf, originOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { fromBefore } from './anew.ts'
import type { Change } from './step.ts'

export type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>

/** The library's interaction of a request. It is found by cookie alone, so it must be the one in the URL. */
export async function interactionOf({ provider }: Services, ctx: Context): Promise<Interaction> {
  const interaction = await provider.interactionDetails(ctx.req, ctx.res)
  if (interaction.uid !== ctx.params.uid) throw new Problem(400, 'expired')
  return interaction
}

/** The attempt of an interaction; begun when its first page is opened, and again when it took too long. */
export async function attemptOf(
  services: Services,
  ctx: Context,
  interaction: Interaction,
): Promise<Attempt> {
  const found = await services.store.attempts.get(interaction.uid)
  if (found !== undefined) {
    await keepVisit(services, found)
    return found
  }
  const begun = await begin(services, ctx, interaction)
  try {
    await services.create('attempts', begun)
    return begun
  } catch (error) {
    if (error instanceof Conflict) return attemptOf(services, ctx, interaction)
    throw error
  }
}

/**
 * The library's visit lasts as long as the attempt: one that waits for a case does so for days, and any other is gone
 * after hours. Nothing is written where it lasts already.
 */
async function keepVisit({ change, clock }: Services, { id, expiresAt }: Attempt): Promise<void> {
  if (expiresAt <= clock() + attemptLifetime) return
  await change('artifacts', `Interaction:${id}`, (current) => [
    current === undefined || (current.expiresAt ?? 0) >= expiresAt ? current : { ...current, expiresAt },
    undefined,
  ])
}

/** Where it is asked what is next. */
export function toHub({ ctx, attempt }: { ctx: Context; attempt: Pick<Attempt, 'id'> }): void {
  seeOther(ctx, `/interaction/${attempt.id}`)
}

/**
 * Changes the attempt. What the change was decided on must still stand: false says that something else changed the
 * attempt meanwhile, a second submit or a reset, and nothing is done.
 */
export function changeAttempt(
  services: Services,
  seen: Attempt,
  change: Change,
  when?: 'meanwhile',
): Promise<boolean> {
  const rule = (current: Attempt | undefined): [Attempt | undefined, boolean] => {
    if (current === undefined || isOld(seen, current)) return [current, false]
    return [{ ...changed(current, change), revision: current.revision + 1 }, true]
  }
  return services.change('attempts', seen.id, rule, when)
}

/** What a change makes of an attempt: what was said on the page before is gone by then. */
export const changed = (attempt: Attempt, change: Change): Attempt =>
  change({ ...attempt, message: undefined })

/**
 * Leaves everything as it is and says something on the next page. The revision stays: of a form that was sent twice, the
 * one that came too late must not undo what the other one has proven.
 */
export function sayNext(services: Services, seen: Attempt, message: PageMessage): Promise<void> {
  return services.change('attempts', seen.id, (current) => {
    if (current === undefined || isOld(seen, current)) return [current, undefined]
    return [{ ...current, message }, undefined]
  })
}

/** Says something of what came too late, on the page that is shown instead, if nothing else is said there. */
export function sayTooLate(services: Services, seen: Attempt, message: PageMessage): Promise<void> {
  return services.change('attempts', seen.id, (current) => {
    const quiet = current?.finishedAt === undefined && current?.message === undefined
    return [current && quiet ? { ...current, message } : current, undefined]
  })
}

const isOld = (seen: Attempt, current: Attempt): boolean =>
  current.revision !== seen.revision || current.finishedAt !== undefined

/**
 * What a page draws for itself, a secret or a challenge, kept so that loading it again shows the same. Nothing was
 * decided by it, so the revision stays. `otherwise` is what comes of it where the attempt has ended.
 */
export function scratch<T>(
  services: Services,
  { id }: Attempt,
  otherwise: T,
  draw: (current: Attempt) => [Attempt, T],
): Promise<T> {
  return services.change('attempts', id, (current) =>
    current === undefined || current.finishedAt !== undefined ? [current, otherwise] : draw(current),
  )
}

async function begin(services: Services, ctx: Context, interaction: Interaction): Promise<Attempt> {
  const { params } = interaction
  const start = {
    id: interaction.uid,
    form: randomToken(),
    ask: await askOf(services, interaction),
    origin: originOf(ctx),
    locale: spokenSoFar(interaction) ?? localeOf(ctx, params.ui_locales),
  }
  const known =
    interaction.prompt.name === 'action'
      ? await acting(services, interaction)
      : await stepUp(services, interaction)
  return { ...freshAttempt(start, services.clock()), ...fromBefore(services, ctx), ...known }
}

/** The language of the pages that this request has shown already: the library keeps what they came to. */
const spokenSoFar = ({ lastSubmission }: Interaction): Locale | undefined =>
  languages.find((one) => one === lastSubmission?.locale)

async function askOf({ provider, acrNames }: Services, { params }: Interaction): Promise<Ask> {
  const client = await provider.Client.find(String(params.client_id))
  const acr = requiredAcr(params, acrNames.ours)
  const action = readAction(params)
  return {
    client: String(params.client_id),
    app: appName(client?.clientName ?? String(params.client_id)),
    acr,
    action: action === 'unknown' ? undefined : action,
    // An action takes a sign-in that is fresh, too.
    maxAge: action === undefined ? maxAgeOf(params) : 0,
    loginHint: typeof params.login_hint === 'string' ? params.login_hint.slice(0, 254) : undefined,
  }
}

/** Asked for in either way (OpenID Connect Core §3.1.2.1). */
function maxAgeOf({ prompt, max_age: maxAge }: Interaction['params']): number | undefined {
  if (
    String(prompt ?? '')
      .split(' ')
      .includes('login')
  )
    return 0
  return maxAge === undefined ? undefined : Number(maxAge)
}

/**
 * Someone who is signed in, but not strongly enough, is asked only for what is missing. Any other reason to ask, like
 * `max_age` or `prompt=login`, asks for everything again.
 */
async function stepUp(services: Services, { session, prompt }: Interaction): Promise<Partial<Attempt>> {
  const onlyStronger = prompt.reasons.length > 0 && prompt.reasons.every((reason) => reason === 'acr_unmet')
  return onlyStronger ? standing(services, session) : {}
}

/** An action is done by whoever is signed in; the library has just made sure that they are, and freshly. */
async function acting(services: Services, { session, params }: Interaction): Promise<Partial<Attempt>> {
  const action = readAction(params)
  const known = await standing(services, session)
  if (action === undefined || action === 'unknown' || known.account === undefined)
    throw new Problem(400, 'expired')
  const account = await services.accounts.get(known.account)
  // The sign-in before may have been the reset that was asked for; then it says that it began in the second after.
  const signedInAt = (known.proofs?.[0]?.at ?? 0) - 999
  const done = action === 'reset_authenticator' && account !== undefined && isResetDone(account, signedInAt)
  return { ...known, action, enrolling: methodOf(params), actionStatus: done ? 'success' : undefined }
}

/** Who is signed in, and what they proved when. */
async function standing(
  { provider, acrNames }: Pick<Services, 'provider' | 'acrNames'>,
  session: Interaction['session'],
): Promise<Partial<Attempt>> {
  if (session?.uid === undefined) return {}
  // The interaction doesn't say when the session began; and it may have ended meanwhile.
  const found = await provider.Session.findByUid(session.uid)
  if (found?.accountId === undefined || found.accountId !== session.accountId) return {}
  const at = (found.loginTs ?? 0) * 1000
  const { acr = '', amr = [] } = found
  return {
    account: found.accountId,
    session: session.uid,
    keep: found.transient !== true,
    proofs: proofsOf({ acr: acrNames.ours(acr), amr }, at),
  }
}
