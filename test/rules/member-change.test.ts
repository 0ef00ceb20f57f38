import { expect } from 'chai'
import { deactivated, reactivatedBy, refusalOf, removed } from '../../rules/member-change.ts'
import type { Membership } from '../../rules/membership.ts'
import { account, day, noon, person } from './examples.ts'

const membership = (organization: string, since = noon): Membership => ({
  id: `${organization}:ada`,
  organization,
  account: 'ada',
  role: 'member',
  since,
})
const facts = (changed: object = {}) => ({
  organization: 'hanami',
  account: account(),
  memberships: [membership('hanami')],
  onlySuperAdminOf: [] as string[],
  ...changed,
})
const by = { id: 'change', by: 'bob', reason: 'Left.', organization: 'hanami', at: noon }

describe('What a super admin may do with a member', () => {
  it("everything that the account's status leaves to do", () => {
    const possible = (status: 'active' | 'deactivated' | 'removed') =>
      (['deactivate', 'reactivate', 'remove'] as const).filter(
        (change) => refusalOf(change, facts({ account: account({ status }) })) === undefined,
      )
    expect(possible('active')).to.deep.equal(['deactivate', 'remove'])
    expect(possible('deactivated')).to.deep.equal(['reactivate', 'remove'])
    expect(possible('removed')).to.deep.equal([])
  })

  it('nothing with someone who is no member', () => {
    expect(refusalOf('deactivate', facts({ memberships: [] }))).to.equal('not_member')
    expect(refusalOf('remove', facts({ memberships: [membership('nordlys')] }))).to.equal('not_member')
  })

  it('only end the membership of who has belonged elsewhere for longer', () => {
    const memberships = [membership('hanami'), membership('nordlys', noon - day)]
    expect(refusalOf('deactivate', facts({ memberships }))).to.equal('elsewhere')
    expect(refusalOf('remove', facts({ memberships }))).to.equal(undefined)
  })

  it('never take the only super admin of any organization away', () => {
    const memberships = [membership('hanami'), membership('nordlys', noon + day)]
    const only = (onlySuperAdminOf: string[]) => facts({ memberships, onlySuperAdminOf })
    expect(refusalOf('deactivate', only(['nordlys']))).to.equal('last_super_admin')
    expect(refusalOf('remove', only(['hanami']))).to.equal('last_super_admin')
    expect(refusalOf('remove', only(['nordlys']))).to.equal(undefined)
  })
})

describe('A change of a member', () => {
  it('voids what began before, ends what is open, tells the person and the log', () => {
    const next = deactivated(person(), by)
    expect(next).to.include({ status: 'deactivated', effectsDue: 'yes' })
    expect(next.effects.map((effect) => effect.kind)).to.include.members([
      'audit',
      'void_before',
      'end_attempts',
      'end_sessions',
      'end_cases',
      'notice',
    ])
  })

  it('that removes leaves the account for its time', () => {
    expect(removed(person(), by, 90 * day)).to.include({
      status: 'removed',
      removedAt: noon,
      purgeable: 'yes',
      purgeAt: noon + 90 * day,
    })
  })

  it('that reactivates leaves nothing of a removal', () => {
    const back = reactivatedBy(removed(person(), by, 90 * day), by)
    expect(back.status).to.equal('active')
    expect(back).not.to.have.any.keys('removedAt', 'purgeable', 'purgeAt')
  })
})
