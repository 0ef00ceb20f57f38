import type { CaughtMessage } from '../../adapters/delivery/delivery.ts'
import { findAll } from '../../adapters/store/find-all.ts'
import type { Store } from '../../adapters/store/store.ts'

/** Everything that was caught, oldest first. */
export async function readInbox({ inbox }: Store): Promise<CaughtMessage[]> {
  const caught = await findAll(inbox, 'all', 'all')
  return caught.map(({ message }) => JSON.parse(message))
}
