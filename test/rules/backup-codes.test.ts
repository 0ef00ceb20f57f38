import { expect } from 'chai'
import fc from 'fast-check'
import type { Protection } from '../../rules/account.ts'
import {
  backupCodeBytes,
  backupCodeCount,
  countCodesLeft,
  hashBackupCode,
  proveBackupCodes,
  readBackupCode,
  redeemBackupCode,
  replaceBackupCodes,
  writeBackupCode,
} from '../../rules/backup-codes.ts'
import { throttleLimits } from '../../rules/throttle.ts'
import { account, day, mac, noon, times } from './examples.ts'

const random = fc.uint8Array({ minLength: backupCodeBytes, maxLength: backupCodeBytes })
const codes = times(backupCodeCount, (i) => writeBackupCode(new Uint8Array(backupCodeBytes).fill(i + 1)))
const ada = replaceBackupCodes(account(), codes, mac, noon)

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** Crockford's base32 by another way than the rule's: the number that a code stands for. */
const numberOf = (code: string): bigint =>
  [...code.replaceAll('-', '')].reduce((sum, letter) => sum * 32n + BigInt(alphabet.indexOf(letter)), 0n)

/** One letter as people type it. */
function typedLetter(letter: string): fc.Arbitrary<string> {
  const fullWidth = String.fromCharCode(letter.charCodeAt(0) + 0xfee0)
  const alike: { [letter: string]: string[] } = { '0': ['o', 'O'], '1': ['i', 'I', 'l', 'L'] }
  const spelled = fc.constantFrom(letter, letter.toLowerCase(), fullWidth, ...(alike[letter] ?? []))
  return fc
    .tuple(spelled, fc.constantFrom('', '', '', '-', ' ', '‐', '–', '\u3000', '\t'))
    .map((parts) => parts.join(''))
}

const typed = (code: string): fc.Arbitrary<string> =>
  fc.tuple(...[...code.replaceAll('-', '')].map(typedLetter)).map((letters) => letters.join(''))

describe('A backup code', () => {
  it('is written in groups of four that can be read aloud', () => {
    expect(writeBackupCode(new Uint8Array(10))).to.equal('0000-0000-0000-0000')
    expect(writeBackupCode(new Uint8Array(10).fill(255))).to.equal('ZZZZ-ZZZZ-ZZZZ-ZZZZ')
    fc.assert(
      fc.property(random, (bytes) => {
        expect(writeBackupCode(bytes)).to.match(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
      }),
    )
  })

  it('keeps every bit it was made of, 64 at least', () => {
    expect(backupCodeBytes * 8).to.be.at.least(64)
    fc.assert(
      fc.property(random, (bytes) => {
        expect(numberOf(writeBackupCode(bytes))).to.equal(BigInt(`0x${Buffer.from(bytes).toString('hex')}`))
      }),
    )
  })

  it('is read from a line of our own text file, with its number', () => {
    for (const code of codes)
      for (const number of [
        ' 1.  ',
        '10. ',
        '10.',
        '3) ',
        '１０．　',
        '7 ',
        '\t2.\t',
        '• ',
        '(1) ',
        '①',
        '#1 ',
        'No. 1 ',
        '1、',
        '1。',
        '- [ ] 1. ',
        '「',
        '1 – ',
      ])
        expect(readBackupCode(number + code), number).to.equal(readBackupCode(code))
    expect(readBackupCode('10'), 'no number, but the beginning of a code').to.equal('10')
    expect(readBackupCode('1 1AB-2222-3333-4444 ')).to.have.length(16)
  })

  it('is read as it was written', () => {
    fc.assert(
      fc.property(random, (bytes) => {
        const code = writeBackupCode(bytes)
        expect(readBackupCode(code)).to.equal(code.replaceAll('-', ''))
      }),
    )
  })

  it('is read whatever the case, the spaces, the hyphens, the width, and the letters taken for digits', () => {
    const both = random.map(writeBackupCode).chain((code) => fc.tuple(fc.constant(code), typed(code)))
    fc.assert(
      fc.property(both, ([code, spelled]) => {
        expect(readBackupCode(spelled)).to.equal(readBackupCode(code))
      }),
    )
    expect(readBackupCode(' ｏＩｌ0-7zq4 0kxv ')).to.equal('01107ZQ40KXV')
  })

  it('is never taken for another one', () => {
    fc.assert(
      fc.property(random, random, (a, b) => {
        fc.pre(Buffer.compare(a, b) !== 0)
        expect(readBackupCode(writeBackupCode(a))).to.not.equal(readBackupCode(writeBackupCode(b)))
      }),
    )
  })
})

describe('Redeeming a backup code', () => {
  it('succeeds once, and says how many are left of which set', () => {
    const [next, first] = redeemBackupCode(ada, codes[3]!, mac, noon)
    const [, second] = redeemBackupCode(next, codes[3]!, mac, noon)
    expect([first, second]).to.deep.equal([
      { ok: true, left: 9, set: 1 },
      { ok: false, reason: 'used' },
    ])
    expect(next.backupCodes?.codes[3]?.usedAt).to.equal(noon)
    expect([countCodesLeft(ada), countCodesLeft(next)]).to.deep.equal([10, 9])
  })

  it('succeeds once for each code, in whatever order and spelling they come', () => {
    const which = fc.integer({ min: 0, max: backupCodeCount - 1 })
    const tries = fc.array(
      which.chain((i) => fc.tuple(fc.constant(i), typed(codes[i]!))),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(tries, (all) => {
        let current = ada
        const redeemed: number[] = []
        all.forEach(([i, spelled], index) => {
          // A day between tries: no wait is in the way.
          const [next, outcome] = redeemBackupCode(current, spelled, mac, noon + index * day)
          if (outcome.ok) redeemed.push(i)
          current = next
        })
        const wanted = [...new Set(all.map(([i]) => i))]
        expect(redeemed).to.deep.equal(wanted)
        expect(countCodesLeft(current)).to.equal(backupCodeCount - wanted.length)
      }),
    )
  })

  it('succeeds once when several do it at the same time, over a store that compares and swaps', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 6 }), async (scheduler, people) => {
        let stored = { version: 0, account: ada }
        const step = scheduler.scheduleFunction(async () => {})
        const redeem = async () => {
          for (;;) {
            const read = stored
            await step()
            const [account, outcome] = redeemBackupCode(read.account, codes[0]!, mac, noon)
            if (stored !== read) continue
            stored = { version: read.version + 1, account }
            return outcome.ok
          }
        }
        const all = Promise.all(times(people, redeem))
        const outcomes = await scheduler.waitFor(all)
        expect(outcomes.filter(Boolean)).to.have.length(1)
      }),
    )
  })

  it('refuses what is no code, and an account without codes', () => {
    const refusal = (holder: Protection, code: string) => redeemBackupCode(holder, code, mac, noon)[1]
    expect(refusal(ada, '0000-0000-0000-0000')).to.deep.equal({ ok: false, reason: 'wrong' })
    expect(refusal(ada, '')).to.deep.equal({ ok: false, reason: 'wrong' })
    expect(refusal(account(), codes[0]!)).to.deep.equal({ ok: false, reason: 'none' })
  })

  it('refuses a code of someone else', () => {
    const eve = { ...ada, id: 'eve' }
    expect(redeemBackupCode(eve, codes[0]!, mac, noon)[1]).to.deep.equal({ ok: false, reason: 'wrong' })
  })

  it('counts failures, makes people wait, and forgets the failures with a code that fits', () => {
    const wrong = (current: Protection) => redeemBackupCode(current, 'WRONG', mac, noon)[0]
    const failed = times(throttleLimits.free + 1, () => wrong).reduce((current, fail) => fail(current), ada)
    expect(failed.throttles['backup_code']?.failures).to.equal(throttleLimits.free + 1)
    expect(redeemBackupCode(failed, codes[0]!, mac, noon)).to.deep.equal([
      failed,
      { ok: false, reason: 'throttled' },
    ])
    const [after, outcome] = redeemBackupCode(failed, codes[0]!, mac, noon + throttleLimits.firstWait)
    expect(outcome.ok).to.equal(true)
    expect(after.throttles).to.deep.equal({})
  })

  it('counts a spent code that comes again as a failure', () => {
    const [spent] = redeemBackupCode(ada, codes[0]!, mac, noon)
    const [again] = redeemBackupCode(spent, codes[0]!, mac, noon)
    expect(again.throttles['backup_code']?.failures).to.equal(1)
  })

  it('is over after a hundred failures in a row, even with the right code and after any wait', () => {
    const throttles = { backup_code: { failures: throttleLimits.disableAfter, lastAt: noon } }
    const [next, outcome] = redeemBackupCode({ ...ada, throttles }, codes[0]!, mac, noon + 365 * day)
    expect(outcome).to.deep.equal({ ok: false, reason: 'throttled' })
    expect(countCodesLeft(next)).to.equal(10)
  })
})

describe('A new set of backup codes', () => {
  const fresh = times(backupCodeCount, (i) => writeBackupCode(new Uint8Array(backupCodeBytes).fill(100 + i)))

  it('has the next number, and its codes are not yet confirmed', () => {
    const next = replaceBackupCodes(
      { ...ada, backupCodes: { ...ada.backupCodes!, confirmedAt: noon } },
      fresh,
      mac,
      noon + day,
    )
    expect([ada.backupCodes?.number, next.backupCodes?.number]).to.deep.equal([1, 2])
    expect(next.backupCodes)
      .to.include({ createdAt: noon + day })
      .and.to.not.have.property('confirmedAt')
    expect(countCodesLeft(next)).to.equal(backupCodeCount)
  })

  it('can be used where the one before was disabled by a hundred failures', () => {
    const throttles = { backup_code: { failures: throttleLimits.disableAfter, lastAt: noon } }
    const next = replaceBackupCodes({ ...ada, throttles }, fresh, mac, noon)
    expect(redeemBackupCode(next, fresh[0]!, mac, noon)[1]).to.deep.equal({ ok: true, left: 9, set: 2 })
  })

  it('voids every code of the sets before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.constantFrom(...codes), (sets, old) => {
        const next = times(sets, () => fresh).reduce(
          (one, set) => replaceBackupCodes(one, set, mac, noon),
          ada,
        )
        expect(redeemBackupCode(next, old, mac, noon)[1]).to.deep.equal({ ok: false, reason: 'wrong' })
      }),
    )
  })

  it('voids them even if their hashes survived', () => {
    const next = replaceBackupCodes(ada, fresh, mac, noon)
    const kept = [...next.backupCodes!.codes, ...ada.backupCodes!.codes]
    const both = { ...next, backupCodes: { ...next.backupCodes!, codes: kept } }
    for (const old of codes)
      expect(redeemBackupCode(both, old, mac, noon)[1]).to.deep.equal({ ok: false, reason: 'wrong' })
  })

  it('stores hashes only, bound to the account and the set', () => {
    expect(JSON.stringify(ada)).to.not.include(codes[0]).and.to.not.include(readBackupCode(codes[0]!))
    const hashes = [
      hashBackupCode('ada', 1, codes[0]!, mac),
      hashBackupCode('ada', 2, codes[0]!, mac),
      hashBackupCode('eve', 1, codes[0]!, mac),
      hashBackupCode('ada', 1, codes[1]!, mac),
    ]
    expect(new Set(hashes).size).to.equal(4)
  })
})

describe('Proving that backup codes are at hand', () => {
  it('spends none, says how many are left and confirms the set', () => {
    const [proven, outcome] = proveBackupCodes(ada, codes[0]!, mac, noon)
    expect(outcome).to.deep.equal({ ok: true, left: backupCodeCount, set: 1 })
    expect(proven.backupCodes).to.include({ confirmedAt: noon, provenAt: noon })
    expect(redeemBackupCode(proven, codes[0]!, mac, noon)[1]).to.include({ ok: true })
  })

  it('keeps when the person first said that they are saved', () => {
    const confirmed = { ...ada, backupCodes: { ...ada.backupCodes!, confirmedAt: noon - day } }
    const [proven] = proveBackupCodes(confirmed, codes[0]!, mac, noon)
    expect(proven.backupCodes).to.include({ confirmedAt: noon - day, provenAt: noon })
  })

  it('is no way to guess: failures count together with those of sign-ins', () => {
    const guessed = times(5, String).reduce((one, guess) => proveBackupCodes(one, guess, mac, noon)[0], ada)
    const throttled = { ok: false, reason: 'throttled' }
    expect(proveBackupCodes(guessed, codes[0]!, mac, noon)[1]).to.deep.equal(throttled)
    expect(redeemBackupCode(guessed, codes[0]!, mac, noon)[1]).to.deep.equal(throttled)
  })

  it('takes no code that was used, nor one of an older set', () => {
    const [spent] = redeemBackupCode(ada, codes[0]!, mac, noon)
    expect(proveBackupCodes(spent, codes[0]!, mac, noon)[1]).to.deep.equal({ ok: false, reason: 'used' })
    const next = replaceBackupCodes(ada, codes.toReversed(), mac, noon)
    expect(
      proveBackupCodes(
        { ...next, backupCodes: { ...next.backupCodes!, number: 1 } },
        codes[0]!,
        mac,
        noon,
      )[1],
    ).to.deep.equal({ ok: false, reason: 'wrong' })
  })
})
