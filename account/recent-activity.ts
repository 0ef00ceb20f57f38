import { type Activity, activityOf } from '../rules/activity.ts'
import type { AccountServices } from './services.ts'

/** Lines of recent activity, and how much of the log is read for them. */
const [mostLines, mostEntries] = [20, 200]

/** What happened of late, with the apps called by their names. */
export async function recentActivity(
  { store, provider }: Pick<AccountServices, 'store' | 'provider'>,
  account: string,
): Promise<Activity[]> {
  const page = { limit: mostEntries, backwards: true } as const
  const [all, done] = await Promise.all([
    store.audit.find('subject', account, page),
    store.audit.find('done', account, page),
  ])
  // What was done has an index of its own: nobody can push it out of sight by guessing.
  const entries = new Map([...all, ...done].map((entry) => [entry.id, entry]))
  const newest = [...entries.values()].sort((a, b) => b.sequence - a.sequence)
  const lines = activityOf(newest, mostLines)
  return Promise.all(
    lines.map(async ({ client, ...line }) => {
      const name = client && ((await provider.Client.find(client))?.clientName ?? client)
      return name === undefined ? line : { ...line, client: name }
    }),
  )
}
