import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { pino } from 'pino'
import { certificateFault } from '../../adapters/certificate-fault.ts'
import { mailFault } from '../../adapters/delivery/smtp/verify.ts'
import type { Store } from '../../adapters/store/store.ts'
import { ConfigError } from '../../options/config-error.ts'
import { openStore } from '../open-store.ts'
import { type ProductConfig, readProductConfig } from '../product-config.ts'
import { lookAtKeys } from '../ring-check.ts'
import { checkBackup } from './check-backup.ts'
import { commandSettings, isJson, onStore } from './command.ts'
import { diagnose } from './diagnosis.ts'
import { answer } from './terminal.ts'

export function checkCommands(program: Command): void {
  program
    .command('check')
    .description('settings, apps, store, mail server, clock, and the way to the issuer; or a backup')
    .argument('[file]', 'a backup to be looked at instead')
    .option('--offline', 'ask nobody: no mail server, no issuer')
    .action((file: string | undefined, { offline }: { offline?: true }, command: Command) =>
      file === undefined ? check(command, offline === true) : checkBackup(command, file),
    )
  program
    .command('doctor')
    .description('what is stuck, and whom nobody could help')
    .action((_options, command: Command) => doctor(command))
}

interface Finding {
  what: string
  ok: boolean
  words: string
}

async function check(command: Command, offline: boolean): Promise<void> {
  const findings: Finding[] = []
  const look = async (what: string, find: () => Promise<string>) => {
    const found = await find().then(
      (words) => ({ what, ok: true, words }),
      (error: Error) => ({ what, ok: false, words: wordsOf(error) }),
    )
    findings.push(found)
    return found.ok
  }
  let config: ProductConfig | undefined
  await look('settings', async () => {
    config = readProductConfig(await commandSettings(command))
    return 'complete, and nothing clashes'
  })
  if (config !== undefined) await lookFurther(config, offline, look)
  const ok = findings.every((one) => one.ok)
  await answer(
    isJson(command),
    { ok, findings },
    findings.map((one) => `${one.ok ? 'ok   ' : 'FAULT'}  ${one.what}: ${one.words}`),
  )
  if (!ok) process.exitCode = 1
}

type Look = (what: string, find: () => Promise<string>) => Promise<boolean>

async function lookFurther(config: ProductConfig, offline: boolean, look: Look): Promise<void> {
  await look('store', () => storeFinding(config))
  if (offline) return
  await look('mail', async () => {
    const fault = await mailFault(config.mail.url)
    if (fault !== undefined) throw new Error(`the server in mail.url ${fault}`)
    return 'the server answers'
  })
  const answered: { date?: string | null } = {}
  const reached = await look('issuer', async () => {
    answered.date = await askIssuer(config.issuer)
    return 'answers with its own name'
  })
  if (reached) await look('clock', async () => clockFinding(answered.date, Date.now()))
}

const wordsOf = (error: Error): string =>
  error instanceof ConfigError ? error.faults.join('\n       ') : error.message

async function storeFinding(config: ProductConfig): Promise<string> {
  if (config.store === 'lmdb' && !existsSync(join(config.data, 'data.mdb')))
    return `none in ${config.data} yet; rekey serve makes one`
  const store = await openStore(config, Date.now)
  try {
    await lookAtKeys(store, config.keys)
    await clientsFinding(config, store)
    return 'opens, the keys fit, and the apps are described as they should be'
  } finally {
    await store.close()
  }
}

async function clientsFinding(config: ProductConfig, store: Store): Promise<void> {
  const { createProvider } = await import('../app.ts')
  const delivery = { send: async () => {}, close: async () => {} }
  const log = pino({ level: 'silent' })
  const { plugin } = await createProvider({ config, store, delivery, clock: Date.now, log })
  await plugin.stop()
}

/** As an app would: by its public address, through the proxy. Returns the time there. */
async function askIssuer(issuer: string): Promise<string | null> {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(10_000),
  }).catch((error: Error) => {
    throw new Error(wordsOfSilence(issuer, error))
  })
  const said = (await response.json().catch(() => ({}))) as { issuer?: string; token_endpoint?: string }
  if (said.issuer !== issuer)
    throw new Error(`what answers at ${issuer} (${response.status}) is something else: look at the proxy`)
  if (!said.token_endpoint?.startsWith(issuer))
    throw new Error(`its endpoints have another address: the proxy must pass Host and X-Forwarded-Proto on`)
  return response.headers.get('date')
}

function wordsOfSilence(issuer: string, error: Error): string {
  const untrusted = certificateFault(error)
  if (untrusted !== undefined) return `what answers at ${issuer} ${untrusted}`
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `nobody knows the name of ${issuer}: look at its DNS entry`
  return `nobody answers at ${issuer}: is it running, and does the proxy lead there?`
}

function clockFinding(date: string | null | undefined, now: number): string {
  const off = date ? Math.round((now - Date.parse(date)) / 1000) : 0
  if (Math.abs(off) > 5) throw new Error(`this machine and the issuer's differ by ${Math.abs(off)} seconds`)
  return 'agrees with the issuer'
}

function doctor(command: Command): Promise<void> {
  return onStore(command, async ({ store, json, config, keysFit }) => {
    await keysFit('look')
    const found = await diagnose(store, config(), Date.now())
    await answer(json, found, [
      `people: ${found.people} (${found.withoutSecondFactor} without a second factor)`,
      `organizations: ${found.organizations}; open cases: ${found.openCases}`,
      `outbox: ${found.outbox.waiting} waiting, ${found.outbox.dead} given up`,
      ...found.problems.map((problem) => `PROBLEM  ${problem}`),
      ...(found.problems.length === 0 ? ['nothing is stuck'] : []),
    ])
    return found.problems.length === 0
  })
}
