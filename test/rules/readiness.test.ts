import { expect } from 'chai'
import { freshProtection, type Protection } from '../../rules/account.ts'
import { drillTime } from '../../rules/drill-times.ts'
import type { Factor } from '../../rules/factor.ts'
import { organizationReadiness, type ReadinessFacts, readinessOf } from '../../rules/readiness.ts'

const factor = (kind: 'totp' | 'passkey', id = kind): Factor =>
  ({ id, kind, name: '', createdAt: 0 }) as unknown as Factor

const codes = (left: number, confirmedAt?: number): Protection['backupCodes'] => ({
  number: 1,
  createdAt: 0,
  confirmedAt,
  codes: Array.from({ length: left }, (_, index) => ({ hash: String(index) })),
})

const facts = (protection: Partial<Protection>, more: Partial<ReadinessFacts> = {}): ReadinessFacts => ({
  protection: { ...freshProtection('mina'), ...protection },
  offers: ['admin', 'support'],
  approvers: ['aiko', 'ben'],
  agents: 1,
  terms: { approvalsNeeded: 1, holdAfterApproval: 0, supportHold: 48 },
  ...more,
})

describe('How prepared somebody is', () => {
  it('is all there is to have with two methods, saved codes and somebody near who can help', () => {
    const ready = readinessOf(
      facts({ factors: [factor('totp'), factor('passkey')], backupCodes: codes(10, 1) }),
    )
    expect(ready.score).to.equal(100)
    expect(ready.weaknesses).to.deep.equal([])
  })

  it('goes up with each thing that is mended', () => {
    const scores = [
      facts({}, { offers: [], approvers: [] }),
      facts({ factors: [factor('totp')] }, { offers: [], approvers: [] }),
      facts({ factors: [factor('totp')] }),
      facts({ factors: [factor('totp'), factor('passkey')] }),
      facts({ factors: [factor('totp'), factor('passkey')], backupCodes: codes(10) }),
      facts({ factors: [factor('totp'), factor('passkey')], backupCodes: codes(10, 1) }),
    ].map((one) => readinessOf(one).score)
    expect(scores).to.deep.equal([...new Set(scores)].sort((a, b) => a - b))
  })

  it('says that codes were never saved, and that few are left', () => {
    const weak = (left: number, saved?: number) =>
      readinessOf(facts({ factors: [factor('totp')], backupCodes: codes(left, saved) })).weaknesses
    expect(weak(10)).to.include('codes_never_saved')
    expect(weak(2, 1)).to.include('codes_low')
    expect(weak(0, 1)).to.include('codes_none')
  })

  it('counts a method that guessing has disabled for none', () => {
    const factors = [factor('passkey'), { ...factor('totp'), disabledAt: 1 }]
    expect(readinessOf(facts({ factors })).weaknesses).to.include('one_method')
  })

  it('lists the ways back without the phone, the quickest first, with who is asked', () => {
    const { ways } = readinessOf(
      facts({ factors: [factor('totp'), factor('passkey')], backupCodes: codes(10, 1) }),
    )
    expect(ways.map(({ way }) => way)).to.deep.equal(['passkey', 'backup_code', 'admin', 'support'])
    expect(ways[2]!.asked).to.deep.equal(['aiko', 'ben'])
    expect(ways[3]!.hold).to.equal(48)
  })

  it('offers no method that is lost with the phone', () => {
    expect(readinessOf(facts({ factors: [factor('totp')] })).ways.map(({ way }) => way)).to.deep.equal([
      'admin',
      'support',
    ])
  })
})

describe('How prepared an organization is', () => {
  const organization = {
    scores: [100, 80],
    superAdmins: 3,
    approvalsNeeded: 1,
    requireSecondFactor: true,
    drill: { at: 0, asked: ['a'], answers: [{ by: 'a', at: 5 }] },
    now: 10,
  }

  it('is its members’ average where the organization itself lacks nothing', () => {
    expect(organizationReadiness(organization)).to.deep.equal({ score: 90, weaknesses: [] })
  })

  it('is less with one super admin, whom nobody can help, and least with none', () => {
    const one = organizationReadiness({ ...organization, superAdmins: 1 })
    expect(one.weaknesses).to.deep.equal(['one_super_admin'])
    const none = organizationReadiness({ ...organization, superAdmins: 0 })
    expect(none.score).to.be.below(one.score).and.below(90)
  })

  it('is less where two must approve and one of two super admins is the one who asks', () => {
    const { weaknesses } = organizationReadiness({ ...organization, superAdmins: 2, approvalsNeeded: 2 })
    expect(weaknesses).to.deep.equal(['too_few_approvers'])
  })

  it('is less while no drill was answered', () => {
    expect(organizationReadiness({ ...organization, drill: undefined }).weaknesses).to.include(
      'never_drilled',
    )
    const unanswered = { ...organization.drill, answers: [] }
    expect(organizationReadiness({ ...organization, drill: unanswered }).weaknesses).to.deep.equal([
      'drill_unanswered',
    ])
  })

  it('knows from a drill how soon enough of them would have approved', () => {
    const drill = {
      at: 100,
      answers: [
        { by: 'b', at: 500 },
        { by: 'a', at: 300 },
      ],
    }
    expect(drillTime(drill, 1)).to.equal(200)
    expect(drillTime(drill, 2)).to.equal(400)
    expect(drillTime(drill, 3)).to.equal(undefined)
  })
})
