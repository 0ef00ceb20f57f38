import { expect } from 'chai'
import { pollMethod, type Stream, verifiableFrom } from '../../rules/stream.ts'
import { hour, noon } from './examples.ts'

describe('A verification event', () => {
  const minute = 60_000
  const stream: Stream = {
    id: 'stream',
    client: 'app',
    listed: 'all',
    status: 'enabled',
    delivery: { method: pollMethod },
    createdAt: noon,
    activeAt: noon,
  }
  const from = (verifiedAt: number | undefined) => verifiableFrom({ ...stream, verifiedAt }, minute, noon)

  it('may be asked for once in the interval', () => {
    expect(from(undefined)).to.equal(undefined)
    expect(from(noon - minute + 1)).to.equal(noon + 1)
    expect(from(noon - minute)).to.equal(undefined)
  })

  it('is waited for by nobody who asked while the clock was ahead', () => {
    expect(from(noon + hour)).to.equal(undefined)
  })
})
