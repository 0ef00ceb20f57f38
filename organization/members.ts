import { randomUUID } from 'node:crypto'
import type { AccountServices } from '../account/services.ts'
import {
  type ChangeBy,
  type ChangeRefusal,
  deactivated,
  departed,
  type MemberChange,
  membershipSuspended,
  reactivatedBy,
  refusalOf,
  reinstated,
  removed,
  removesAccount,
  signedOut,
} from '../rules/member-change.ts'
import type { Membership } from '../rules/membership.ts'
import type { OwnPerson } from '../rules/own-person.ts'
import { changeFacts, type Standing, standingOf } from './standing.ts'
import { inTurn } from './turn.ts'

const day = 86_400_000

/** What changes the account itself. */
export type StatusChangeName = 'deactivate' | 'reactivate' | 'remove' | 'restore'

/** Who is changed, by whom and why, and for which organization. */
export interface MemberChangeAbout {
  organization: string
  account: string
  by: string
  reason: string
}

/** These can take a super admin away. */
const takesAway: readonly MemberChange[] = ['suspend', 'deactivate', 'remove']

/** Changes a member. Returns why it was refused. */
export async function changeMember(
  services: AccountServices,
  wanted: MemberChange,
  about: MemberChangeAbout,
): Promise<ChangeRefusal | 'busy' | undefined> {
  if (!takesAway.includes(wanted)) return changeNow(services, wanted, about)
  const memberships = await services.store.memberships.find('account', about.account)
  const organizations = memberships.map(({ organization }) => organization)
  return inTurn(services, organizations, () => changeNow(services, wanted, about))
}

/** What would come of it: nothing is changed. */
export async function memberRefusal(
  services: AccountServices,
  wanted: MemberChange,
  { organization, account }: Pick<MemberChangeAbout, 'organization' | 'account'>,
): Promise<ChangeRefusal | undefined> {
  const standing = await standingOf(services, account)
  if (standing === undefined) return 'not_member'
  return refusalOf(wanted, await changeFacts(services, organization, standing))
}

async function changeNow(
  services: AccountServices,
  wanted: MemberChange,
  about: MemberChangeAbout,
): Promise<ChangeRefusal | undefined> {
  const standing = await standingOf(services, about.account)
  if (standing === undefined) return 'not_member'
  const refusal = refusalOf(wanted, await changeFacts(services, about.organization, standing))
  return refusal ?? carryOut(services, wanted, standing, about)
}

/** One write, with whatever becomes of the membership promised in it. */
async function carryOut(
  services: AccountServices,
  wanted: MemberChange,
  standing: Standing,
  about: MemberChangeAbout,
): Promise<ChangeRefusal | undefined> {
  const { change, clock } = services
  const { account } = standing
  const by: ChangeBy = { ...about, id: `member:${randomUUID()}`, at: clock() }
  const departs = wanted === 'remove' && !removesAccount(about.organization, standing)
  if (wanted === 'suspend' || wanted === 'reinstate')
    return changeMembership(services, wanted, by, account.id)
  if (wanted === 'end_sessions' || departs) {
    const next = departs ? departed : signedOut
    return change('protections', account.id, (current) => [current && next(current, by), undefined])
  }
  return changeAccount(services, wanted, account.id, by)
}

/** Of people that a host keeps only the host can say that they may not sign in. */
export function changeAccount(
  services: AccountServices,
  wanted: StatusChangeName,
  account: string,
  by: ChangeBy,
): Promise<'elsewhere' | undefined> {
  const next = accountChanges(services)[wanted]
  return services.change('people', account, (current): [OwnPerson | undefined, 'elsewhere' | undefined] =>
    current === undefined ? [current, 'elsewhere'] : [next(current, by), undefined],
  )
}

const accountChanges = ({ config }: AccountServices) => ({
  deactivate: deactivated,
  reactivate: reactivatedBy,
  restore: reactivatedBy,
  remove: (current: OwnPerson, by: ChangeBy) => removed(current, by, config.keepRemovedDays * day),
})

function changeMembership(
  { change }: AccountServices,
  wanted: 'suspend' | 'reinstate',
  by: ChangeBy,
  account: string,
): Promise<ChangeRefusal | undefined> {
  const id = `${by.organization}:${account}`
  return change('memberships', id, (current): [Membership | undefined, ChangeRefusal | undefined] => {
    if (current === undefined) return [current, 'not_member']
    if ((current.suspended !== undefined) === (wanted === 'suspend')) return [current, 'not_possible']
    return [wanted === 'suspend' ? membershipSuspended(current, by) : reinstated(current, by), undefined]
  })
}
