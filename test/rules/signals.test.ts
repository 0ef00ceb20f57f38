import { expect } from 'chai'
import type { Account } from '../../rules/account.ts'
import { personWithStatus } from '../../rules/account-status.ts'
import { acrMultiFactor, acrPassword, acrRecovered } from '../../rules/assurance.ts'
import type { SignalEvent } from '../../rules/effect.ts'
import type { TotpFactor } from '../../rules/factor.ts'
import type { OwnPerson } from '../../rules/own-person.ts'
import {
  backupCodesType,
  credentialsDistrusted,
  disavowed,
  eventsSupported,
  eventTypes,
  factorEnrolled,
  factorRemoved,
  passwordChanged,
  resetDone,
  statusChanged,
} from '../../rules/signals.ts'
import {
  deliveredEvents,
  pollMethod,
  pushMethod,
  replaced,
  type Stream,
  updated,
} from '../../rules/stream.ts'
import { account, person } from './examples.ts'

const at = 1_700_000_000_900
const totp = (id: string): TotpFactor => ({ id, kind: 'totp', name: '', secret: '', createdAt: 0 })
const codes = { number: 1, createdAt: 0, codes: [{ hash: 'x' }] }
const having = (changes: Partial<Account>): Account => ({ ...account(), factors: [], ...changes })

const words = (events: SignalEvent[]): string[] =>
  events.map(({ type, claims }) => {
    const { change_type, credential_type, previous_level, current_level } = claims
    const name = type.slice(type.lastIndexOf('/') + 1)
    return [name, change_type, credential_type, previous_level, current_level].filter(Boolean).join(' ')
  })

describe('What relying apps are told', () => {
  it('always gives an administrator a reason where CAEP’s interoperability profile wants one', () => {
    const before = having({ factors: [totp('a')], backupCodes: codes })
    const everything = [
      ...resetDone(before, 'support', at),
      ...factorEnrolled(having({}), before, at),
      ...factorRemoved(before, having({}), at),
      ...disavowed(at),
      ...credentialsDistrusted(before, having({}), at),
      ...passwordChanged(at),
      ...statusChanged(false, at),
    ]
    for (const { type, claims } of everything) {
      if (type !== eventTypes.credentialChange && type !== eventTypes.sessionRevoked) continue
      expect((claims.reason_admin as { en: string }).en, type).to.match(/\w/)
      expect(claims.event_timestamp).to.equal(1_700_000_000)
    }
    expect(eventsSupported).to.include.members(everything.map(({ type }) => type))
  })

  it('names each kind of lost factor once, and backup codes only where there were some', () => {
    const two = having({ factors: [totp('a'), totp('b')], backupCodes: { ...codes, codes: [] } })
    expect(words(resetDone(two, 'admin', at))).to.deep.equal([
      'credential-change delete app',
      'session-revoked',
      `assurance-level-change ${acrMultiFactor} ${acrRecovered}`,
    ])
  })

  it('says who decided a reset', () => {
    const by = (route: string) => resetDone(having({}), route, at)[0]!.claims.initiating_entity
    expect([by('admin'), by('support'), by('identity')]).to.deep.equal(['admin', 'admin', 'user'])
  })

  it('of a second factor beside the first says neither that assurance rose nor that codes changed', () => {
    const before = having({ factors: [totp('a')], backupCodes: codes })
    const after = { ...before, factors: [totp('a'), totp('b')] }
    expect(words(factorEnrolled(before, after, at))).to.deep.equal(['credential-change create app'])
  })

  it('of a factor in place of another says that what rested on the other is over', () => {
    const before = having({ factors: [totp('a')], backupCodes: codes })
    const after = { ...before, factors: [totp('b')], backupCodes: { ...codes, number: 2 } }
    expect(words(factorEnrolled(before, after, at))).to.deep.equal([
      'credential-change delete app',
      `credential-change delete ${backupCodesType}`,
      'session-revoked',
      'credential-change create app',
      'recovery-information-changed',
    ])
  })

  it('of a removed factor says that assurance fell only if it was the last', () => {
    const two = having({ factors: [totp('a'), totp('b')] })
    const one = having({ factors: [totp('b')] })
    expect(words(factorRemoved(two, one, at))).to.deep.equal(['credential-change delete app'])
    expect(words(factorRemoved(one, having({}), at))).to.deep.equal([
      'credential-change delete app',
      `assurance-level-change ${acrMultiFactor} ${acrPassword}`,
    ])
  })

  it('of what a stranger brought says that it is revoked: what was of use before, and is not after', () => {
    const disabled = { ...totp('b'), disabledAt: at }
    const before = having({ factors: [totp('a'), totp('b')], backupCodes: codes })
    const after = having({ factors: [totp('a'), disabled], backupCodes: { ...codes, codes: [] } })
    expect(words(credentialsDistrusted(before, after, at))).to.deep.equal([
      'credential-change revoke app',
      `credential-change revoke ${backupCodesType}`,
    ])
    expect(credentialsDistrusted(after, after, at)).to.deep.equal([])
  })

  it('of a status is told once for each time that signing in begins or ends to be possible', () => {
    const signals = (one: OwnPerson) => one.effects.filter(({ kind }) => kind === 'signal').length
    const change = (id: string) => ({ id, at })
    const off = personWithStatus(person(), 'deactivated', change('1'))
    const gone = personWithStatus(off, 'removed', change('2'))
    const on = personWithStatus(gone, 'active', change('3'))
    expect([signals(off), signals(gone), signals(on)]).to.deep.equal([1, 1, 2])
    expect(personWithStatus(on, 'active', change('4'))).to.equal(on)
  })
})

describe('A stream', () => {
  const stream = (changes: Partial<Stream> = {}): Stream => ({
    id: 's',
    client: 'c',
    listed: 'all',
    status: 'enabled',
    delivery: { method: pollMethod },
    createdAt: 0,
    activeAt: 0,
    ...changes,
  })
  const push = (url: string, authorization?: string) =>
    ({ method: pushMethod, url, ...(authorization === undefined ? {} : { authorization }) }) as const

  it('carries what is supported and was asked for, and everything when nothing was said', () => {
    expect(deliveredEvents({ requested: ['x', eventTypes.sessionRevoked] })).to.deep.equal([
      eventTypes.sessionRevoked,
    ])
    expect(deliveredEvents({ requested: [] })).to.deep.equal([])
    expect(deliveredEvents({})).to.deep.equal([...eventsSupported])
  })

  it('keeps its header while the address stays, whether replaced or updated', () => {
    const before = stream({ delivery: push('https://a.example', 'sealed') })
    for (const change of [replaced, updated]) {
      const becoming = (delivery: Stream['delivery']) => change(before, { delivery }).delivery
      expect(becoming(push('https://a.example'))).to.deep.equal(push('https://a.example', 'sealed'))
      expect(becoming(push('https://b.example'))).to.deep.equal(push('https://b.example'))
      expect(becoming(push('https://a.example', ''))).to.deep.equal(push('https://a.example'))
      expect(becoming(push('https://a.example', 'new'))).to.deep.equal(push('https://a.example', 'new'))
      expect(becoming({ method: pollMethod })).to.deep.equal({ method: pollMethod })
    }
  })
})
