import { execFileSync } from 'node:child_process'
import { setImmediate } from 'node:timers/promises'
import { expect } from 'chai'
import type { RootDatabase } from 'lmdb'
import { Memory } from '../../adapters/store/lmdb/memory.ts'
import { hearOfCommit, Reads } from '../../adapters/store/lmdb/reads.ts'

describe('What a process remembers of an LMDB store', () => {
  /** What the lock file says. */
  let last: number
  /** What the commits themselves say, which it is set to where it is less. */
  let mended: number
  let memory: Memory
  const learnt: [id: string, text: string | undefined, era: number][] = []
  const table = {
    learn: (id: string, text: string | undefined, era: number) => {
      learnt.push([id, text, era])
    },
  }
  beforeEach(() => {
    learnt.length = 0
    last = 7
    mended = last
    memory = new Memory({
      read: () => last,
      mend: () => {
        last = Math.max(last, mended)
      },
    })
  })

  /** A write transaction, as far as its commit. */
  function write(...ids: string[]) {
    for (const id of ids) memory.wrote(table, id, `text of ${id}`)
    return memory.written()
  }

  it('stands while nothing is written', () => {
    expect([memory.catchUp(), memory.catchUp(), memory.era]).to.deep.equal([true, true, 0])
  })

  it('has to be compared once another process has written', () => {
    last = 8
    expect([memory.catchUp(), memory.era]).to.deep.equal([true, 1])
    last = 20
    expect([memory.catchUp(), memory.era]).to.deep.equal([true, 2])
  })

  it('goes on with what the process has written itself, as soon as it has heard of the commit', () => {
    const one = write('a', 'b')
    expect([memory.catchUp(), learnt]).to.deep.equal([true, []])
    last = 8
    expect([memory.catchUp(), learnt]).to.deep.equal([false, []])
    one.done()
    // At once: whoever only writes never asks.
    expect(learnt).to.deep.equal([
      ['a', 'text of a', 0],
      ['b', 'text of b', 0],
    ])
    expect([memory.catchUp(), memory.era, learnt.length]).to.deep.equal([true, 0, 2])
  })

  it('tells its own commits from those in between', () => {
    const one = write('a')
    last = 8
    one.done()
    last = 9
    const two = write('b')
    last = 10
    two.done()
    expect([memory.catchUp(), memory.era]).to.deep.equal([true, 1])
    expect(learnt).to.deep.equal([['a', 'text of a', 0]])
  })

  it('takes no other commit for its own that failed, whichever is heard of first', () => {
    const failed = write('a')
    last = 8
    expect(memory.catchUp()).to.equal(false)
    failed.failed()
    const { era } = memory
    expect([memory.catchUp(), learnt]).to.deep.equal([true, []])
    expect(memory.era).to.be.above(era)
    write('b').failed()
    last = 9
    expect([memory.catchUp(), learnt]).to.deep.equal([true, []])
    expect(memory.era).to.be.above(era + 1)
  })

  it('knows nothing of a transaction that changes nothing: it is no commit', () => {
    memory.written().done()
    last = 8
    expect([memory.catchUp(), memory.era]).to.deep.equal([true, 1])
  })

  it('has the number mended that was set back, by what it has read or written', () => {
    last = 8
    memory.catchUp()
    mended = 8
    last = 7
    expect([memory.catchUp(), memory.era, last]).to.deep.equal([true, 1, 8])
    const one = write('a')
    mended = 9
    one.done()
    expect([last, learnt, memory.catchUp(), memory.era]).to.deep.equal([9, [['a', 'text of a', 1]], true, 1])
  })

  it('ends for good where a commit of its own isn’t seen in the lock file', () => {
    write('a').done()
    expect(memory.catchUp()).to.equal(false)
    last = 8
    write('b')
    expect(memory.catchUp()).to.equal(false)
  })
})

describe('The first read of an LMDB store in a turn of the event loop', () => {
  /** How often was asked which commit is the last, and for a snapshot of it. */
  let [looks, snapshots] = [0, 0]
  const reads = new Reads(
    {
      resetReadTxn: () => {
        snapshots += 1
      },
    } as RootDatabase,
    new Memory({
      read: () => {
        looks += 1
        return 7
      },
      mend: () => {},
    }),
  )
  function read(): [looks: number, snapshots: number] {
    const before = [looks, snapshots] as const
    reads.begin()
    expect(reads.era).to.equal(0)
    reads.ask()
    return [looks - before[0], snapshots - before[1]]
  }
  beforeEach(async () => {
    await setImmediate()
  })

  // Each of these was seen to fail without the line that it is about (adapters/store/lmdb/reads.ts).
  it('is the one that asks which commit is the last', () => {
    expect(read()).to.deep.equal([2, 1])
    const others = Array.from({ length: 50 }, read)
    // Not all of them, however often this process was held up for longer than a turn counts.
    expect(others.filter(([asked]) => asked === 0)).to.not.have.length(0)
  })

  it('comes again with the next turn', async () => {
    read()
    await setImmediate()
    expect(read()).to.deep.equal([2, 1])
  })

  it('comes again when a commit of this process was heard of', () => {
    read()
    hearOfCommit()
    expect(read()).to.deep.equal([2, 1])
  })

  it('comes again when another process was waited for', () => {
    read()
    execFileSync(process.execPath, ['--version'])
    expect(read()).to.deep.equal([2, 1])
  })
})
