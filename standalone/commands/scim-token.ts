import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import { randomToken, tokenHash } from '../../adapters/secrets/key-ring.ts'
import type { Organization } from '../../rules/organization.ts'
import { scimTokenPrefix, withoutScimToken, withScimToken } from '../../rules/scim-token.ts'
import { ExplainedRefusal } from '../explained-refusal.ts'
import { operator } from '../operator.ts'
import { onStore } from './command.ts'
import { answer, described, moment } from './terminal.ts'

interface Asked {
  make?: true
  revoke?: true
}

/** The token with which a directory provisions by SCIM. */
export function scimTokenCommands(org: Command): void {
  org
    .command('scim-token')
    .argument('<id>')
    .option('--make', 'make one, told here and never again; the one before is good for nothing')
    .option('--revoke', 'leave the directory without one')
    .description('the lasting token of its directory: since when there is one, and when it was last used')
    .action((id: string, options: Asked, command: Command) => scimToken(command, id, options))
}

function scimToken(command: Command, id: string, { make, revoke }: Asked): Promise<void> {
  return onStore(command, async ({ store, json }) => {
    const about = { id: `operator:${randomUUID()}`, by: operator, at: Date.now() }
    const token = scimTokenPrefix + randomToken()
    const found = await store.organizations.update(
      id,
      (current): [Organization | undefined, Organization | undefined] => {
        const next =
          current &&
          (make
            ? withScimToken(current, tokenHash(token), about)
            : revoke
              ? withoutScimToken(current, about)
              : current)
        return [next, next]
      },
    )
    if (found === undefined) throw new ExplainedRefusal(`there is no organization ${id}`)
    const shown = { organization: id, ...shownToken(found), token: make ? token : undefined }
    await answer(json, shown, described(shown))
    return true
  })
}

const shownToken = ({ scimToken: one }: Organization) =>
  one === undefined
    ? { there: false }
    : {
        ...{ there: true, madeAt: moment(one.at), by: one.by },
        lastUsedAt: one.usedAt === undefined ? undefined : moment(one.usedAt),
      }
