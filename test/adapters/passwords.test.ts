import { createHook } from 'node:async_hooks'
import { setImmediate as turn } from 'node:timers/promises'
import { verify } from '@node-rs/argon2'
import { expect } from 'chai'
import {
  argon2Parameters,
  createPasswords,
  hashedAtOnce,
  Overloaded,
} from '../../adapters/secrets/passwords.ts'
import { times } from '../rules/examples.ts'

const passwords = createPasswords()

/** What each promise came to: true, false or the name of its error. */
const outcomes = async (all: Promise<unknown>[]): Promise<unknown[]> =>
  (await Promise.allSettled(all)).map((one) => (one.status === 'fulfilled' ? one.value : one.reason))

describe('Passwords', () => {
  it('are hashed with argon2id as OWASP recommends, salted', async () => {
    const hash = await passwords.hash('a whole new sentence')
    expect(hash).to.match(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await passwords.hash('a whole new sentence')).to.not.equal(hash)
    expect(argon2Parameters.memoryCost).to.equal(19 * 1024)
  })

  it('are verified', async () => {
    const hash = await passwords.hash('a whole new sentence')
    expect(await passwords.verify(hash, 'a whole new sentence')).to.equal(true)
    for (const wrong of ['a whole new sentence ', 'A whole new sentence', ''])
      expect(await passwords.verify(hash, wrong)).to.equal(false)
  })

  it('are the same on every keyboard: composed, decomposed, full-width', async () => {
    const hash = await passwords.hash('caf\u00e9 ＡＢＣ ﬁn de siècle')
    expect(await passwords.verify(hash, 'cafe\u0301 ABC fin de siècle')).to.equal(true)
    expect(await verify(hash, 'caf\u00e9 ABC fin de siècle')).to.equal(true)
    expect(await passwords.verify(await passwords.hash('cafe\u0301 au lait'), 'caf\u00e9 au lait')).to.equal(
      true,
    )
  })

  it('of nobody are never right, not even the one that is compared with', async () => {
    for (const guess of ['nobody has this password', '', 'undefined'])
      expect(await passwords.verify(undefined, guess)).to.equal(false)
  })

  it('of nobody take the same native work as those of somebody', async () => {
    const hash = await passwords.hash('a whole new sentence')
    await passwords.verify(undefined, 'first')
    const work = async (stored: string | undefined): Promise<number> => {
      let begun = 0
      const hook = createHook({
        init: (_id, type) => {
          if (type !== 'PROMISE') begun += 1
        },
      }).enable()
      await passwords.verify(stored, 'a wrong sentence')
      hook.disable()
      return begun
    }
    const known = await work(hash)
    expect(known).to.be.greaterThan(0)
    expect(await work(undefined)).to.equal(known)
  })
})

describe('Passwords that are hashed at once', () => {
  it('leave a core to everything else, and one of the threads on which the store commits', () => {
    expect([1, 2, 4, 8, 64].map((cores) => hashedAtOnce(cores, 4))).to.deep.equal([1, 1, 3, 3, 3])
    expect(hashedAtOnce(8, 16)).to.equal(7)
    expect(hashedAtOnce(8, 1)).to.equal(1)
  })
})

describe('More passwords than can be checked in good time', () => {
  it('are refused, those in the queue are checked, and later ones again', async () => {
    const few = createPasswords(3)
    const hash = await few.hash('a whole new sentence')
    const all = await outcomes(times(40, () => few.verify(hash, 'a whole new sentence')))
    const refused = all.filter((one) => one instanceof Overloaded)
    expect(refused).to.have.length.within(1, 37)
    expect(all.filter((one) => one === true)).to.have.length(40 - refused.length)
    expect(await few.verify(hash, 'a whole new sentence')).to.equal(true)
  })

  it('are refused just the same when nobody has the address', async () => {
    const few = createPasswords(3)
    const all = await outcomes(times(40, () => few.verify(undefined, 'a whole new sentence')))
    const refused = all.filter((one) => one instanceof Overloaded)
    expect(refused).to.have.length.within(1, 37)
    expect(all.filter((one) => one === false)).to.have.length(40 - refused.length)
  })

  it('are refused when they are to be set', async () => {
    const none = createPasswords(0)
    expect(await outcomes([none.hash('a whole new sentence')])).to.satisfy(
      ([one]: unknown[]) => one instanceof Overloaded,
    )
  })
})

describe('Requests that bring a password', () => {
  it('begin when it can soon be hashed, in the order they came in; where too many wait, one is answered without', async () => {
    const { inTurn } = createPasswords(5)
    const begun: number[] = []
    const ends: (() => void)[] = []
    const came = times(40, (at) =>
      inTurn!(
        () => new Promise<string>((done) => ends.push(() => done('done')) && begun.push(at)),
        async () => 'full',
      ),
    )
    await turn()
    const first = begun.length
    expect(first).to.be.within(9, 39)
    while (ends.length > 0) {
      ends.shift()!()
      await turn()
    }
    expect(begun).to.deep.equal(times(first + 5, (at) => at))
    expect(await Promise.all(came)).to.deep.equal(times(40, (at) => (at < first + 5 ? 'done' : 'full')))
  })

  it('make room for the next one when they fail', async () => {
    const { inTurn } = createPasswords(100)
    const failing = () =>
      inTurn!(
        async () => Promise.reject(new Error('the store is away')),
        async () => {},
      )
    expect(await outcomes(times(100, failing))).to.have.length(100)
    expect(
      await inTurn!(
        async () => 'done',
        async () => 'full',
      ),
    ).to.equal('done')
  })
})
