import { activeSuperAdmins } from '../effects/super-admins.ts'
import { type Deciders, decidersOnce, prospectFor } from '../recovery/prospect.ts'
import type { RecoveryServices } from '../recovery/services.ts'
import type { Account } from '../rules/account.ts'
import type { Membership } from '../rules/membership.ts'
import {
  type OrganizationWeakness,
  organizationReadiness,
  type Readiness,
  readinessOf,
} from '../rules/readiness.ts'
import { findPeople } from './lists.ts'

type Looking = Pick<RecoveryServices, 'store' | 'accounts' | 'clock' | 'proofing'>

/** How prepared one person is, and whom they would turn to, by name. */
export interface PersonReadiness extends Readiness {
  id: string
  name: string
  email: string
  role: Membership['role']
}

export interface OrganizationReadiness {
  score: number
  weaknesses: OrganizationWeakness[]
  /** Members that were looked at, those that need most first. */
  people: PersonReadiness[]
  /** How many were looked at; `more` says that there are others. */
  looked: number
  more: boolean
  superAdmins: number
  /** Half of the requests of the last year were decided within this time, in milliseconds. */
  usuallyDecided?: number | undefined
  /** How many active members of all there are lack what a list can filter by. */
  lacking: Record<Lacking, number>
}

export const lackings = ['none', 'one', 'no_codes'] as const
export type Lacking = (typeof lackings)[number]

/** How many members are looked at for an organization: each is read, and what it says is an average. */
export const mostLooked = 300
const year = 365 * 86_400_000

/** What would happen if this person lost their phone now. */
export async function personReadiness(
  services: Looking,
  account: Account,
  deciders?: Deciders,
): Promise<Readiness> {
  const { offers, approvers, agents, terms } = await prospectFor(services, account, deciders)
  return readinessOf({
    protection: account,
    offers: offers.map(({ route }) => route),
    approvers,
    agents: agents.length,
    terms,
  })
}

/** How prepared an organization is. */
export async function readinessOfOrganization(
  services: Looking,
  id: string,
): Promise<OrganizationReadiness | undefined> {
  const { store, clock } = services
  const organization = await store.organizations.get(id)
  if (organization === undefined) return undefined
  const found = await store.memberships.find('organization', id, { limit: mostLooked + 1 })
  const deciders = decidersOnce(services)
  const looked = found.slice(0, mostLooked)
  const people = await Promise.all(looked.map((one) => memberReadiness(services, one, deciders)))
  const known = people.filter((one) => one !== undefined)
  const superAdmins = await countSuperAdmins(services, id)
  const { policy, drill } = organization
  const facts = {
    scores: known.map(({ score }) => score),
    superAdmins,
    approvalsNeeded: policy.approvals ?? 1,
    requireSecondFactor: policy.requireSecondFactor === true,
    drill,
    now: clock(),
  }
  return {
    ...organizationReadiness(facts),
    people: known.sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1)),
    looked: known.length,
    more: found.length > mostLooked,
    superAdmins,
    usuallyDecided: await usuallyDecided(services, id),
    lacking: await countLacking(services, id),
  }
}

/** Members who can't sign in anyway say nothing about how prepared the others are. */
async function memberReadiness(
  services: Looking,
  { account: id, role }: Membership,
  deciders: Deciders,
): Promise<PersonReadiness | undefined> {
  const account = await services.accounts.get(id)
  if (account?.status !== 'active') return undefined
  const { name, email } = account
  return { id, name, email, role, ...(await personReadiness(services, account, deciders)) }
}

async function countSuperAdmins(services: Looking, organization: string): Promise<number> {
  let count = 0
  for await (const _ of activeSuperAdmins(services, organization)) count += 1
  return count
}

async function countLacking(services: Looking, organization: string): Promise<Record<Lacking, number>> {
  const count = async (methods: Lacking) => {
    const found = await findPeople(services, { organization, methods, status: 'active', limit: 1 })
    return [methods, found.count ?? 0] as const
  }
  return Object.fromEntries(await Promise.all(lackings.map(count))) as Record<Lacking, number>
}

/** From the request to the decision, of those that super admins decided. */
export async function usuallyDecided(
  { store, clock }: Pick<Looking, 'store' | 'clock'>,
  organization: string,
): Promise<number | undefined> {
  const newest = await store.cases.find('organization', organization, { limit: 200, backwards: true })
  const times = newest
    .filter(({ route, openedAt }) => route === 'admin' && openedAt > clock() - year)
    .flatMap(({ decision, openedAt }) => (decision === undefined ? [] : [decision.at - openedAt]))
    .sort((a, b) => a - b)
  return times[Math.floor(times.length / 2)]
}
