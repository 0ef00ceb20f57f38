import { readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { auditKeys } from '../../adapters/secrets/audit-keys.ts'
import type { KeyRing } from '../../adapters/secrets/key-ring.ts'
import type { Store } from '../../adapters/store/store.ts'
import { every } from '../../effects/audit-chains.ts'
import { makeCheckpoint } from '../../effects/audit-checkpoints.ts'
import type { AuditFault } from '../../effects/audit-verify.ts'
import { verifyLog } from '../../effects/open-audit.ts'
import type { AuditEntry } from '../../rules/audit/chain.ts'
import { notesIn, verifierKey } from '../../rules/audit/note.ts'

export interface AuditCommand {
  ring: KeyRing
  issuer: string
  print(line: string): void
}

/** Checks the whole log, also against the signed checkpoints in the files given. False when it isn't as it was written. */
export async function auditVerify(
  store: Store,
  { ring, issuer, print }: AuditCommand,
  ...files: string[]
): Promise<boolean> {
  const given = (await Promise.all(files.map(notesOf))).flat()
  const { entries, chains, checkpoints, tooOld, fault } = await verifyLog(
    { store, ring, config: { issuer } },
    given,
  )
  if (fault !== undefined) {
    print(`FAULT: ${wordsFor(fault)}. ${entries} entries before it are sound.`)
    return false
  }
  print(`ok: ${entries} entries in ${chains} chains, ${checkpoints} checkpoints`)
  if (given.length > 0)
    print(`ok: goes on from ${given.length - tooOld} of ${given.length} checkpoints given`)
  if (tooOld > 0) print(`${tooOld} of them are older than what is kept, so nothing can be said of these`)
  return true
}

async function notesOf(file: string): Promise<string[]> {
  const notes = notesIn(await readFile(file, 'utf8'))
  if (notes.length === 0) throw new Error(`no signed checkpoint in ${file}`)
  return notes
}

function wordsFor(fault: AuditFault): string {
  if ('chain' in fault) {
    const what = {
      changed: 'is not what was written',
      missing: 'is missing',
      unchained: 'does not follow from the one before',
    }
    return `entry ${fault.place} of chain ${fault.chain} ${what[fault.fault]}`
  }
  const what = {
    unsigned: 'was not signed by this installation',
    cut: 'has seen more than there is: the end was cut off',
    rewritten: 'has seen something else: the log was rewritten',
  }
  return `checkpoint ${fault.given + 1} of those given ${what[fault.fault]}`
}

/** Signs how far the log has come, and prints it. */
export async function auditCheckpoint(store: Store, { ring, issuer, print }: AuditCommand): Promise<boolean> {
  const made = await makeCheckpoint(store, await auditKeys(store, ring, issuer), Date.now())
  print(made === undefined ? 'nothing was written since the last checkpoint' : made.note.trimEnd())
  return true
}

/** What others check checkpoints with, as C2SP signed-note has it. */
export async function auditKey(store: Store, { ring, issuer, print }: AuditCommand): Promise<boolean> {
  print(verifierKey((await auditKeys(store, ring, issuer)).signer))
  return true
}

/** The log in its order, or that of one person, as a line each. */
export async function auditList(store: Store, { print }: AuditCommand, subject?: string): Promise<boolean> {
  for await (const entry of entriesOf(store, subject)) print(lineOf(entry))
  return true
}

/** The same as JSON, one entry a line, as it is stored. */
export async function auditExport(store: Store, { print }: AuditCommand, subject?: string): Promise<boolean> {
  for await (const entry of entriesOf(store, subject)) print(JSON.stringify(entry))
  return true
}

/** Prints entries as they are written, from now on until the process is stopped. */
export async function auditTail(
  store: Store,
  { print }: AuditCommand,
  stopped?: AbortSignal,
): Promise<boolean> {
  let [last] = await store.audit.find('log', 'all', { limit: 1, backwards: true })
  while (stopped?.aborted !== true) {
    const fresh = await store.audit.find('log', 'all', { limit: 500, after: last })
    for (const entry of fresh) print(lineOf(entry))
    last = fresh.at(-1) ?? last
    if (fresh.length === 0) await setTimeout(1_000, undefined, { signal: stopped }).catch(() => {})
  }
  return true
}

function entriesOf(store: Store, subject: string | undefined): AsyncGenerator<AuditEntry> {
  return subject === undefined ? every(store.audit, 'log', 'all') : every(store.audit, 'subject', subject)
}

function lineOf({ at, event, times = 1, subject, actor, case: about, detail }: AuditEntry): string {
  const said = [event, times > 1 ? `×${times}` : undefined, subject && `subject=${subject}`]
  const more = [actor && `actor=${actor}`, about && `case=${about}`, JSON.stringify(detail)]
  return [new Date(at).toISOString(), ...said, ...more].filter(Boolean).join('  ')
}
