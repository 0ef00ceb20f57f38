import { randomUUID } from 'node:crypto'
import type { AccountServices } from '../account/services.ts'

/** Longer than any change takes; a process that dies holds the others up no longer. Milliseconds. */
const turnTime = 15_000
const tries = 50
const pause = 100

/**
 * Changes that could leave an organization without a super admin happen one at a time in each: two super admins who
 * remove each other at the same moment must not both succeed. Always taken in one order, so that nobody waits for ever.
 */
export async function inTurn<R>(
  services: Pick<AccountServices, 'change' | 'clock'>,
  organizations: readonly string[],
  work: () => Promise<R>,
): Promise<R | 'busy'> {
  const owner = randomUUID()
  const taken: string[] = []
  try {
    for (const organization of [...new Set(organizations)].sort()) {
      if (!(await take(services, organization, owner))) return 'busy'
      taken.push(organization)
    }
    return await work()
  } finally {
    for (const organization of taken.reverse()) await leave(services, organization, owner)
  }
}

const idOf = (organization: string): string => `turn:${organization}`

async function take(
  { change, clock }: Pick<AccountServices, 'change' | 'clock'>,
  organization: string,
  owner: string,
): Promise<boolean> {
  for (let asked = 0; asked < tries; asked += 1) {
    const now = clock()
    const mine = await change('settings', idOf(organization), (current) => {
      const until = Number(current?.value.split('|')[1] ?? 0)
      if (until > now && until <= now + turnTime) return [current, false]
      return [{ id: idOf(organization), value: `${owner}|${now + turnTime}` }, true]
    })
    if (mine) return true
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
  return false
}

function leave(
  { change }: Pick<AccountServices, 'change'>,
  organization: string,
  owner: string,
): Promise<void> {
  return change('settings', idOf(organization), (current) => [
    current?.value.startsWith(owner) ? undefined : current,
    undefined,
  ])
}
