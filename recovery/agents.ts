import type { Store } from '../adapters/store/store.ts'
import { mostApprovers } from '../rules/approvers.ts'

/** The agents of the operator's support who can decide about someone: themselves never. */
export async function agentsFor({ accounts }: Pick<Store, 'accounts'>, subject: string): Promise<string[]> {
  const found = await accounts.find('agents', 'support', { limit: mostApprovers * 2 })
  return found
    .filter(({ id, status, supportAgent }) => id !== subject && status === 'active' && supportAgent)
    .slice(0, mostApprovers)
    .map(({ id }) => id)
}

/**
 * Says at the start that some people could not be helped: whoever has no other super admin, and no photo ID that proves
 * more than a name, needs the support, and there is nobody.
 */
export async function warnWhereNobodyDecides(
  store: Pick<Store, 'accounts'>,
  log: { warn(about: object, message: string): void },
): Promise<void> {
  if ((await agentsFor(store, '')).length > 0) return
  const cure = 'make someone a support agent, or decide by the command `rekey case`'
  log.warn(
    { cure },
    'nobody is at the support desk: people without another super admin have no way to a reset',
  )
}
