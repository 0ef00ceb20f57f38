import { decodeJwt } from 'jose'
import { errors, interactionPolicy, type KoaContextWithOIDC, type Provider } from 'oidc-provider'
import { readAction } from '../rules/action.ts'
import { acrMultiFactor, meets } from '../rules/assurance.ts'
import { requiredAcr } from '../rules/request.ts'
import { signInStands } from '../rules/valid-after.ts'
import type { AcrNames } from './acr-names.ts'
import type { MayUse } from './app-audience.ts'
import type { ProviderAccount } from './claims.ts'

const { base, Check, Prompt } = interactionPolicy

type Policy = interactionPolicy.DefaultPolicy
type Prompts = readonly InstanceType<typeof Prompt>[]

/**
 * The library's `login` and `consent`, or the host's own prompts, with our checks in `login`. They run for every request
 * of every client, silent ones too. The array is complete before the library copies it; the host's own is left as it is.
 */
export function withChecks(
  names: AcrNames,
  own: Prompts = base(),
  { isIdle, isAhead }: SessionUse = { isIdle: async () => false, isAhead: () => false },
  mayUse: MayUse = async () => true,
): Policy {
  const policy = copyOf(own)
  const { checks } = policy.get('login')!
  // Replaced by acr_unmet, which honours `acr_values` as well and can't be switched off by it.
  checks.remove('essential_acrs')
  checks.remove('essential_acr')
  const hinted = checks.get('id_token_hint')
  if (hinted !== undefined) checks.add(onlyHintedPerson(hinted))
  checks.add(accountInvalidated)
  checks.add(signedInAhead(isAhead))
  checks.add(appIsForThem(mayUse))
  checks.add(acrUnmet(names))
  checks.add(sessionIdle(names, isIdle))
  checks.add(actionNeedsFreshLogin)
  // After the sign-in, before consent: what the app sent the person to do.
  policy.add(
    new Prompt({ name: 'action', requestable: false }, actionRequested),
    policy.indexOf(policy.get('login')!) + 1,
  )
  return policy
}

function copyOf(own: Prompts): Policy {
  const policy = base()
  policy.clear()
  for (const { name, requestable, details, checks } of own) {
    // A requestable prompt's first check is among those that are copied.
    const copy = new Prompt({ name, requestable: false }, details as never, ...checks)
    policy.add(Object.assign(copy, { requestable }))
  }
  return policy
}

/**
 * What a request may say as `prompt` (Initiating User Registration via OpenID Connect 1.0 §4). The library refuses
 * everything else, such as `select_account`, with `invalid_request`.
 */
export function promptValues(policy: Prompts): string[] {
  return ['none', ...policy.filter((prompt) => prompt.requestable).map((prompt) => prompt.name)]
}

/**
 * Someone else than the `id_token_hint` names has signed in: they get no tokens (OpenID Connect Core §3.1.2.2). The
 * library looks at the hint when a request comes in, and no more when the person is back from signing in.
 */
const onlyHintedPerson = (hinted: InstanceType<typeof Check>) =>
  new Check('other_than_hinted', 'another person has signed in', 'login_required', async (ctx) => {
    const { params, result } = ctx.oidc
    if (typeof params?.id_token_hint !== 'string' || result?.login === undefined)
      return Check.NO_NEED_TO_PROMPT
    // Verified when the request came in, and kept with the interaction since.
    ctx.oidc.entity('IdTokenHint', { payload: decodeJwt(params.id_token_hint) } as never)
    if (await hinted.check(ctx)) throw new errors.LoginRequired('another person has signed in')
    return Check.NO_NEED_TO_PROMPT
  })

/** The session is older than a reset, or its account may not sign in any more. */
const accountInvalidated = new Check(
  'account_invalidated',
  'the session is no longer valid',
  'login_required',
  (ctx) => {
    const { session, account } = ctx.oidc
    if (session?.accountId === undefined) return Check.NO_NEED_TO_PROMPT
    const current = account as ProviderAccount | undefined
    const valid = current !== undefined && signInStands(session.loginTs ?? 0, current.validAfter)
    return valid ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT
  },
)

/**
 * The sign-in says that it is still to come: the clock was ahead and was put right. Nobody knows how old it is, so it would
 * count as fresh for `max_age`, for an action and for what is cut short, until the clock is there again.
 */
const signedInAhead = (isAhead: SessionUse['isAhead']) =>
  new Check('signed_in_ahead', 'when the person signed in is not known', 'login_required', (ctx) => {
    const { session, result } = ctx.oidc
    const ahead = session?.accountId !== undefined && isAhead(session.loginTs ?? 0)
    return ahead && result?.login === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT
  })

/** The operator has named who may use the app, and this person isn't one of them. */
const appIsForThem = (mayUse: MayUse) =>
  new Check('not_for_them', 'the app is not for this person', 'access_denied', async (ctx) => {
    const { session, client } = ctx.oidc
    if (session?.accountId === undefined || (await mayUse(client, session.accountId)))
      return Check.NO_NEED_TO_PROMPT
    throw new errors.AccessDenied('the app is not for this person')
  })

/** The session is weaker than what the request insists on. */
const acrUnmet = ({ ours }: AcrNames) =>
  new Check(
    'acr_unmet',
    'the requested authentication context class was not reached',
    'unmet_authentication_requirements',
    (ctx) => {
      const { session, params, result } = ctx.oidc
      // Without a session `no_session` speaks first, and its login knows what is required.
      if (session?.accountId === undefined) return Check.NO_NEED_TO_PROMPT
      const required = requiredAcr(params ?? {}, ours)
      if (meets(session.acr && ours(session.acr), required)) return Check.NO_NEED_TO_PROMPT
      // A login that was just finished and is still too weak would be asked for again for ever.
      if (result?.login !== undefined) {
        throw new errors.UnmetAuthenticationRequirements(
          'the requested acr can not be reached by this account',
        )
      }
      return Check.REQUEST_PROMPT
    },
    (ctx) => ({ acr: requiredAcr(ctx.oidc.params ?? {}, ours) }),
  )

export interface SessionUse {
  /** Whether nobody has used a session, named by its uid, for too long. */
  isIdle(session: string): Promise<boolean>
  /** Whether a sign-in (seconds) says that it is still to come. */
  isAhead(signedInAt: number): boolean
}

/**
 * What the request insists on was proven, but nobody has used the session for an hour: whoever sits there now may be
 * somebody else (NIST SP 800-63B-4 §2.2.3). Weaker sessions are asked for their factor anyway.
 */
const sessionIdle = ({ ours }: AcrNames, isIdle: SessionUse['isIdle']) =>
  new Check('session_idle', 'the session was not used for an hour', 'login_required', async (ctx) => {
    const { session, params, result } = ctx.oidc
    const required = requiredAcr(params ?? {}, ours)
    const rests = required !== undefined && meets(required, acrMultiFactor) && session?.acr !== undefined
    if (!rests || result?.login !== undefined || !meets(ours(session.acr!), required))
      return Check.NO_NEED_TO_PROMPT
    return (await isIdle(session.uid)) ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT
  })

/** Looking after one's factors takes a sign-in of the last five minutes, in seconds. */
const freshFor = 300

const actionNeedsFreshLogin = new Check(
  'action_needs_fresh_login',
  'the action takes a fresh sign-in',
  'login_required',
  (ctx) => {
    const { session, params, result } = ctx.oidc
    const wanted = session?.accountId !== undefined && readAction(params ?? {}) !== undefined
    if (!wanted || result?.login !== undefined || result?.action !== undefined) return Check.NO_NEED_TO_PROMPT
    // Where there is a second factor it was given, and not a trusted browser in its place.
    const account = ctx.oidc.account as ProviderAccount | undefined
    const weak = account?.hasSecondFactor === true && !(session.amr ?? []).includes('mfa')
    return weak || session.past(freshFor) ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT
  },
)

const actionRequested = new Check(
  'action_requested',
  'the app asks for an action',
  'interaction_required',
  (ctx) => {
    const { params, result } = ctx.oidc
    const wanted = readAction(params ?? {}) !== undefined && result?.action === undefined
    return wanted ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT
  },
)

/**
 * The grant that a request runs under. The operator's own apps need no consent, so theirs is made and widened on the
 * way; a client marked `require_consent` gets what the person agreed to, and the library's `consent` prompt asks.
 */
export async function loadOwnGrant(ctx: KoaContextWithOIDC) {
  const { client, session, provider, result, account } = ctx.oidc
  const id = result?.consent?.grantId ?? session?.grantIdFor(client!.clientId)
  const found = id === undefined ? undefined : await provider.Grant.find(id)
  const grant = found?.accountId === session?.accountId ? found : undefined
  if (client?.require_consent === true || account === undefined) return grant
  return widened(
    ctx,
    grant ?? new provider.Grant({ clientId: client!.clientId, accountId: account.accountId }),
  )
}

async function widened(ctx: KoaContextWithOIDC, grant: InstanceType<Provider['Grant']>) {
  const { requestParamScopes, requestParamClaims, resourceServers } = ctx.oidc
  const before = JSON.stringify([grant.openid, grant.resources])
  grant.addOIDCScope([...requestParamScopes].join(' '))
  grant.addOIDCClaims([...requestParamClaims])
  for (const [indicator, { scopes }] of Object.entries(resourceServers ?? {})) {
    const wanted = [...requestParamScopes].filter((scope) => scopes.has(scope))
    if (wanted.length > 0) grant.addResourceScope(indicator, wanted.join(' '))
  }
  const changed = before !== JSON.stringify([grant.openid, grant.resources])
  if (grant.jti === undefined || changed) await grant.save()
  return grant
}
