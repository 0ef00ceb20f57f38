import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { createConnection } from 'mongoose'
import { rotateSigningKeys } from '../../../provider/signing-keys.ts'
import { Browser } from '../../support/browser.ts'
import { type Person, startRekey } from '../../support/rekey.ts'
import { lmdb } from '../../support/stores.ts'
import { type Visit, visit } from './person.ts'
import { type Plan, plansFor } from './plans.ts'
import { type Module, Suite } from './suite.ts'
import { newCertificate, serveTls } from './tls.ts'

/** One module, as the report has it. */
interface Row {
  plan: string
  module: string
  result: string
  /** What it complained of, and what the person saw where one has to look. */
  said: string[]
}

const { SUITE_JAR, JAVA = 'java', MONGODB_URI = 'mongodb://127.0.0.1:27017', REPORT } = process.env
const database = `${MONGODB_URI.replace(/\/$/, '')}/conformance_suite`
const [issuer, suiteUrl] = ['https://localhost:9443', 'https://localhost:8443']
const [rekeyPort, suitePort] = [9080, 8080]

async function main(): Promise<void> {
  await makeCollections()
  const java = startSuite()
  const suite = new Suite(suiteUrl)
  const { plans, settings, clients } = await plansFor(issuer, suiteUrl)
  const { store, dispose } = await lmdb.open()
  const rekey = await startRekey(store, { issuer, port: rekeyPort, config: settings, clients, level: 'info' })
  const person = await rekey.person({ bare: true, name: 'Mina Sato', locale: 'en' })
  await store.people.update(person.id, (current) => [
    { ...current!, givenName: 'Mina', familyName: 'Sato' },
    undefined,
  ])
  const rollKeys = async () => {
    const { ring } = rekey.app.services
    await rotateSigningKeys({ store, ring, clock: rekey.now, algorithms: ['RS256', 'ES256'] })
    // Every process looks once a minute.
    await wait(61_000)
    await rekey.work()
  }
  const rows: Row[] = []
  try {
    await suite.ready()
    const wanted = process.argv.slice(2)
    for (const plan of plans.filter(
      ({ name }) => wanted.length === 0 || wanted.some((one) => name.includes(one)),
    ))
      rows.push(...(await runPlan(suite, plan, { person, rollKeys })))
  } finally {
    if (REPORT !== undefined) writeFileSync(REPORT, JSON.stringify({ rows, log: rekey.logged }, null, 1))
    java?.kill()
    await rekey.stop()
    await dispose()
  }
  print(rows)
  process.exitCode = rows.some(({ result }) => result === 'FAILED' || result === 'INTERRUPTED') ? 1 : 0
}

/** The suite asks for the indexes of collections that aren't there yet, which not every compatible server answers. */
async function makeCollections(): Promise<void> {
  const connection = await createConnection(database).asPromise()
  const known = (await connection.listCollections()).map(({ name }) => name)
  for (const name of ['TEST_INFO', 'TEST_PLAN', 'TEST_CONFIG', 'EVENT_LOG', 'API_TOKEN', 'FAVORITE_PLAN'])
    if (!known.includes(name)) await connection.createCollection(name)
  await connection.close()
}

function startSuite(): ChildProcess | undefined {
  if (SUITE_JAR === undefined) return undefined
  return spawn(
    JAVA,
    [
      '-Xmx2g',
      '-jar',
      SUITE_JAR,
      '--spring.profiles.active=dev',
      `--server.port=${suitePort}`,
      `--spring.mongodb.uri=${database}`,
      `--fintechlabs.base_url=${suiteUrl}`,
      `--fintechlabs.base_mtls_url=${suiteUrl}`,
      '--openid.mongodb.targetFeatureCompatibilityVersion=',
    ],
    { stdio: ['ignore', process.env.SUITE_LOG === undefined ? 'ignore' : 'inherit', 'inherit'] },
  )
}

/** Whoever does what the suite asks a human for. */
interface Human {
  person: Person
  rollKeys(): Promise<void>
}

async function runPlan(suite: Suite, plan: Plan, human: Human): Promise<Row[]> {
  const { id, modules } = await suite.plan(plan.name, plan.variant, plan.config)
  const rows: Row[] = []
  for (const module of modules) {
    const row = await runModule(suite, plan, id, module, human)
    rows.push(row)
    process.stdout.write(
      `${row.result.padEnd(12)} ${row.module}\n${row.said.map((one) => `    ${one}\n`).join('')}`,
    )
  }
  return rows
}

/** Seconds. */
const longest = 240

async function runModule(suite: Suite, plan: Plan, of: string, module: Module, human: Human): Promise<Row> {
  const { id } = await suite.create(of, module)
  const browser = new Browser()
  const seen: Visit[] = []
  const how = { refuses: module.testModule.includes('user-rejects'), suite: suiteUrl }
  const until = Date.now() + longest * 1_000
  let outcome = await suite.info(id)
  while (!['FINISHED', 'INTERRUPTED'].includes(outcome.status) && Date.now() < until) {
    if (outcome.status === 'CONFIGURED') {
      // "Before pressing the 'Start' button, please trigger a key rotation."
      if (module.testModule.includes('rotate-keys')) await human.rollKeys()
      await suite.start(id)
    }
    if (outcome.status === 'WAITING') {
      for (const { url, method } of await suite.toVisit(id)) {
        await suite.visited(id, url)
        // "This must not be attempted until the second visit."
        if (module.testModule.includes('prior-to-auth-completion') && seen.length === 0) {
          await browser.open(url)
          seen.push({ url, heading: browser.heading })
          continue
        }
        seen.push(await visit(browser, human.person, url, { ...how, method }))
      }
      await showWhatWasSeen(suite, id)
    }
    await wait(500)
    outcome = await suite.info(id)
  }
  if (outcome.status === 'WAITING') await suite.stop(id)
  const log = await suite.log(id)
  const complaints = log
    .filter(({ result }) => result === 'FAILURE' || result === 'WARNING')
    .map(({ result, src, msg, requirements = [] }) => `${result} ${src} ${requirements.join(' ')}: ${msg}`)
  const looked =
    outcome.result === 'REVIEW' ? seen.map(({ heading, url }) => `saw "${heading}" at ${url}`) : []
  const said = [...complaints, ...looked]
  return { plan: plan.name, module: module.testModule, result: outcome.result ?? outcome.status, said }
}

/** A single white pixel: what was really seen stands in the report. */
const picture =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='

async function showWhatWasSeen(suite: Suite, id: string): Promise<void> {
  for (const { upload } of await suite.log(id))
    if (upload !== undefined) await suite.upload(id, upload, picture).catch(() => {})
}

function print(rows: Row[]): void {
  for (const [plan, of] of Map.groupBy(rows, (row) => row.plan)) {
    const count = (result: string) => of.filter((row) => row.result === result).length
    process.stdout.write(
      `${plan}: ${count('PASSED')} passed, ${count('WARNING')} warned, ${count('REVIEW')} to look at, ${count('SKIPPED')} skipped, ${of.length - count('PASSED') - count('WARNING') - count('REVIEW') - count('SKIPPED')} failed\n`,
    )
  }
}

/** A run of this very file that trusts the certificate, as trust is decided when a process starts. */
if (process.env.CONFORMANCE_CERTIFICATE === undefined) {
  const certificate = newCertificate()
  const servers = [serveTls(certificate, 9443, rekeyPort), serveTls(certificate, 8443, suitePort)]
  const again = spawn(process.execPath, [import.meta.filename, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_EXTRA_CA_CERTS: certificate.path,
      CONFORMANCE_CERTIFICATE: certificate.path,
    },
  })
  again.on('exit', (code) => {
    for (const server of servers) {
      server.close()
      server.closeAllConnections()
    }
    process.exitCode = code ?? 1
  })
} else await main()
