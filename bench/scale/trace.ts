import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { rekeyOn } from '../rekey.ts'
import { Visitor } from '../visitor.ts'
import { type Weight, weigh } from './weigh.ts'

/** One write of a sign-in, and who else writes to that document. */
export interface Step {
  what: string
  /** `everyone`: any two sign-ins meet there. `person`: two of one person do. `process`: a queue that a process has. */
  shared: 'everyone' | 'person' | 'process' | 'nobody'
}

/**
 * The writes of a real sign-in in their order, by the product itself on the embedded store. Whom a document is shared
 * with is found by looking which of them another sign-in of that person, and one of somebody else, write to as well.
 */
export async function traceSignIn(folder: string): Promise<{ steps: Step[]; weights: Weight[] }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { listener, counts, store, close } = await rekeyOn(issuer, folder, { counting: true })
  server.on('request', listener)
  const pool = Visitor.pool(issuer, 1)
  const written = async (work: () => Promise<void>): Promise<string[]> => {
    await new Promise((resolve) => setTimeout(resolve, 500))
    counts.written.length = 0
    await work()
    return [...counts.written]
  }
  try {
    const [ada, bob] = [new Visitor(pool), new Visitor(pool)]
    const before = new Set(await written(() => ada.signIn()))
    const again = await written(() => ada.signInAgain())
    const others = new Set(await written(() => bob.signIn()))
    const steps = again.map((id) => ({ what: id.split(' ')[0]!, shared: sharedWith(id, before, others) }))
    return { steps, weights: await weigh(store) }
  } finally {
    await pool.close()
    server.close()
    server.closeAllConnections()
    await close()
  }
}

function sharedWith(id: string, before: Set<string>, others: Set<string>): Step['shared'] {
  if (id.startsWith('audit.insertAll')) return 'process'
  if (others.has(id)) return 'everyone'
  return before.has(id) ? 'person' : 'nobody'
}
