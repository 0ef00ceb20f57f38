import { expect } from 'chai'
import fc from 'fast-check'
import {
  type KeyPolicy,
  type KeyTimes,
  nextKeyFrom,
  publishedKeys,
  signingKey,
} from '../../rules/signing-keys.ts'
import { hour, noon } from './examples.ts'

const day = 24 * hour
const policy: KeyPolicy = { signsFor: 90 * day, publishedBefore: day, publishedAfter: 30 * day }
const key = (signsFrom: number, alg = 'RS256') => ({ alg, signsFrom })

/** A year of an installation that looks every so often. */
function year(everyHours: number): { now: number; keys: KeyTimes[] }[] {
  let keys: KeyTimes[] = []
  return Array.from({ length: Math.ceil((365 * 24) / everyHours) }, (_, look) => {
    const now = noon + look * everyHours * hour
    const from = nextKeyFrom(keys, 'RS256', now, policy)
    if (from !== undefined) keys = [key(from), ...publishedKeys(keys, now, policy)]
    return { now, keys }
  })
}

describe('Signing keys', () => {
  it('the first one signs at once', () => {
    expect(nextKeyFrom([], 'RS256', noon, policy)).to.equal(noon)
    expect(nextKeyFrom([key(noon, 'ES256')], 'RS256', noon, policy)).to.equal(noon)
  })

  it('a new one is made a day before the present one has signed for its time', () => {
    const ends = noon + 90 * day
    expect(nextKeyFrom([key(noon)], 'RS256', ends - day - 1, policy)).to.equal(undefined)
    expect(nextKeyFrom([key(noon)], 'RS256', ends - day, policy)).to.equal(ends)
  })

  it('one that is overdue is still published before it signs', () => {
    const late = noon + 200 * day
    expect(nextKeyFrom([key(noon)], 'RS256', late, policy)).to.equal(late + day)
  })

  it('no second one is made while one waits to sign, or where none is ever to be', () => {
    expect(nextKeyFrom([key(noon + day)], 'RS256', noon, policy)).to.equal(undefined)
    expect(nextKeyFrom([key(noon)], 'RS256', noon + 999 * day, { ...policy, signsFor: 0 })).to.equal(
      undefined,
    )
  })

  it('the newest one whose time has come signs', () => {
    const keys = [key(noon + day), key(noon), key(noon - day)]
    expect(signingKey(keys, 'RS256', noon + hour)).to.equal(keys[1])
    expect(signingKey(keys, 'RS256', noon + day)).to.equal(keys[0])
    expect(signingKey(keys, 'ES256', noon)).to.equal(undefined)
  })

  it('with a clock that was set back, the oldest one signs', () => {
    expect(signingKey([key(noon)], 'RS256', noon - day)?.signsFrom).to.equal(noon)
  })

  it('one is published for a month after it has signed', () => {
    const keys = [key(noon), key(noon - 90 * day)]
    expect(publishedKeys(keys, noon + 30 * day - 1, policy)).to.have.length(2)
    expect(publishedKeys(keys, noon + 30 * day, policy)).to.deep.equal([keys[0]])
  })

  it('what signs was always published for a day, and what has signed in the last month still is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 12, max: 400 }), (everyHours) => {
        const looks = year(everyHours)
        const signers = looks.map(({ now, keys }) => ({ now, signs: signingKey(keys, 'RS256', now)! }))
        for (const { now, keys } of looks) {
          const published = publishedKeys(keys, now, policy).map(({ signsFrom }) => signsFrom)
          const recent = signers.filter((one) => one.now <= now && one.now > now - 30 * day)
          expect(published).to.include.members([...new Set(recent.map(({ signs }) => signs.signsFrom))])
        }
        for (const { now, signs } of signers.filter(({ signs }) => signs.signsFrom !== noon)) {
          const seen = looks.find(({ keys }) => keys.some(({ signsFrom }) => signsFrom === signs.signsFrom))!
          expect(now - seen.now).to.be.at.least(day)
        }
      }),
      { numRuns: 20 },
    )
  })
})
