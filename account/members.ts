import { randomUUID } from 'node:crypto'
import { activeSuperAdmins } from '../effects/super-admins.ts'
import type { Account, Membership } from '../rules/account.ts'
import {
  type ChangeBy,
  type ChangeRefusal,
  deactivated,
  departed,
  type MemberChange,
  reactivatedBy,
  refusalOf,
  removed,
  removesAccount,
  signedOut,
} from '../rules/member-change.ts'
import type { OwnPerson } from '../rules/own-person.ts'
import type { AccountServices } from './services.ts'

const day = 86_400_000
const turn = 'administration-turn'
/** Longer than any change takes; a process that dies holds the others up no longer. Milliseconds. */
const turnTime = 15_000

/**
 * Changes a member, one change at a time in the whole installation: two super admins who remove each other at the same
 * moment must not leave an organization without any. Returns why it was refused.
 */
export async function changeMember(
  services: AccountServices,
  wanted: MemberChange,
  about: { organization: string; account: string; by: string; reason: string },
): Promise<ChangeRefusal | 'busy' | undefined> {
  const owner = randomUUID()
  if (!(await takeTurn(services, owner))) return 'busy'
  try {
    const account = await services.accounts.get(about.account)
    if (account === undefined) return 'not_member'
    const memberships = await services.store.memberships.find('account', account.id)
    const onlySuperAdminOf = await onlySuperAdmin(services, account.id, memberships)
    const refusal = refusalOf(wanted, {
      organization: about.organization,
      account,
      memberships,
      onlySuperAdminOf,
    })
    if (refusal !== undefined) return refusal
    await carryOut(services, wanted, account, memberships, about)
    return undefined
  } finally {
    await services.change('settings', turn, (current) => [
      current?.value.startsWith(owner) ? undefined : current,
      undefined,
    ])
  }
}

async function takeTurn({ change, clock }: AccountServices, owner: string): Promise<boolean> {
  for (let tries = 0; tries < 20; tries += 1) {
    const now = clock()
    const mine = await change('settings', turn, (current) => {
      const until = Number(current?.value.split('|')[1] ?? 0)
      if (until > now && until <= now + turnTime) return [current, false]
      return [{ id: turn, value: `${owner}|${now + turnTime}` }, true]
    })
    if (mine) return true
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return false
}

/** One write, with whatever becomes of the membership promised in it. */
async function carryOut(
  { change, clock, config }: AccountServices,
  wanted: MemberChange,
  account: Account,
  memberships: Membership[],
  about: { organization: string; by: string; reason: string },
): Promise<void> {
  const by: ChangeBy = { ...about, id: `member:${randomUUID()}`, at: clock() }
  const retention = config.keepRemovedDays * day
  if (wanted === 'end_sessions')
    return change('protections', account.id, (current) => [current && signedOut(current, by), undefined])
  if (wanted === 'remove' && !removesAccount(memberships))
    return change('protections', account.id, (current) => [current && departed(current, by), undefined])
  const next = (current: OwnPerson): OwnPerson => {
    if (wanted === 'deactivate') return deactivated(current, by)
    if (wanted === 'reactivate') return reactivatedBy(current, by)
    return removed(current, by, retention)
  }
  await change('people', account.id, (current) => [current && next(current), undefined])
}

/** Organizations in which nobody else could decide. */
async function onlySuperAdmin(
  services: AccountServices,
  account: string,
  memberships: Membership[],
): Promise<string[]> {
  const only: string[] = []
  for (const { organization, role } of memberships) {
    if (role !== 'super_admin') continue
    if (!(await hasOther(services, organization, account))) only.push(organization)
  }
  return only
}

async function hasOther(
  services: Pick<AccountServices, 'store' | 'accounts'>,
  organization: string,
  account: string,
): Promise<boolean> {
  for await (const membership of activeSuperAdmins(services, organization))
    if (membership.account !== account) return true
  return false
}
