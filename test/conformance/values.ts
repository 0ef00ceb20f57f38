import { expect } from 'chai'
import fc from 'fast-check'
import { account, artifact, ids, type Subject, unique } from './subject.ts'

/** Everything JSON allows and some store has mangled. */
const oddities = {
  nothing: null,
  empties: [{}, [], '', [[]], [{}], { a: {} }],
  nested: [[1, [2, [null, { deep: [{}] }]]], 'x'],
  numbers: [0, -1, 1.5, 1e21, 2 ** 53 - 1, 2 ** 31, -(2 ** 31) - 1, 5e-324, 0.1],
  depths: JSON.parse(`${'[{"a":'.repeat(75)}null${'}]'.repeat(75)}`),
  booleans: [true, false],
  text: ['日本語', '👩‍👩‍👧', '\u0000', 'a\u0000b', '\ud800 alone', '$', '.', 'line\nbreak', '__proto__'],
  dates: '2026-01-01T00:00:00.000Z',
  keys: {
    'https://client.example.com/cb': { 'a.b.c': 1 },
    'a.b': 1,
    '.': 2,
    $set: { $where: 'x', $: 1 },
    $ref: 'x',
    $id: 'y',
    '': 'empty',
    _id: 'an id',
    id: 'another',
    __v: 3,
    version: 4,
    constructor: 1,
    toString: 2,
    length: 3,
    0: 'zero',
  },
  inherited: { toString: [{}], constructor: [{ prototype: 1 }], valueOf: [[{ a: 1 }]], hasOwnProperty: {} },
  ejson: [
    { $date: 'x' },
    { $oid: 'x' },
    { $numberLong: '1' },
    { _bsontype: 'ObjectId' },
    { _bsontype: 'x', id: 1 },
  ],
}

/** JSON.parse makes a key that a literal would take for the prototype. */
const prototypes = JSON.parse('{"__proto__":{"admin":true},"a":{"__proto__":null}}')

export function valueFacts(subject: Subject): void {
  describe('values', () => {
    async function stored(fields: object) {
      const { artifacts } = subject.store
      const document = artifact(fields as never)
      await artifacts.insert(document)
      const inserted = await artifacts.get(document.id)
      await artifacts.update(document.id, (one) => [{ ...one!, consumed: 5 }, undefined])
      expect(await artifacts.get(document.id)).to.deep.equal({ ...inserted, consumed: 5 })
      return inserted
    }

    for (const [name, value] of Object.entries(oddities)) {
      it(`of any JSON survive: ${name}`, async () => {
        const found = await stored({ odd: value })
        expect(found).to.have.property('odd').that.deep.equals(value)
      })

      it(`of any JSON survive in a list: ${name}`, async () => {
        const found = await stored({ odd: [value, { in: value }] })
        expect(found)
          .to.have.property('odd')
          .that.deep.equals([value, { in: value }])
      })
    }

    it('under the key __proto__ survive as data', async () => {
      const found = (await stored({ odd: prototypes })) as never as { odd: object }
      expect(JSON.stringify(found.odd)).to.equal(JSON.stringify(prototypes))
      expect(Object.getPrototypeOf(found.odd)).to.equal(Object.prototype)
    })

    it('at the top under odd keys survive', async () => {
      const fields = {
        'a.b': 1,
        $set: { x: 1 },
        _id: 'mine',
        __v: 7,
        version: 8,
        '': 'empty',
        constructor: [{}],
      }
      const { id: _, payload: __, ...found } = (await stored(fields))!
      expect(found).to.deep.equal(fields)
    })

    it('that are undefined are absent', async () => {
      const found = await stored({ gone: undefined, deep: { gone: undefined, kept: 1 } })
      expect(found).to.not.have.property('gone')
      expect(found).to.have.property('deep').that.has.all.keys('kept')
    })

    it('keep their type: text stays text, a number in expiresAt a number', async () => {
      const expiresAt = subject.now + 1_000_123
      const found = await stored({ expiresAt, text: '1', number: 1 })
      expect(found).to.include({ expiresAt, text: '1', number: 1 })
    })

    it('of a megabyte survive', async () => {
      const payload = 'é'.repeat(500_000)
      expect((await stored({ payload }))?.payload).to.equal(payload)
    })

    it('in any id and indexed field are told apart', async () => {
      const { accounts } = subject.store
      const name = unique('')
      const emails = ['a', 'A', 'á', 'a\u0301', 'a ', ' a', 'ａ', 'a\u0000', '$a', 'a.b', '"', '😀', '日本']
      const people = emails.map((email) => account({ id: `${email}${name}`, email: `${email}${name}` }))
      for (const one of people) await accounts.insert(one)
      for (const one of people) {
        expect(await accounts.get(one.id)).to.deep.equal(one)
        expect(ids(await accounts.find('email', one.email))).to.deep.equal([one.id])
      }
    })

    it('of any JSON at all survive', async function () {
      this.timeout(20_000)
      const json = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }))
      await fc.assert(
        fc.asyncProperty(json, async (odd) => {
          const plain = JSON.parse(JSON.stringify(odd))
          const found = await stored({ odd: plain })
          expect((found as never as { odd: object }).odd).to.deep.equal(plain)
        }),
        { numRuns: 60 },
      )
    })
  })
}
