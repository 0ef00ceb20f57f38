import type { AccountServices } from '../account/services.ts'
import { isLately } from '../rules/lately.ts'
import type { ChangeRefusal, MemberChange } from '../rules/member-change.ts'
import { changeMember, type MemberChangeAbout } from './members.ts'

type Services = AccountServices & { log: { error(about: object, text: string): void } }

/** One change for several members, and how far it has come, where every process sees it. */
export interface Several {
  change: MemberChange
  people: string[]
  /** What came of it, in the order of `people`: why it wasn't done, or nothing where it was. */
  came: (ChangeRefusal | 'busy' | null)[]
  /** When it was last heard of. Milliseconds. */
  at: number
}

/** A process that died over it is heard of no longer. */
const silence = 60_000
/** Nobody waits longer for a page. */
const patience = 1_000

const settingOf = (organization: string, by: string): string => `several:${organization}:${by}`

/** The last change of several members that somebody has begun in an organization. */
export async function lastSeveral(
  { store }: Pick<Services, 'store'>,
  organization: string,
  by: string,
): Promise<Several | undefined> {
  const found = await store.settings.get(settingOf(organization, by))
  return found && JSON.parse(found.value)
}

export type SeveralState = 'over' | 'working' | 'interrupted'

export function stateOf({ people, came, at }: Several, now: number): SeveralState {
  if (came.length === people.length) return 'over'
  return isLately(at, silence, now) ? 'working' : 'interrupted'
}

/**
 * Begins to change them, one after another, as each may be what the next is refused for. Returns when it is over, or when
 * it takes longer than anybody waits for a page. False while another one of the same person's is under way.
 */
export async function changeSeveral(
  services: Services,
  change: MemberChange,
  people: string[],
  about: Omit<MemberChangeAbout, 'account'>,
): Promise<boolean> {
  const { clock } = services
  const id = settingOf(about.organization, about.by)
  const fresh: Several = { change, people, came: [], at: clock() }
  const mine = await services.change('settings', id, (current) => {
    if (current !== undefined && stateOf(JSON.parse(current.value), clock()) === 'working')
      return [current, false]
    return [{ id, value: JSON.stringify(fresh) }, true]
  })
  if (!mine) return false
  const done = eachOf(services, id, fresh, about).catch((error) =>
    services.log.error({ err: error, change }, 'a change of several members was interrupted'),
  )
  await Promise.race([done, after(patience)])
  return true
}

/** What has come of each is said as soon as it has, so that nothing is done that nobody knows of. */
async function eachOf(
  services: Services,
  id: string,
  { change, people }: Several,
  about: Omit<MemberChangeAbout, 'account'>,
): Promise<void> {
  const came: Several['came'] = []
  for (const account of people) {
    came.push((await changeMember(services, change, { ...about, account })) ?? null)
    const value = JSON.stringify({ change, people, came, at: services.clock() } satisfies Several)
    await services.change('settings', id, () => [{ id, value }, undefined])
  }
}

const after = (time: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, time).unref()
  })
