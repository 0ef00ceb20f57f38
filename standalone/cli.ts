#!/usr/bin/env node
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { createKeyRing } from '../adapters/secrets/key-ring.ts'
import { createPasswords } from '../adapters/secrets/passwords.ts'
import { StoreFault } from '../adapters/store/port.ts'
import type { Store } from '../adapters/store/store.ts'
import { ConfigError } from '../options.ts'
import { rotateSigningKeys } from '../provider/signing-keys.ts'
import {
  type AuditCommand,
  auditCheckpoint,
  auditExport,
  auditKey,
  auditList,
  auditTail,
  auditVerify,
} from './commands/audit.ts'
import { loadSettings, readConfig } from './config.ts'
import { importPeople } from './import.ts'
import { openStore } from './open-store.ts'
import { signingOf } from './signing.ts'

/** `npx rekey …`: what an operator does beside running the server. Reads the same settings as main.ts. */
const usage = `rekey audit verify [file…]  checks the audit log, and against signed checkpoints in files (docs/audit.md)
rekey audit checkpoint      signs how far it has come, and prints that
rekey audit key             prints the key that checkpoints are checked with
rekey audit list [person]   lists it; export: as JSON lines; tail: as it is written
rekey outbox [dead]         lists messages that wait, or that were given up
rekey outbox retry <id>     tries a message again that was given up
rekey keys rotate           makes new signing keys; restart every process to use them
rekey import <file.json>    adds organizations and people (docs/operating.md)
`

/** With what the verbs of the audit log need beside the store. */
const ofAudit =
  (verb: (store: Store, command: AuditCommand, ...args: string[]) => Promise<boolean>) =>
  async (store: Store, ...args: string[]): Promise<boolean> => {
    const { keys, issuer } = readConfig(await loadSettings(process.env))
    return verb(store, { ring: createKeyRing(keys), issuer, print }, ...args)
  }

const commands: { [command: string]: (store: Store, ...args: string[]) => Promise<boolean> } = {
  'audit verify': ofAudit(auditVerify),
  'audit checkpoint': ofAudit(auditCheckpoint),
  'audit key': ofAudit(auditKey),
  'audit list': ofAudit(auditList),
  'audit export': ofAudit(auditExport),
  'audit tail': ofAudit((store, command) => auditTail(store, command)),
  outbox: (store) => listOutbox(store, 'queued'),
  'outbox dead': (store) => listOutbox(store, 'dead'),
  'outbox retry': retry,
  'keys rotate': rotateKeys,
  import: importFile,
}

async function listOutbox(store: Store, state: 'queued' | 'dead'): Promise<boolean> {
  for (let page = await store.outbox.find('state', state, { limit: 100 }); page.length > 0; ) {
    for (const { id, recipient, tries, createdAt, lastError = '' } of page) {
      print([new Date(createdAt).toISOString(), id, recipient, `${tries} tries`, lastError].join('  '))
    }
    page = await store.outbox.find('state', state, { limit: 100, after: page.at(-1)! })
  }
  return true
}

async function retry(store: Store, id = ''): Promise<boolean> {
  const found = await store.outbox.update(id, (current) => {
    if (current?.state !== 'dead') return [current, false]
    const revived = {
      ...current,
      state: 'queued' as const,
      due: 'yes' as const,
      queue: current.recipient,
      tries: 0,
    }
    return [{ ...revived, nextAt: Date.now() }, true]
  })
  print(found ? 'will be tried again' : `no message ${id} was given up`)
  return found
}

async function rotateKeys(store: Store): Promise<boolean> {
  const config = readConfig(await loadSettings(process.env))
  const ring = createKeyRing(config.keys)
  await rotateSigningKeys({ store, ring, clock: Date.now, ...signingOf(config) })
  print(`new signing keys are published, and sign in ${config.signing.publishHours} hours`)
  return true
}

async function importFile(store: Store, file = ''): Promise<boolean> {
  const input: unknown = JSON.parse(await readFile(file, 'utf8'))
  const { organizations, people, skipped } = await importPeople(store, createPasswords(), input, Date.now())
  print(`${organizations} organizations, ${people} people`)
  for (const email of skipped) print(`skipped, as the address is taken: ${email}`)
  return true
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

async function run(): Promise<boolean> {
  const { positionals } = parseArgs({ allowPositionals: true })
  const named = Object.keys(commands).filter((name) => positionals.join(' ').startsWith(name))
  const command = named.sort((a, b) => b.length - a.length)[0]
  if (command === undefined) {
    process.stderr.write(usage)
    return false
  }
  const settings = await loadSettings(process.env)
  const store = await openStore(
    { store: String(settings.store ?? 'lmdb'), data: String(settings.data ?? './data') },
    Date.now,
  )
  try {
    return await commands[command]!(store, ...positionals.slice(command.split(' ').length))
  } finally {
    await store.close()
  }
}

try {
  process.exitCode = (await run()) ? 0 : 1
} catch (error) {
  const { name, message } = error as Error
  process.stderr.write(
    `${error instanceof ConfigError || error instanceof StoreFault ? message : `${name}: ${message}`}\n`,
  )
  process.exitCode = 1
}
