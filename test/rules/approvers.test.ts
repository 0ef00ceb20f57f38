import { expect } from 'chai'
import fc from 'fast-check'
import type { RecoveryRoute } from '../../rules/account.ts'
import {
  approversFor,
  decidingMembership,
  mostApprovers,
  type RouteFacts,
  routesFor,
} from '../../rules/approvers.ts'
import type { Membership } from '../../rules/membership.ts'
import { day, noon, times } from './examples.ts'

function membership(fields: Partial<Membership> & { account: string }): Membership {
  const organization = fields.organization ?? 'hanami'
  return {
    id: `${organization}:${fields.account}`,
    organization,
    role: 'super_admin',
    since: noon - 100 * day,
    superAdminSince: noon - 50 * day,
    superAdminOf: organization,
    ...fields,
  }
}

const someone = fc.record({
  account: fc.constantFrom('ada', 'bob', 'cleo', 'dan', 'eve'),
  organization: fc.constantFrom('hanami', 'tsukimi', 'yukimi'),
  since: fc.integer({ min: 0, max: 5 }),
  superAdminSince: fc.integer({ min: 0, max: 5 }),
  role: fc.constantFrom<Membership['role']>('super_admin', 'super_admin', 'member'),
})
const memberships = (key: (one: { account: string; organization: string }) => string) =>
  fc.uniqueArray(someone, { selector: key }).map((all) => all.map(membership))

describe('The membership that decides', () => {
  it('is the one that the person has had longest, whatever the role', () => {
    const old = membership({ account: 'ada', organization: 'tsukimi', since: noon - 3 * day, role: 'member' })
    const young = membership({ account: 'ada', organization: 'hanami', since: noon - 2 * day })
    expect(decidingMembership([young, old])).to.equal(old)
  })

  it('is none for a person without memberships', () => {
    expect(decidingMembership([])).to.equal(undefined)
  })

  it('is the same however the memberships are ordered', () => {
    const shuffled = memberships(({ organization }) => organization).chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    )
    fc.assert(
      fc.property(shuffled, ([all, other]) => {
        const deciding = decidingMembership(all)
        expect(decidingMembership(other)).to.equal(deciding)
        for (const one of all) expect(deciding!.since).to.be.at.most(one.since)
      }),
    )
  })
})

describe('The super admins who are asked', () => {
  it('are those who became it first, in that order, however long they have been members', () => {
    const all = [
      membership({ account: 'bob', superAdminSince: noon - day, since: noon - 90 * day }),
      membership({ account: 'cleo', superAdminSince: noon - 3 * day, since: noon - 4 * day }),
      membership({ account: 'dan', superAdminSince: noon - 2 * day, since: noon - 99 * day }),
    ]
    expect(approversFor('ada', all)).to.deep.equal(['cleo', 'dan', 'bob'])
  })

  it('are twenty-five at most', () => {
    const thirty = times(30, (i) =>
      membership({ account: `a${i}`, superAdminSince: noon - i * day }),
    ).reverse()
    expect(mostApprovers).to.equal(25)
    expect(approversFor('ada', thirty)).to.deep.equal(times(25, (i) => `a${29 - i}`))
  })

  it('are still twenty-five when the person is one of the first', () => {
    const thirty = times(30, (i) => membership({ account: `a${i}`, superAdminSince: noon + i * day }))
    const asked = approversFor('a3', thirty)
    expect(asked).to.have.length(25)
    expect(asked).to.not.include('a3')
    expect(asked.at(-1)).to.equal('a25')
  })

  it('are never the person, never plain members, never more than can be, and in order', () => {
    const subject = fc.constantFrom('ada', 'bob', 'cleo')
    fc.assert(
      fc.property(
        subject,
        memberships(({ account }) => account),
        (who, all) => {
          const asked = approversFor(who, all).map((account) => all.find((one) => one.account === account)!)
          for (const one of asked)
            expect([one.role, one.account === who]).to.deep.equal(['super_admin', false])
          const sorted = asked.toSorted((a, b) => a.superAdminSince! - b.superAdminSince!)
          expect(sorted).to.deep.equal(asked)
          const possible = all.filter((one) => one.role === 'super_admin' && one.account !== who)
          expect(asked).to.have.length(possible.length)
        },
      ),
    )
  })

  it('count from when they joined where it is not known when they became it', () => {
    const all = [
      membership({ account: 'bob', superAdminSince: undefined, since: noon - day }),
      membership({ account: 'cleo', superAdminSince: noon - 2 * day }),
    ]
    expect(approversFor('ada', all)).to.deep.equal(['cleo', 'bob'])
  })
})

describe('The ways to a reset that a person is offered', () => {
  const facts: RouteFacts = {
    approvers: 2,
    superAdmin: false,
    active: true,
    proofing: true,
    identified: true,
    support: true,
    routesOff: [],
  }
  const offered = (fields: Partial<RouteFacts>) =>
    routesFor({ ...facts, ...fields }).map(({ route, why }) => `${route}: ${why}`)
  const support = 'support: last_resort'

  it('are another super admin where there is one, and support', () => {
    expect(offered({})).to.deep.equal(['admin: super_admin', support])
  })

  it('are a photo ID where no super admin can decide, and say why', () => {
    expect(offered({ approvers: 0 })).to.deep.equal(['identity: no_super_admin', support])
    expect(offered({ approvers: 0, superAdmin: true })).to.deep.equal(['identity: only_super_admin', support])
    expect(offered({ active: false })).to.deep.equal(['identity: inactive', support])
    expect(offered({ routesOff: ['admin'] })).to.deep.equal(['identity: last_resort', support])
  })

  it('are support alone where nobody can verify a photo ID', () => {
    expect(offered({ approvers: 0, proofing: false })).to.deep.equal([support])
  })

  it('are a photo ID first where the organization prefers it', () => {
    expect(offered({ preferIdentity: true })).to.deep.equal([
      'identity: preferred',
      'admin: super_admin',
      support,
    ])
    expect(offered({ preferIdentity: true, proofing: false })).to.deep.equal(['admin: super_admin', support])
    expect(offered({ preferIdentity: true, active: false })).to.deep.equal(['identity: inactive', support])
  })

  it('are none that nobody is there for', () => {
    expect(offered({ support: false })).to.deep.equal(['admin: super_admin'])
    expect(offered({ approvers: 0, support: false })).to.deep.equal(['identity: no_super_admin'])
    expect(offered({ approvers: 0, support: false, proofing: false })).to.deep.equal([])
  })

  it('are no photo ID that proves a name alone, where no support decides then', () => {
    const nameOnly = { approvers: 0, identified: false }
    expect(offered(nameOnly)).to.deep.equal(['identity: no_super_admin', support])
    expect(offered({ ...nameOnly, support: false })).to.deep.equal([])
    expect(offered({ ...nameOnly, routesOff: ['support'] })).to.deep.equal([])
    expect(offered({ active: false, support: false })).to.deep.equal([])
  })

  it('are none that the organization switched off', () => {
    const routes: RecoveryRoute[] = ['admin', 'identity', 'support']
    expect(offered({ routesOff: ['support'] })).to.deep.equal(['admin: super_admin'])
    expect(offered({ routesOff: routes })).to.deep.equal([])
    fc.assert(
      fc.property(
        fc.subarray(routes),
        fc.nat({ max: 2 }),
        fc.boolean(),
        fc.boolean(),
        (routesOff, approvers, active, proofing) => {
          for (const { route } of routesFor({ ...facts, approvers, active, proofing, routesOff }))
            expect(routesOff).to.not.include(route)
        },
      ),
    )
  })
})
