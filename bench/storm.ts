import { measure, quantile, type Scenario, type Stage, setStage, type Window } from './measure.ts'
import type { Server } from './servers.ts'
import { Visitor } from './visitor.ts'

export interface Storm {
  /** Refreshing with nobody else there. */
  calm: Window
  /** Milliseconds that a refresh took while the others signed in. */
  p50: number
  p99: number
  refreshes: number
  /** How long it took until all had their answer, in the middle of the storms. */
  cleared: number
}

const crowd = 48

/**
 * Forty-eight people, who have the sign-in page in front of them, send their password at the same moment, with real
 * hashes, while four visitors go on refreshing; some storms, with a pause between them.
 */
export async function storm(server: Server, refresh: Scenario, storms: number): Promise<Storm> {
  const stage = await setStage(server, refresh, 4)
  const pool = Visitor.pool(server.issuer, crowd)
  const people = Array.from({ length: crowd }, () => new Visitor(pool))
  await measure(stage, refresh, 1500)
  const calm = await measure(stage, refresh, 1500)
  const took: number[] = []
  const cleared: number[] = []
  for (let round = 0; round <= storms; round += 1) {
    for (const person of people) await person.openPage()
    const [times, duration] = await oneStorm(stage, refresh, people)
    await new Promise((calmAgain) => setTimeout(calmAgain, 300))
    if (round === 0) continue
    took.push(...times)
    cleared.push(duration)
  }
  await pool.close()
  await stage.pool.close()
  return {
    calm,
    p50: quantile(took, 0.5),
    p99: quantile(took, 0.99),
    refreshes: took.length,
    cleared: quantile(cleared, 0.5),
  }
}

async function oneStorm(stage: Stage, refresh: Scenario, people: Visitor[]): Promise<[number[], number]> {
  const took: number[] = []
  let over = false
  const refreshing = Promise.all(
    stage.visitors.map(async (visitor) => {
      while (!over) {
        const at = performance.now()
        await refresh.operate(visitor)
        took.push(performance.now() - at)
      }
    }),
  )
  const began = performance.now()
  await Promise.all(people.map((person) => person.sendPassword()))
  const duration = performance.now() - began
  over = true
  await refreshing
  return [took, duration]
}
