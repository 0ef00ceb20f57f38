import { createHash } from 'node:crypto'
import type { Account } from './account.ts'
import type { Attempt } from './attempt.ts'
import type { Promising } from './effect.ts'
import type { Proof } from './proof.ts'
import type { Situation, Step } from './step.ts'

/** The OpenID provider of an organization's own, as far as it decides anything. */
export interface UpstreamPolicy {
  id: string
  name: string
  issuer: string
  /** Lower case. */
  domains: string[]
  organizations: string[]
  /** What counts as a second factor when the provider says it. */
  secondFactor: { acr: string[]; amr: string[] }
}

/** Who somebody is at a provider of their organization's: one person a subject, and one subject a person. */
export interface UpstreamLink extends Promising {
  /** A digest of issuer and subject. */
  id: string
  account: string
  issuer: string
  createdAt: number
}

/** RFC 8176 has no value for it; this one is what others use. */
export const amrFederated = 'fed'

export const linkId = (issuer: string, subject: string): string =>
  createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest('base64url')

export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase()

/** Where somebody with this address signs in, known here or not. */
export function upstreamOfAddress<U extends UpstreamPolicy>(
  upstreams: readonly U[],
  address: string,
): U | undefined {
  return upstreams.find(({ domains }) => address.includes('@') && domains.includes(domainOf(address)))
}

/** Where a person signs in, if not here: by their address, or as a member. */
export function upstreamOf<U extends UpstreamPolicy>(
  upstreams: readonly U[],
  { email, login }: Pick<Account, 'email' | 'login'>,
  organizations: string[],
): U | undefined {
  const member = upstreams.find((one) => one.organizations.some((id) => organizations.includes(id)))
  return upstreamOfAddress(upstreams, login) ?? upstreamOfAddress(upstreams, email) ?? member
}

/** Whether what the provider says of itself is a second factor: only where the operator says so. */
export function countsAsSecond(
  { secondFactor }: UpstreamPolicy,
  { acr, amr }: { acr?: string | undefined; amr: string[] },
): boolean {
  return (
    (acr !== undefined && secondFactor.acr.includes(acr)) ||
    amr.some((value) => secondFactor.amr.includes(value))
  )
}

/**
 * Somebody proved who they are elsewhere, at that moment and not now: what was made void since stays void. Of what they
 * proved there before nothing is left.
 */
export function provenElsewhere(attempt: Attempt, at: number, second: boolean): Attempt {
  const others = attempt.proofs.filter(({ method }) => method !== 'pwd' && method !== 'upstream')
  const first: Proof = { method: 'pwd', at, amr: [amrFederated] }
  const { message: _, ...rest } = attempt
  return { ...rest, proofs: [...others, first, ...(second ? [{ method: 'upstream' as const, at }] : [])] }
}

export const isFederated = ({ method, amr }: Proof): boolean =>
  method === 'pwd' && amr?.includes(amrFederated) === true

/** Where who one is has to be proven. */
export const firstFactorPage = ({ upstream }: Pick<Situation, 'upstream'>): Step =>
  upstream === undefined ? { step: 'password' } : { step: 'upstream' }
