import { randomUUID } from 'node:crypto'
import { activeSuperAdmins } from '../effects/super-admins.ts'
import type { Account, Membership } from '../rules/account.ts'
import {
  type ChangeBy,
  type ChangeRefusal,
  deactivated,
  type MemberChange,
  reactivatedBy,
  refusalOf,
  removed,
  removesAccount,
} from '../rules/member-change.ts'
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
  change: MemberChange,
  about: { organization: string; account: string; by: string; reason: string },
): Promise<ChangeRefusal | 'busy' | undefined> {
  const owner = randomUUID()
  if (!(await takeTurn(services, owner))) return 'busy'
  try {
    const account = await services.store.accounts.get(about.account)
    if (account === undefined) return 'not_member'
    const memberships = await services.store.memberships.find('account', account.id)
    const onlySuperAdminOf = await onlySuperAdmin(services, account.id, memberships)
    const refusal = refusalOf(change, {
      organization: about.organization,
      account,
      memberships,
      onlySuperAdminOf,
    })
    if (refusal !== undefined) return refusal
    await carryOut(services, change, account, memberships, about)
    return undefined
  } finally {
    await services.store.settings.update(turn, (current) => [
      current?.value.startsWith(owner) ? undefined : current,
      undefined,
    ])
  }
}

async function takeTurn({ store, clock }: AccountServices, owner: string): Promise<boolean> {
  for (let tries = 0; tries < 20; tries += 1) {
    const now = clock()
    const mine = await store.settings.update(turn, (current) => {
      const until = Number(current?.value.split('|')[1] ?? 0)
      if (until > now && until <= now + turnTime) return [current, false]
      return [{ id: turn, value: `${owner}|${now + turnTime}` }, true]
    })
    if (mine) return true
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return false
}

async function carryOut(
  services: AccountServices,
  change: MemberChange,
  account: Account,
  memberships: Membership[],
  about: { organization: string; by: string; reason: string },
): Promise<void> {
  const { store, clock, config } = services
  const { organization, by, reason } = about
  const at = clock()
  const changeBy: ChangeBy = { id: `member:${randomUUID()}`, at, by, reason, organization }
  if (change === 'remove' && !removesAccount(memberships)) {
    await store.memberships.remove(`${organization}:${account.id}`)
    const detail = { reason, organization }
    await services.audit.append({ event: 'membership.removed', actor: by, subject: account.id, detail })
    return
  }
  const next = (current: Account): Account => {
    if (change === 'deactivate') return deactivated(current, changeBy)
    if (change === 'reactivate') return reactivatedBy(current, changeBy)
    return removed(current, changeBy, config.keepRemovedDays * day)
  }
  await store.accounts.update(account.id, (current) => [current && next(current), undefined])
  // Who comes back after a removal comes back as a member.
  if (change === 'remove') await demote(services, memberships[0]!)
  await services.effects.settle('accounts', account.id)
}

async function demote({ store }: AccountServices, { id }: Membership): Promise<void> {
  await store.memberships.update(id, (current) => {
    if (current === undefined) return [current, undefined]
    const { superAdminOf: _of, superAdminSince: _since, ...rest } = current
    return [{ ...rest, role: 'member' }, undefined]
  })
}

/** Organizations in which nobody else could decide. */
async function onlySuperAdmin(
  { store }: AccountServices,
  account: string,
  memberships: Membership[],
): Promise<string[]> {
  const only: string[] = []
  for (const { organization, role } of memberships) {
    if (role !== 'super_admin') continue
    if (!(await hasOther(store, organization, account))) only.push(organization)
  }
  return only
}

async function hasOther(
  store: AccountServices['store'],
  organization: string,
  account: string,
): Promise<boolean> {
  for await (const membership of activeSuperAdmins(store, organization))
    if (membership.account !== account) return true
  return false
}
