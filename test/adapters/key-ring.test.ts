import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import fc from 'fast-check'
import { createKeyRing, type RingKey, randomToken, tokenHash } from '../../adapters/secrets/key-ring.ts'

const newKey = (id: string): RingKey => ({ id, key: randomBytes(32).toString('base64url') })
const old = newKey('2025')
const young = newKey('2026')
const ring = createKeyRing([old])
const rotated = createKeyRing([young, old])

describe('The key ring', () => {
  it('opens what it sealed, whatever it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (plain, context) => {
        expect(ring.open(ring.seal(plain, context), context)).to.equal(plain)
      }),
    )
  })

  it('seals the same text differently each time, and shows nothing of it', () => {
    const sealed = ring.seal('JBSWY3DPEHPK3PXP', 'phone')
    expect(ring.seal('JBSWY3DPEHPK3PXP', 'phone')).to.not.equal(sealed)
    expect(sealed).to.match(/^2025\.[\w-]+$/)
    expect(Buffer.from(sealed.split('.')[1]!, 'base64url').includes('JBSWY3DPEHPK3PXP')).to.equal(false)
  })

  it('opens nothing in another place than it was sealed for', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (context, other) => {
        fc.pre(context !== other)
        expect(() => ring.open(ring.seal('secret', context), other)).to.throw()
      }),
    )
  })

  it('opens nothing that was changed by a single bit', () => {
    const sealed = ring.seal('secret', 'phone')
    const [id, body] = sealed.split('.') as [string, string]
    const bytes = Buffer.from(body, 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      expect(() => ring.open(`${id}.${changed.toString('base64url')}`, 'phone')).to.throw()
    }
  })

  it('opens nothing that was cut short, and nothing that was never sealed', () => {
    const sealed = ring.seal('secret', 'phone')
    for (let length = 0; length < sealed.length; length += 1)
      expect(() => ring.open(sealed.slice(0, length), 'phone'), `${length}`).to.throw()
    for (const never of ['', '.', '2025', '2025.', 'secret', sealed.replace('2025', '2024')])
      expect(() => ring.open(never, 'phone'), never).to.throw()
  })

  it('opens nothing that a ring with another key of the same name sealed', () => {
    const stranger = createKeyRing([newKey('2025')])
    expect(() => ring.open(stranger.seal('secret', 'phone'), 'phone')).to.throw()
  })
})

describe('A rotated key ring', () => {
  it('opens what was sealed with the old key, and knows that it is old', () => {
    const sealed = ring.seal('secret', 'phone')
    expect(rotated.open(sealed, 'phone')).to.equal('secret')
    expect([ring.isOld(sealed), rotated.isOld(sealed)]).to.deep.equal([false, true])
  })

  it('finds what was hashed under any of its keys, with its name or before it had one', () => {
    const bare = [young, old].map((key) => createKeyRing([key]).mac('a browser'))
    expect(rotated.hashes('a browser')).to.deep.equal([
      rotated.hash('a browser'),
      ring.hash('a browser'),
      ...bare,
    ])
  })

  it('seals with the new key', () => {
    const sealed = rotated.seal('secret', 'phone')
    expect(rotated.isOld(sealed)).to.equal(false)
    expect(createKeyRing([young]).open(sealed, 'phone')).to.equal('secret')
    expect(() => ring.open(sealed, 'phone')).to.throw()
  })

  it('opens nothing of a key that was taken off it', () => {
    expect(() => createKeyRing([young]).open(ring.seal('secret', 'phone'), 'phone')).to.throw(
      /not on the ring/,
    )
  })

  it('is not confused by a key whose name begins like another', () => {
    const both = createKeyRing([newKey('1'), newKey('12')])
    const sealed = createKeyRing([newKey('12')]).seal('secret', 'phone')
    expect(both.isOld(sealed)).to.equal(true)
  })

  it('hashes with the newest key, and verifies with each, whether the hash names its key or not', () => {
    const [before, now] = [ring.hash('7ZQ4-0KXV'), rotated.hash('7ZQ4-0KXV')]
    expect([before.split('.')[0], now.split('.')[0]]).to.deep.equal(['2025', '2026'])
    const nameless = ring.mac('7ZQ4-0KXV')
    for (const stored of [before, now, nameless]) {
      expect(rotated.hash('7ZQ4-0KXV', stored)).to.equal(stored)
      expect(rotated.hash('7ZQ4-0KXW', stored)).to.not.equal(stored)
    }
    expect(createKeyRing([young]).hash('7ZQ4-0KXV', before)).to.not.equal(before)
    expect([before, now, nameless].map(rotated.keyOf)).to.deep.equal(['2025', '2026', '2025'])
  })

  it('knows what it has sealed from what it has hashed', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 5 }), (plain) => {
        expect(rotated.isSealed(ring.seal(plain, ''))).to.equal(true)
        expect(rotated.isSealed(ring.hash(plain))).to.equal(false)
        expect(rotated.isSealed(plain)).to.equal(false)
      }),
    )
  })

  it('signs cookies with the newest key and accepts all', () => {
    expect(rotated.cookieKeys).to.deep.equal([...createKeyRing([young]).cookieKeys, ...ring.cookieKeys])
  })
})

describe('What is derived from a key', () => {
  it('differs by use: a cookie key says nothing about the others', () => {
    expect(ring.cookieKeys[0]).to.not.equal(old.key)
    expect(ring.cookieKeys[0]).to.not.equal(ring.mac(''))
  })

  it('is the same in every process', () => {
    expect(createKeyRing([{ ...old }]).mac('text')).to.equal(ring.mac('text'))
    expect(createKeyRing([{ ...old }]).open(ring.seal('text', ''), '')).to.equal('text')
  })
})

describe('A token', () => {
  it('has 256 random bits that can stand in a link, and is stored as a hash', () => {
    const [one, other] = [randomToken(), randomToken()]
    expect(one)
      .to.match(/^[\w-]{43}$/)
      .and.to.not.equal(other)
    expect(tokenHash(one)).to.equal(tokenHash(one)).and.to.not.equal(tokenHash(other))
    expect(tokenHash(one)).to.not.include(one)
  })
})
