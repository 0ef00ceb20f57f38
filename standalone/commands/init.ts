import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import type { Command } from 'commander'
import { createKeyRing, type KeyRing } from '../../adapters/secrets/key-ring.ts'
import { createPasswords } from '../../adapters/secrets/passwords.ts'
import type { Store } from '../../adapters/store/store.ts'
import { ExplainedRefusal } from '../explained-refusal.ts'
import { checkImport } from '../import/check.ts'
import type { Given } from '../import/sources.ts'
import { writeImport } from '../import/write.ts'
import { openStore } from '../open-store.ts'
import { type ProductConfig, readProductConfig } from '../product-config.ts'
import { claimKeys, lookAtKeys } from '../ring-check.ts'
import { isJson } from './command.ts'
import { answer } from './terminal.ts'

/** What has to be known, in the order in which it is asked. */
const questions = {
  issuer: 'The public address, for example https://id.example.com',
  brand: 'The name that people see',
  mail: 'The mail server, for example smtps://user:password@mail.example.com',
  from: 'The sender of mails, for example Example <id@example.com>',
  organization: 'The first organization',
  adminName: 'The name of its first super admin',
  adminEmail: 'Their e-mail address',
}

interface Answers extends Record<keyof typeof questions, string> {}

const optionOf = (question: string): string =>
  question.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

export function initCommand(program: Command): void {
  const init = program
    .command('init')
    .description('ask what is needed, and write settings with fresh keys and a first super admin')
    .option('--out <file>', 'where the settings go', 'rekey.json')
  for (const [question, words] of Object.entries(questions))
    init.option(`--${optionOf(question)} <text>`, words)
  init.action((options: Partial<Answers> & { out: string }, command: Command) => run(command, options))
}

async function run(command: Command, options: Partial<Answers> & { out: string }): Promise<void> {
  const out = resolve(command.optsWithGlobals().config ?? options.out)
  if (existsSync(out)) throw new ExplainedRefusal(`${out} is there already: name another file with --out`)
  const answers = await ask(options)
  const data = resolve(command.optsWithGlobals().data ?? process.env.REKEY_DATA ?? './data')
  const settings = settingsFor(answers, data)
  const config = readProductConfig(settings)
  const invited = invitation(answers)
  const store = await openStore(config, Date.now)
  try {
    await refuseOthersStore(store, config)
    await invite(store, createKeyRing(config.keys), invited)
    // After the store, so that nothing half made is left to be found. The keys in it open everything.
    await writeFile(out, `${JSON.stringify(settings, undefined, 2)}\n`, { flag: 'wx', mode: 0o600 })
    await claimKeys(store, config)
  } finally {
    await store.close()
  }
  await answer(
    isJson(command),
    { config: out, data, issuer: config.issuer },
    next(answers, out, config.issuer),
  )
}

/** Fresh keys open nothing that was sealed before. */
async function refuseOthersStore(store: Store, { keys, data }: ProductConfig): Promise<void> {
  await lookAtKeys(store, keys).catch(() => {
    throw new ExplainedRefusal(
      `the store in ${data} has keys already: name another folder with --data, or go on with its own settings`,
    )
  })
}

async function invite(store: Store, ring: KeyRing, { organizations, people }: ReturnType<typeof invitation>) {
  const records = (values: object[]) => values.map((value) => ({ at: { line: 1 }, value: { ...value } }))
  const given: Given = {
    source: 'rekey',
    organizations: records(organizations),
    people: records(people),
    leftOut: [],
  } as const
  const { plan, faults } = await checkImport(store, given)
  if (faults.length > 0) throw new ExplainedRefusal(faults.map(({ words }) => words).join('\n'))
  const digest = randomBytes(16).toString('hex')
  const passwords = createPasswords()
  await writeImport(
    {
      store,
      passwords,
      ring: () => ring,
      now: Date.now(),
      digest,
      keepRemovedDays: () => 90,
      progress: () => {},
    },
    plan,
  )
}

async function ask(given: Partial<Answers>): Promise<Answers> {
  const missing = (Object.keys(questions) as (keyof Answers)[]).filter((one) => given[one] === undefined)
  if (missing.length > 0 && !process.stdin.isTTY)
    throw new ExplainedRefusal(
      `nobody is there to ask: also say ${missing.map((one) => `--${optionOf(one)}`).join(' ')}`,
    )
  const answers: Partial<Answers> = { ...given }
  if (missing.length === 0) return answers as Answers
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    for (const question of missing) {
      do answers[question] = (await terminal.question(`${questions[question]}: `)).trim()
      while (answers[question] === '')
    }
  } finally {
    terminal.close()
  }
  return answers as Answers
}

function settingsFor({ issuer, brand, mail, from }: Answers, data: string) {
  return {
    issuer,
    brand,
    data,
    trustProxy: issuer.startsWith('https:') ? 1 : undefined,
    keys: [{ id: new Date().toISOString().slice(0, 7), key: randomBytes(32).toString('base64url') }],
    mail: { url: mail, from },
    clients: [],
  }
}

/** Nobody knows a password yet: the first one is set with a code that is mailed. */
function invitation({ organization, adminName, adminEmail }: Answers) {
  const id =
    organization
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[^\w]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'first'
  return {
    organizations: [{ id: id.slice(0, 60), name: organization }],
    people: [
      {
        name: adminName,
        email: adminEmail,
        memberships: [{ organization: id.slice(0, 60), role: 'super_admin' }],
      },
    ],
  }
}

const next = ({ adminEmail }: Answers, out: string, issuer: string): string[] => [
  `Settings are in ${out}, with fresh keys: keep a copy where the store's backups are not.`,
  `1. rekey check --config ${out}`,
  `2. rekey serve --config ${out}`,
  `3. ${adminEmail} opens ${issuer}/security, chooses "Forgot your password?", and sets the first password with the mailed code.`,
]
