import { expect } from 'chai'
import fc from 'fast-check'
import type { RecoveryRoute } from '../../rules/account.ts'
import type { FactorKind } from '../../rules/factor.ts'
import type { Organization, OrganizationPolicy } from '../../rules/organization.ts'
import {
  changePolicy,
  faultOf,
  locksSuperAdminsOut,
  type PolicyFacts,
  policyVersion,
  readPolicy,
  settingsOf,
} from '../../rules/policy-change.ts'
import { noon } from './examples.ts'

const offered: FactorKind[] = ['totp', 'passkey', 'sms']
const facts: PolicyFacts = { offered, proofing: true, superAdmins: 3 }
const standard = settingsOf({}, offered)
const by = { id: 'change-1', by: { id: 'ada', name: 'Ada', email: 'ada@example.com' }, at: noon }

const organization = (policy: OrganizationPolicy = {}): Organization => ({
  id: 'acme',
  name: 'Acme',
  policy,
  createdAt: noon,
})

/** The form as the page sends it when everything is left as it stands. */
const untouched = {
  method_totp: 'yes',
  method_passkey: 'yes',
  method_sms: 'yes',
  route_admin: 'yes',
  route_identity: 'yes',
  route_support: 'yes',
  trustedDeviceDays: '30',
  holdAfterApprovalHours: '0',
  supportHoldHours: '48',
  approvals: '1',
  nameSuperAdmins: 'yes',
  afterReset: 'password',
}

describe('An organization’s policy', () => {
  describe('as a form sends it', () => {
    it('is what was shown when nothing is touched', () => {
      expect(readPolicy(untouched, standard, facts)).to.deep.equal(standard)
      expect(faultOf(standard, facts)).to.equal(undefined)
    })

    it('keeps what the page does not show', () => {
      const before = settingsOf({ routesOff: ['identity'], preferIdentity: true, methods: ['totp'] }, [
        'totp',
      ])
      const here: PolicyFacts = { offered: ['totp'], proofing: false, superAdmins: 3 }
      expect(readPolicy(untouched, before, here)).to.deep.equal(before)
    })

    it('may have its numbers in full width', () => {
      expect(
        readPolicy({ ...untouched, supportHoldHours: ' ６０ ' }, standard, facts).supportHoldHours,
      ).to.equal(60)
    })
  })

  describe('is refused', () => {
    const refused = (change: object, given: Partial<PolicyFacts> = {}) =>
      faultOf({ ...standard, ...change }, { ...facts, ...given })

    it('without any way to a reset', () => {
      expect(refused({ routesOff: ['admin', 'identity', 'support'] })).to.equal('no_route')
      expect(refused({ routesOff: ['admin', 'support'] })).to.equal(undefined)
      expect(refused({ routesOff: ['admin', 'support'] }, { proofing: false })).to.equal('no_route')
    })

    it('when super admins are the only way and too few', () => {
      const only = { routesOff: ['identity', 'support'], approvals: 2 }
      expect(refused(only, { superAdmins: 1 })).to.equal('too_few_super_admins')
      expect(refused(only, { superAdmins: 2 })).to.equal(undefined)
      expect(refused({ approvals: 2 }, { superAdmins: 1 })).to.equal(undefined)
    })

    it('without any method, and with a photo ID first that is switched off', () => {
      expect(refused({ methods: [] })).to.equal('no_method')
      expect(refused({ preferIdentity: true, routesOff: ['identity'] })).to.equal('identity_off')
    })

    it('with numbers that are out of range or none', () => {
      for (const text of ['', '-1', '91', '1.5', '1e1', 'x', '10000'])
        expect(
          faultOf(readPolicy({ ...untouched, trustedDeviceDays: text }, standard, facts), facts),
          text,
        ).to.equal('trust_days')
      expect(refused({ holdAfterApprovalHours: 721 })).to.equal('approval_hold')
      expect(refused({ supportHoldHours: 47 })).to.equal('support_hold')
      expect(refused({ supportHoldHours: 73 })).to.equal('support_hold')
    })

    it('never leaves members without anyone who could help', () => {
      const routes: RecoveryRoute[] = ['admin', 'identity', 'support']
      fc.assert(
        fc.property(
          fc.subarray(routes),
          fc.boolean(),
          fc.integer({ min: 1, max: 4 }),
          fc.constantFrom(1, 2),
          (routesOff, proofing, superAdmins, approvals) => {
            const settings = { ...standard, routesOff, approvals: approvals as 1 | 2 }
            if (faultOf(settings, { offered, proofing, superAdmins }) !== undefined) return true
            const on = routes.filter((route) => !routesOff.includes(route))
            return (
              on.includes('support') ||
              (on.includes('identity') && proofing) ||
              (on.includes('admin') && superAdmins >= approvals)
            )
          },
        ),
      )
    })
  })

  it('has to be confirmed where super admins could not be helped themselves', () => {
    const alone = { ...standard, routesOff: ['identity', 'support'] as RecoveryRoute[] }
    expect(locksSuperAdminsOut(alone, { ...facts, superAdmins: 1 })).to.equal(true)
    expect(locksSuperAdminsOut(alone, { ...facts, superAdmins: 2 })).to.equal(false)
    expect(locksSuperAdminsOut({ ...alone, approvals: 2 }, { ...facts, superAdmins: 2 })).to.equal(true)
    expect(locksSuperAdminsOut(standard, { ...facts, superAdmins: 1 })).to.equal(false)
  })

  describe('when it is changed', () => {
    const wanted = { ...standard, requireSecondFactor: true, routesOff: ['support'] as RecoveryRoute[] }

    it('says what was and what is, to the log and to the other super admins, in the same write', () => {
      const change = changePolicy(organization(), wanted, policyVersion({}), offered, by)
      if (change.outcome !== 'changed') throw new Error(change.outcome)
      const { policy, effects, effectsDue } = change.organization
      expect(policy).to.include({ requireSecondFactor: true, supportHoldHours: 48 })
      expect(effectsDue).to.equal('yes')
      const [audit, notice] = effects!
      const differences = {
        'requireSecondFactor.from': 'false',
        'requireSecondFactor.to': 'true',
        'routesOff.from': '',
        'routesOff.to': 'support',
      }
      expect(audit).to.deep.include({
        kind: 'audit',
        actor: 'ada',
        detail: { organization: 'acme', ...differences },
      })
      expect(notice).to.include({ kind: 'tell_super_admins', organization: 'acme', except: 'ada' })
    })

    it('allows a kind that is offered one day, unless some are left out', () => {
      const change = changePolicy(
        organization({ methods: ['totp'] }),
        standard,
        policyVersion({ methods: ['totp'] }),
        offered,
        by,
      )
      expect(change.outcome === 'changed' && change.organization.policy.methods).to.equal(undefined)
      const fewer = changePolicy(
        organization(),
        { ...standard, methods: ['totp'] },
        policyVersion({}),
        offered,
        by,
      )
      expect(fewer.outcome === 'changed' && fewer.organization.policy.methods).to.deep.equal(['totp'])
    })

    it('takes no form that was filled in for another policy', () => {
      const meanwhile = organization({ approvals: 2 })
      expect(changePolicy(meanwhile, wanted, policyVersion({}), offered, by).outcome).to.equal('stale')
    })

    it('does nothing when it is so already, as on the second click', () => {
      const before = policyVersion({})
      const first = changePolicy(organization(), wanted, before, offered, by)
      if (first.outcome !== 'changed') throw new Error(first.outcome)
      expect(changePolicy(first.organization, wanted, before, offered, by).outcome).to.equal('unchanged')
    })
  })
})
