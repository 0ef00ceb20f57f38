import { randomUUID } from 'node:crypto'
import { activeSuperAdmins } from '../effects/super-admins.ts'
import type { RecoveryServices } from '../recovery/services.ts'
import { mostApprovers } from '../rules/approvers.ts'
import { answerDrill, beginDrill, type DrillBegun } from '../rules/drill.ts'
import type { Organization } from '../rules/organization.ts'

type Drilling = Pick<RecoveryServices, 'store' | 'accounts' | 'change' | 'clock'>

/** Sends the mails of a request as a test, to those who would be asked; whoever answers is timed. */
export async function startDrill(
  services: Drilling,
  organization: string,
  by: { id: string; name: string },
): Promise<DrillBegun> {
  const asked: string[] = []
  for await (const { account } of activeSuperAdmins(services, organization)) {
    if (account !== by.id) asked.push(account)
    if (asked.length === mostApprovers) break
  }
  const about = { id: `drill:${randomUUID()}`, by: by.id, byName: by.name, asked, at: services.clock() }
  return services.change('organizations', organization, (current): [Organization | undefined, DrillBegun] =>
    current === undefined ? [current, { ok: false, reason: 'nobody' }] : beginDrill(current, about),
  )
}

/** One of those who were asked has found the page. False where they weren't, or have already. */
export function answerOfDrill(
  { change, clock }: Drilling,
  organization: string,
  by: string,
): Promise<boolean> {
  const now = clock()
  return change('organizations', organization, (current) =>
    current === undefined ? [current, false] : answerDrill(current, by, now),
  )
}
