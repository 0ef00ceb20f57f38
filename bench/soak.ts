import { statSync } from 'node:fs'
import { join } from 'node:path'
import { open } from 'lmdb'
import { median, scenarios, setStage } from './measure.ts'
import type { Usage } from './server.ts'
import type { Server } from './servers.ts'

/** What the server holds after some time. */
export interface Held extends Usage {
  seconds: number
  signIns: number
  /** Slots in the store's table of readers, this look at it included. */
  readers: number
  /** Bytes of the store. */
  stored: number
}

const looks = 20

/**
 * People sign in, with known browsers and new ones, for some seconds. What the server holds is looked at twenty times.
 */
export async function soak(
  server: Server,
  data: string,
  seconds: number,
  say: (held: Held) => void,
): Promise<Held[]> {
  const env = open({ path: data, noSubdir: false, readOnly: true })
  const kinds = scenarios.filter(({ name }) => /^(full sign-in|refresh)/.test(name))
  const stages = await Promise.all(
    kinds.map(async (kind) => ({ kind, stage: await setStage(server, kind, 2) })),
  )
  const from = performance.now()
  const past = () => (performance.now() - from) / 1000
  let signIns = 0
  const work = stages.flatMap(({ kind, stage }) =>
    stage.visitors.map(async (visitor) => {
      while (past() < seconds) {
        await kind.operate(visitor)
        signIns += 1
      }
    }),
  )
  const held: Held[] = []
  for (let look = 1; look <= looks; look += 1) {
    await new Promise((later) => setTimeout(later, (seconds * 1000) / looks))
    const stored = statSync(join(data, 'data.mdb')).size
    const readers = env.readerList().trim().split('\n').length - 1
    held.push({ seconds: Math.round(past()), signIns, readers, stored, ...(await server.usage()) })
    say(held.at(-1)!)
  }
  await Promise.all(work)
  for (const { stage } of stages) await stage.pool.close()
  await env.close()
  return held
}

/**
 * What is more in the last quarter than in the second one, once caches are warm. Of what comes and goes, as the timers and sockets
 * of requests under way, the least is what stays.
 */
export function growth(held: Held[]): string[] {
  const quarter = Math.floor(held.length / 4)
  const [early, late] = [held.slice(quarter, 2 * quarter), held.slice(-quarter)]
  const grown = (figure: 'heap' | 'own' | 'handles' | 'files' | 'readers', most: number, of = median) => {
    const [before, after] = [early, late].map((part) => of(part.map((one) => one[figure])))
    return after! > before! * most ? [`${figure}: ${before} in the second quarter, ${after} in the last`] : []
  }
  return [
    ...grown('heap', 1.2),
    ...grown('own', 1.2),
    ...grown('handles', 1.1, least),
    ...grown('files', 1.1, least),
    ...grown('readers', 1.1, least),
  ]
}

const least = (values: number[]): number => Math.min(...values)
