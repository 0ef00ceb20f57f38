import { expect } from 'chai'
import fc from 'fast-check'
import { documentIn, textOf } from '../../adapters/store/lmdb/text.ts'

const payload = fc.option(
  fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.constant('\n'), fc.constant('\ud83d')),
  {
    nil: undefined,
  },
)

describe('a document as text', () => {
  it('comes back as it was, whatever its payload holds', () => {
    const documents = fc.record({
      id: fc.string({ minLength: 1 }),
      note: fc.string({ unit: 'binary' }),
      payload,
    })
    fc.assert(
      fc.property(documents, (document) => {
        // As the disk keeps it: nothing but well-formed text.
        const text = Buffer.from(textOf(document)).toString()
        expect(documentIn(text)).to.deep.equal(JSON.parse(JSON.stringify(document)))
      }),
    )
  })

  it('of a store that has the payload in the JSON is read as well', () => {
    const document = { id: 'one', payload: '{"a":"b\\n"}', storedAt: 1 }
    expect(documentIn(JSON.stringify(document))).to.deep.equal(document)
  })
})
