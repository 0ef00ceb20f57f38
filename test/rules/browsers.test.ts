import { expect } from 'chai'
import fc from 'fast-check'
import {
  type Browser,
  browserIn,
  browserName,
  isTrusted,
  type MemberPolicy,
  newBrowserNotice,
  outlasts,
  rememberBrowser,
  trustDaysOf,
} from '../../rules/browsers.ts'
import type { OrganizationPolicy } from '../../rules/organization.ts'
import type { Method, Proof } from '../../rules/proof.ts'
import { account, day, moment, noon } from './examples.ts'

const origin = { address: '192.0.2.1', browser: 'Firefox', system: 'Windows' }
const seen = { id: 'device', account: 'ada', origin, proofs: [], trustDays: 30 }
const device = (fields: Partial<Browser> = {}): Browser => ({
  ...rememberBrowser(undefined, { ...seen, trust: noon }, noon),
  ...fields,
})
const proof = (method: Method, at = noon): Proof => ({ method, at })

describe('A trusted device', () => {
  const trusted = (fields: Parameters<typeof account>[0] = {}, now = noon + day, days = 30) =>
    isTrusted(device(), account(fields), days, now)

  it('is trusted for as many days as were promised, and not a moment longer', () => {
    expect(trusted({}, noon + 30 * day - 1)).to.equal(true)
    expect(trusted({}, noon + 30 * day)).to.equal(false)
    expect(trusted({}, noon + 30 * day, 60)).to.equal(false)
  })

  it('is trusted for fewer days, or not at all, once the policy says so', () => {
    expect(trusted({}, noon + 7 * day - 1, 7)).to.equal(true)
    expect(trusted({}, noon + 7 * day, 7)).to.equal(false)
    expect(trusted({}, noon, 0)).to.equal(false)
  })

  it('is not trusted after a reset, a "this wasn\'t me" or a change of factors, at any moment', () => {
    fc.assert(
      fc.property(moment, moment, moment, fc.boolean(), (trustedAt, changed, now, reset) => {
        const one = device({ trustedAt, trustedUntil: trustedAt + 30 * day })
        const ada = account(reset ? { validAfter: changed } : { factorsChangedAt: changed })
        const stands = isTrusted(one, ada, 30, now)
        expect(stands && changed > trustedAt).to.equal(false)
        expect(outlasts(trustedAt, ada)).to.equal(trustedAt >= Math.max(changed, ada.validAfter))
      }),
    )
  })

  it('is not trusted for somebody else, nor if it is unknown or was never trusted', () => {
    expect(isTrusted(device({ account: 'bob' }), account(), 30, noon)).to.equal(false)
    expect(isTrusted(undefined, account(), 30, noon)).to.equal(false)
    expect(isTrusted(rememberBrowser(undefined, seen, noon), account(), 30, noon)).to.equal(false)
  })

  it('is named otherwise for each account and each cookie', () => {
    const ids = [
      browserName('a', 'ada'),
      browserName('a', 'bob'),
      browserName('b', 'ada'),
      browserName('ada|a', ''),
    ]
    expect(new Set(ids).size).to.equal(4)
  })
})

describe('The days for which a device may be trusted', () => {
  const member = (policy: OrganizationPolicy = {}): MemberPolicy => ({ role: 'member', policy })
  const admin = (policy: OrganizationPolicy = {}): MemberPolicy => ({ role: 'super_admin', policy })
  const days = (belongings: MemberPolicy[], agent = false) =>
    trustDaysOf(agent ? { supportAgent: true } : {}, belongings)

  it('are thirty, where no organization says something else', () => {
    expect(days([])).to.equal(30)
    expect(days([member()])).to.equal(30)
    expect(days([member({ trustedDeviceDays: 60 })])).to.equal(60)
  })

  it('are those of the strictest organization', () => {
    expect(days([member({ trustedDeviceDays: 60 }), member()])).to.equal(30)
    expect(days([member({ trustedDeviceDays: 0 }), member()])).to.equal(0)
  })

  it('are none for super admins, unless each organization that they are one of says so', () => {
    const allowed = { trustedDevicesForAdmins: true, trustedDeviceDays: 7 }
    expect(days([admin()])).to.equal(0)
    expect(days([admin(allowed)])).to.equal(7)
    expect(days([admin(allowed), admin()])).to.equal(0)
    expect(days([admin(allowed), member()])).to.equal(7)
    expect(days([member(allowed), admin()])).to.equal(0)
  })

  it('are none for support agents, who can reset anyone, unless all their organizations say so', () => {
    expect(days([], true)).to.equal(0)
    expect(days([member()], true)).to.equal(0)
    expect(days([member({ trustedDevicesForAdmins: true })], true)).to.equal(30)
  })
})

describe('What is known of a device', () => {
  it('grows with each sign-in, and is forgotten 400 days after the last', () => {
    const later = rememberBrowser(
      device(),
      { ...seen, origin: { ...origin, address: '192.0.2.9' } },
      noon + day,
    )
    expect(later.createdAt).to.equal(noon)
    expect(later.lastSeenAt).to.equal(noon + day)
    expect(later.origin.address).to.equal('192.0.2.9')
    expect(later.expiresAt).to.equal(noon + 401 * day)
  })

  it('keeps its trust when nothing is said about it, and gets new trust when it is asked for', () => {
    const kept = rememberBrowser(device(), seen, noon + day)
    expect([kept.trustedAt, kept.trustedUntil]).to.deep.equal([noon, noon + 30 * day])
    const renewed = rememberBrowser(device(), { ...seen, trust: noon + day, trustDays: 7 }, noon + 2 * day)
    expect([renewed.trustedAt, renewed.trustedUntil]).to.deep.equal([noon + day, noon + 8 * day])
  })

  it('gets no trust where the policy has none', () => {
    const one = rememberBrowser(undefined, { ...seen, trust: noon, trustDays: 0 }, noon)
    expect(one).to.not.have.any.keys('trustedAt', 'trustedUntil')
  })

  it('says which kind of factor was used last, whatever else was proven', () => {
    const used = (...proofs: Proof[]) => rememberBrowser(undefined, { ...seen, proofs }, noon).lastUsed
    expect(used(proof('pwd'), proof('otp'))).to.equal('totp')
    expect(used(proof('tel', noon + 1), proof('otp'))).to.equal('voice')
    expect(used(proof('pwd', noon + 1), proof('passkey'))).to.equal('passkey')
    expect(used(proof('sms'))).to.equal('sms')
    expect(used(proof('push'))).to.equal('push')
    expect(used(proof('pwd'))).to.equal(undefined)
  })

  it('stays what it was after a backup code or a sign-in that rested on trust', () => {
    const known = rememberBrowser(undefined, { ...seen, proofs: [proof('sms')] }, noon)
    for (const method of ['backup_code', 'trusted_browser'] as const)
      expect(
        rememberBrowser(known, { ...seen, proofs: [proof('pwd'), proof(method)] }, noon).lastUsed,
      ).to.equal('sms')
  })

  it('is named in the notice about it, the same at each repeat', () => {
    const notice = newBrowserNotice(device({ id: 'a-b_c' }), 'App')
    expect(notice.id).to.equal(newBrowserNotice(device({ id: 'a-b_c', lastSeenAt: 1 }), 'App').id)
    expect(browserIn(notice.id)).to.equal('a-b_c')
    expect(browserIn('codes:ada:1:notice')).to.equal(undefined)
  })
})
