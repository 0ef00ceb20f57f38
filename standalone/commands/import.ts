import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { createPasswords } from '../../adapters/secrets/passwords.ts'
import { ExplainedRefusal } from '../explained-refusal.ts'
import { checkImport, type ImportFault } from '../import/check.ts'
import { type FirebaseHashing, readHashing } from '../import/firebase.ts'
import { contentOf } from '../import/records.ts'
import { type Given, givenBy, type Source, sources } from '../import/sources.ts'
import { decoded } from '../import/text.ts'
import { atOnceOn, writeImport } from '../import/write.ts'
import { type Context, onStore } from './command.ts'
import { answer, createProgress } from './terminal.ts'

interface Options {
  from?: Source
  encoding?: string
  firebaseHash?: string
  dryRun?: true
}

export function importCommand(program: Command): void {
  program
    .command('import')
    .argument('<file>', 'JSON, one JSON object a line, CSV, or the export of another system (docs/import.md)')
    .description('add organizations and people; what is here already stays as it is')
    .addOption(
      new Option('--from <system>', 'whose export it is, where that is not seen').choices([...sources]),
    )
    .option('--encoding <name>', 'where it is neither UTF-8 nor UTF-16: shift_jis, windows-1252 …')
    .option('--firebase-hash <file>', "the project's password hash parameters, as its console shows them")
    .option('--dry-run', 'check everything, and write nothing')
    .action((file: string, options: Options, command: Command) =>
      onStore(command, (context) => importFile(context, file, options), { makes: options.dryRun !== true }),
    )
}

async function importFile(context: Context, file: string, options: Options): Promise<boolean> {
  const { given, digest } = await givenIn(file, options)
  await context.keysFit('look')
  const { plan, faults } = await checkImport(context.store, given)
  if (faults.length > 0) throw new ExplainedRefusal(wordsFor(file, faults))
  // Said before anything is written.
  if (plan.takesSettings) context.config()
  const counts = { organizations: plan.organizations.length, skipped: plan.skipped, leftOut: given.leftOut }
  if (options.dryRun) {
    await answer(context.json, { dryRun: true, people: plan.count, ...counts }, [
      `nothing is wrong with it, and nothing was written: ${plan.organizations.length} organizations, ${plan.count} people`,
      ...said(plan.skipped, given),
    ])
    return true
  }
  await context.keysFit('claim')
  const progress = createProgress('people')
  const people = await writeImport(
    {
      store: context.store,
      atOnce: context.place.store === 'lmdb' ? atOnceOn.embedded : atOnceOn.server,
      passwords: createPasswords(Number.POSITIVE_INFINITY),
      ring: context.ring,
      keepRemovedDays: () => context.config().keepRemovedDays,
      now: Date.now(),
      digest,
      progress: progress.at,
    },
    plan,
  )
  progress.end()
  await answer(context.json, { people, ...counts }, [
    `${plan.organizations.length} organizations, ${people} people`,
    ...said(plan.skipped, given),
  ])
  return true
}

const most = 20

function said(skipped: string[], { leftOut }: Given): string[] {
  const lines = [
    ...skipped.map((email) => `skipped, as the address is taken: ${email}`),
    ...leftOut.map(({ line, why }) => `left out, line ${line}: ${why}`),
  ]
  return lines.length <= most
    ? lines
    : [...lines.slice(0, most), `and ${lines.length - most} more (--json has all)`]
}

function wordsFor(file: string, faults: ImportFault[]): string {
  const lines = faults
    .slice(0, most)
    .map(({ line, address, words }) => `  line ${line}${address ? ` (${address})` : ''}: ${words}`)
  const more = faults.length > most ? [`  and ${faults.length - most} more`] : []
  return [`nothing was imported: ${file} has ${faults.length} faults`, ...lines, ...more].join('\n')
}

async function bytesOf(file: string): Promise<Buffer> {
  return readFile(file).catch(({ code }: NodeJS.ErrnoException) => {
    throw new ExplainedRefusal(`${file} can't be read (${code})`)
  })
}

/** Of the file its text is held, once. */
async function givenIn(file: string, options: Options): Promise<{ given: Given; digest: string }> {
  const hashing = options.firebaseHash === undefined ? undefined : await hashingIn(options.firebaseHash)
  const bytes = await bytesOf(file)
  const digest = createHash('sha256').update(bytes).digest('base64url')
  return { given: givenBy(contentOf(decoded(bytes, options.encoding), file), options.from, hashing), digest }
}

async function hashingIn(file: string): Promise<FirebaseHashing> {
  const read = readHashing((await bytesOf(file)).toString('utf8'))
  if (read === undefined) throw new ExplainedRefusal(`${file} has no base64_signer_key, rounds and mem_cost`)
  return read
}
