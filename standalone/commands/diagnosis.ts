import type { Store } from '../../adapters/store/store.ts'
import type { Account } from '../../rules/account.ts'
import { decidingMembership } from '../../rules/approvers.ts'
import type { Config } from '../config.ts'
import { accountsOf } from './accounts.ts'
import { everyDocument } from './every.ts'
import { pages } from './pages.ts'

export interface Diagnosis {
  people: number
  withoutSecondFactor: number
  organizations: number
  openCases: number
  outbox: { waiting: number; dead: number }
  problems: string[]
}

/** A running server carries out what is promised within seconds, and mail that waits longer has a reason. Milliseconds. */
const patience = 3_600_000
/** Of each kind of problem, so many are named. */
const named = 5

/** What is stuck, and whom nobody could help, so that it is known before somebody stands at the door. */
export async function diagnose(store: Store, config: Config, now: number): Promise<Diagnosis> {
  const admins = await superAdmins(store)
  const people = { all: 0, bare: 0, agents: 0, helpless: [] as string[], due: [] as string[] }
  const accounts = accountsOf(store)
  for await (const { id } of everyDocument(store.people)) {
    const account = await accounts.get(id)
    if (account === undefined) continue
    people.all += 1
    if (account.factors.length === 0) people.bare += 1
    if (account.supportAgent && account.status === 'active') people.agents += 1
    if (account.effectsDue !== undefined) people.due.push(account.email)
    if (config.proofing === undefined && (await nobodyDecides(store, account, admins)))
      people.helpless.push(account.email)
  }
  const cases = await count(everyDocument(store.cases), (one) => one.openFor !== undefined)
  const waiting = await outboxState(store, now)
  return {
    people: people.all,
    withoutSecondFactor: people.bare,
    organizations: await count(everyDocument(store.organizations), () => true),
    openCases: cases,
    outbox: { waiting: waiting.queued, dead: waiting.dead },
    problems: [
      ...(people.agents === 0
        ? some(
            people.helpless,
            'nobody could decide a reset for',
            'make somebody a support agent: rekey people support-agent',
          )
        : []),
      ...some(people.due, 'what was promised was not carried out for', 'is a server running?'),
      ...(waiting.stuck > 0 ? [`${waiting.stuck} messages wait for more than an hour: rekey outbox`] : []),
      ...(waiting.dead > 0 ? [`${waiting.dead} messages were given up: rekey outbox dead`] : []),
    ],
  }
}

function some(all: string[], what: string, advice: string): string[] {
  if (all.length === 0) return []
  const more = all.length > named ? ` and ${all.length - named} more` : ''
  return [`${what} ${all.slice(0, named).join(', ')}${more}; ${advice}`]
}

async function superAdmins(store: Store): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>()
  for await (const { superAdminOf, account } of everyDocument(store.memberships)) {
    if (superAdminOf === undefined) continue
    if ((await store.people.get(account))?.status !== 'active') continue
    found.set(superAdminOf, (found.get(superAdminOf) ?? new Set()).add(account))
  }
  return found
}

async function nobodyDecides(
  { memberships }: Store,
  { id, status }: Account,
  admins: Map<string, Set<string>>,
): Promise<boolean> {
  if (status !== 'active') return false
  const organization = decidingMembership(await memberships.find('account', id))?.organization
  const others = [...(admins.get(organization ?? '') ?? [])].filter((one) => one !== id)
  return others.length === 0
}

async function count<T>(all: AsyncIterable<T>, which: (one: T) => boolean): Promise<number> {
  let found = 0
  for await (const one of all) if (which(one)) found += 1
  return found
}

async function outboxState({ outbox }: Store, now: number) {
  let stuck = 0
  const queued = await count(pages(outbox, 'state', 'queued'), ({ createdAt }) => {
    if (now - createdAt > patience) stuck += 1
    return true
  })
  return { queued, stuck, dead: await count(pages(outbox, 'state', 'dead'), () => true) }
}
