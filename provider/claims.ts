import type {
  AccountClaims,
  ClaimsParameterMember,
  FindAccount,
  KoaContextWithOIDC,
  Account as OidcAccount,
} from 'oidc-provider'
import type { Store } from '../adapters/store/store.ts'
import { type Directory, together } from '../effects/directory.ts'
import type { Account, Protection, Recovered } from '../rules/account.ts'
import { hasSecondFactor } from '../rules/factor.ts'
import { presentValidAfter, signInStands } from '../rules/valid-after.ts'
import type { MayUse } from './app-audience.ts'
import type { MappedClaims } from './mapped-claims.ts'

/** The library's view of an account, and what our own checks need beside it. */
export interface ProviderAccount extends OidcAccount {
  accountId: string
  /** Milliseconds: sessions and tokens that began earlier are void. */
  validAfter: number
  hasSecondFactor: boolean
}

const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000)

/**
 * Whether a token still stands. A code that was issued after a reset may still rest on a sign-in from before. What rests
 * on none is as old as itself, to the second: it ended with its grant besides.
 */
function stands(token: { iat?: number; authTime?: number } | undefined, validAfter: number): boolean {
  if (token?.authTime !== undefined) return signInStands(token.authTime, validAfter)
  return token?.iat === undefined || token.iat >= seconds(validAfter)
}

/**
 * Directory for the library. One that may not sign in, or a token from before a reset, has none. The host's own
 * `findAccount` says what is claimed of a person, and has the last word on whether there is one.
 */
export function createFindAccount(
  { accounts, store }: { accounts: Pick<Directory, 'apart'>; store: Pick<Store, 'memberships'> },
  clock: () => number,
  mapped: MappedClaims,
  own?: FindAccount,
  mayUse: MayUse = () => true,
): FindAccount {
  return async (ctx, sub, token) => {
    const found = await accounts.apart(sub)
    if (found?.person.status !== 'active') return undefined
    const organization = ctx?.oidc?.client?.organization
    if (typeof organization === 'string' && (await isSuspended(store, organization, sub))) return undefined
    const { protection } = found
    const standing = standingOf(protection, clock())
    if (!stands(token, standing.validAfter)) return undefined
    // Who may not use an app any more gets nothing for the tokens they have.
    if (token !== undefined && !(await mayUse(ctx.oidc.client, sub))) return undefined
    if (own === undefined) return builtIn(ctx, together(found), standing, mapped)
    const theirs = await own(ctx, sub, token)
    return theirs && withStanding(theirs, protection, standing)
  }
}

/** Whether the organization that the app belongs to has suspended the person: nothing is given to it, now or later. */
async function isSuspended(
  { memberships }: Pick<Store, 'memberships'>,
  organization: string,
  account: string,
): Promise<boolean> {
  return (await memberships.get(`${organization}:${account}`))?.suspended !== undefined
}

type Standing = Pick<ProviderAccount, 'validAfter' | 'hasSecondFactor'>

function standingOf(protection: Protection, now: number): Standing {
  const validAfter = presentValidAfter(protection.validAfter, now)
  return { validAfter, hasSecondFactor: hasSecondFactor(protection) }
}

/**
 * What is known of a person. The library picks what was granted; but what of it stands in the ID token itself is up to
 * us: what the request names, and the claims of the scopes only where the client says so (Core §5.4, §5.5.1).
 */
function builtIn(
  { oidc: { client } }: KoaContextWithOIDC,
  account: Account,
  standing: Standing,
  mapped: MappedClaims,
): ProviderAccount {
  const claims: ProviderAccount['claims'] = async (use, scope, requested) => {
    const names = Object.keys(requested)
    const isWhole = use === 'userinfo' || client?.id_token_claims === true
    if (!isWhole && names.length === 0) return { sub: account.id }
    const all = {
      ...standardClaims(account),
      ...(await mapped.claims(account.id, client?.clientId, scope, names)),
    }
    return isWhole ? all : { sub: account.id, ...named(all, requested) }
  }
  return { accountId: account.id, ...standing, claims }
}

const named = (
  claims: AccountClaims,
  requested: { [claim: string]: ClaimsParameterMember | null },
): { [claim: string]: unknown } =>
  Object.fromEntries(Object.entries(claims).filter(([claim]) => claim in requested))

/** The claims of each scope (Core §5.4). */
export const standardScopes = {
  email: ['email', 'email_verified'],
  profile: ['name', 'given_name', 'family_name', 'preferred_username', 'locale', 'updated_at'],
}

const standardClaims = (account: Account): AccountClaims => ({
  sub: account.id,
  email: account.email,
  email_verified: account.addresses.some((address) => address.address === account.email),
  name: account.name,
  given_name: account.givenName,
  family_name: account.familyName,
  preferred_username: account.email,
  locale: account.locale,
  updated_at: account.updatedAt === undefined ? undefined : seconds(account.updatedAt),
  ...recoveryOf(account),
})

/** The host's object with everything it has, and what our checks need beside it. */
function withStanding(found: OidcAccount, protection: Protection, standing: Standing): ProviderAccount {
  const told = { accountId: found.accountId, ...standing, claims: claimsOf(found, protection) }
  // An object that others inherit from is slow from then on: only where the host's has a class, whose parts can't be copied.
  return isPlain(found) ? { ...found, ...told } : Object.assign(Object.create(found), told)
}

/** Asked of the host's own object, whatever that keeps in itself. */
function claimsOf(found: OidcAccount, protection: Protection): OidcAccount['claims'] {
  if (protection.recovered === undefined) return (...asked) => found.claims(...asked)
  return async (...asked) => ({ ...(await found.claims(...asked)), ...recoveryOf(protection) })
}

const isPlain = (value: object): boolean => Object.getPrototypeOf(value) === Object.prototype

const recoveryOf = ({ recovered }: Pick<Protection, 'recovered'>) =>
  recovered === undefined ? {} : { recovery: recoveryClaim(recovered) }

/** `at` in seconds, like every time in a token. */
const recoveryClaim = ({ route, at }: Recovered) => ({ at: seconds(at), route })
