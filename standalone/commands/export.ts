import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import type { Command } from 'commander'
import type { KeyRing } from '../../adapters/secrets/key-ring.ts'
import { totpUri } from '../../adapters/secrets/totp.ts'
import type { Store } from '../../adapters/store/store.ts'
import type { Account } from '../../rules/account.ts'
import type { OwnPerson } from '../../rules/own-person.ts'
import { importedMark } from '../../rules/password-hash.ts'
import { ExplainedRefusal } from '../explained-refusal.ts'
import { exportedPasskey } from '../import/passkeys.ts'
import { accountsOf } from './accounts.ts'
import { onStore } from './command.ts'
import { everyDocument } from './every.ts'
import { createProgress, write } from './terminal.ts'

export function exportCommand(program: Command): void {
  program
    .command('export')
    .description(
      'organizations and people as `rekey import` takes them, one JSON object a line; it holds secrets',
    )
    .option('--out <file>', 'a file that only this user may read, instead of standard output')
    .action(({ out }: { out?: string }, command: Command) =>
      onStore(command, async ({ store, ring }) => {
        const progress = createProgress('people')
        const target = out === undefined ? standardOutput : await fileOutput(out)
        let count = 0
        for await (const entry of entries(store, ring())) {
          await target.write(`${JSON.stringify(entry)}\n`)
          count += 1
          progress.at(count)
        }
        await target.end()
        progress.end()
        return true
      }),
    )
}

interface Target {
  write(text: string): Promise<void>
  end(): Promise<void>
}

const standardOutput: Target = { write, end: async () => {} }

async function fileOutput(path: string): Promise<Target> {
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 })
  await once(file, 'open').catch(({ code }: NodeJS.ErrnoException) => {
    throw new ExplainedRefusal(
      code === 'EEXIST' ? `${path} is there already` : `${path} can't be written (${code})`,
    )
  })
  return {
    write: async (text) => {
      if (!file.write(text)) await once(file, 'drain')
    },
    end: async () => {
      file.end()
      await once(file, 'close')
    },
  }
}

async function* entries(store: Store, ring: KeyRing) {
  for await (const { id, name, policy } of everyDocument(store.organizations))
    yield { type: 'organization', id, name, policy }
  const accounts = accountsOf(store)
  for await (const kept of everyDocument(store.people)) {
    const account = await accounts.get(kept.id)
    if (account !== undefined) yield await personOf(store, ring, account, kept)
  }
}

const dated = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : new Date(at).toISOString()

/** Backup codes stay here, as only what they hash to is known; and authenticators of ours, whose keys answer this address. */
async function personOf({ memberships }: Store, ring: KeyRing, account: Account, kept: OwnPerson) {
  const { id, email, name, givenName, familyName, birthDate, locale, status, phone } = account
  const own = account.addresses.map(({ address }) => address)
  const belongs = await memberships.find('account', id)
  const totp = account.factors.flatMap((factor) =>
    factor.kind === 'totp' ? [totpUri('Rekey', email, ring.open(factor.secret, factor.id))] : [],
  )
  const passkeys = account.factors.flatMap((one) => (one.kind === 'passkey' ? [exportedPasskey(one)] : []))
  const numbers = (kind: 'sms' | 'voice') => {
    const found = account.factors.flatMap((one) => (one.kind === kind ? [one.number] : []))
    return found.length === 0 ? undefined : found
  }
  return {
    type: 'person',
    id,
    externalId: kept.externalId,
    email,
    emailVerified: own.includes(email),
    name,
    givenName,
    familyName,
    birthDate,
    locale,
    status,
    createdAt: dated(kept.createdAt),
    lastSignInAt: dated(account.lastSignInAt),
    passwordHash: kept.passwordHash.replace(importedMark, ''),
    totp: totp.length === 0 ? undefined : totp,
    passkeys: passkeys.length === 0 ? undefined : passkeys,
    texts: numbers('sms'),
    calls: numbers('voice'),
    phone,
    noticeAddresses: own.filter((address) => address !== email),
    memberships: belongs.map(({ organization, role, since }) => ({
      organization,
      role,
      since: dated(since),
    })),
    supportAgent: account.supportAgent,
    operator: account.operator,
  }
}
