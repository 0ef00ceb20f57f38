import type { WriteServices } from '../effects/services.ts'
import { mostApprovers } from '../rules/approvers.ts'

type Looking = Pick<WriteServices, 'accounts'> & { store: Pick<WriteServices['store'], 'protections'> }

/** The agents of the operator's support who can decide about someone: themselves never. */
export async function agentsFor(services: Looking, subject: string): Promise<string[]> {
  return agentsAmong(await activeAgents(services), subject)
}

/** The agents of the operator's support who can sign in: as many as are asked about anybody. */
export async function activeAgents({ store, accounts }: Looking): Promise<string[]> {
  const found = await store.protections.find('agents', 'support', { limit: mostApprovers * 2 })
  const people = await Promise.all(found.map(({ id }) => accounts.get(id)))
  return people
    .filter((one) => one !== undefined)
    .filter(({ status, supportAgent }) => status === 'active' && supportAgent)
    .map(({ id }) => id)
}

/** Of the agents those who are asked about someone: themselves never. */
export const agentsAmong = (agents: readonly string[], subject: string): string[] =>
  agents.filter((id) => id !== subject).slice(0, mostApprovers)

/**
 * Says at the start that some people could not be helped: whoever has no other super admin, and no photo ID that proves
 * more than a name, needs the support, and there is nobody.
 */
export async function warnWhereNobodyDecides(
  services: Looking,
  log: { warn(about: object, message: string): void },
): Promise<void> {
  if ((await agentsFor(services, '')).length > 0) return
  const cure = 'make someone a support agent, or decide by the command `rekey case`'
  log.warn(
    { cure },
    'nobody is at the support desk: people without another super admin have no way to a reset',
  )
}
