import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { receivePolls, receivePushes } from './receive.ts'
import { discover } from './transmitter.ts'
import { createVerifier, type SecurityEvent } from './verify.ts'

/**
 * `node examples/ssf-receiver/main.ts` starts the demo of Rekey with two receivers of security events registered, one
 * that polls and one that is pushed to, and prints what they hear. With ISSUER, CLIENT_ID, CLIENT_SECRET and DELIVERY
 * (`poll` or `push`) it is one receiver of a Rekey that runs already.
 */
const { ISSUER, CLIENT_ID, CLIENT_SECRET, DELIVERY, PORT = '3100' } = process.env
const stopping = new AbortController()
const stops: (() => unknown)[] = [() => stopping.abort()]

async function receive(issuer: string, client: string, secret: string, delivery: string): Promise<void> {
  const transmitter = await discover(issuer, client, secret)
  const verifier = createVerifier({ issuer, jwksUri: transmitter.jwksUri, audience: client })
  const act = (event: SecurityEvent) => console.log(inWords(delivery, event))
  if (delivery === 'push') {
    const { url, stop } = await receivePushes(transmitter, verifier, act)
    stops.push(stop)
    console.log(`listening for pushes at ${url}`)
  } else {
    console.log('polling')
    receivePolls(transmitter, verifier, act, stopping.signal).catch((error) => {
      if (!stopping.signal.aborted) fail(error)
    })
  }
}

/** A receiver would end sessions or ask for a new sign-in here. */
function inWords(delivery: string, { type, claims, subject, txn }: SecurityEvent): string {
  const who = subject.sub ?? subject.id
  return `${delivery}: ${type.slice(type.lastIndexOf('/') + 1)} ${who} ${JSON.stringify(claims)} txn=${txn ?? '-'}`
}

/** The demo, in a folder of its own, with our two registrations. */
async function startDemo(): Promise<void> {
  const issuer = `http://localhost:${PORT}`
  const folder = await mkdtemp(join(tmpdir(), 'ssf-receiver-'))
  const secret = 'only for this example, and only on this machine'
  const clients = ['poll', 'push'].map((delivery) => ({
    client_id: `receiver-${delivery}`,
    client_secret: secret,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    scope: 'ssf.manage ssf.read',
  }))
  const file = join(folder, 'config.json')
  await writeFile(file, JSON.stringify({ clients }))
  const env = { ...process.env, REKEY_CONFIG: file, REKEY_DATA: join(folder, 'data'), REKEY_PORT: PORT }
  const main = join(import.meta.dirname, '../../standalone/demo.mjs')
  const demo = spawn(process.execPath, [main, '--demo'], { env, stdio: ['ignore', 'inherit', 'inherit'] })
  stops.push(async () => {
    demo.kill()
    await rm(folder, { recursive: true, force: true })
  })
  demo.on('exit', () => process.exit(stopping.signal.aborted ? 0 : 1))
  await until(() => fetch(`${issuer}/healthz`).then(({ ok }) => ok))
  for (const delivery of ['poll', 'push']) await receive(issuer, `receiver-${delivery}`, secret, delivery)
  console.log(`Now reset somebody's authenticator app at http://localhost:${Number(PORT) + 1} and watch.`)
}

async function until(ready: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await ready().catch(() => false)) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error('Rekey did not start')
}

function fail(error: Error): void {
  console.error(error.message)
  process.exitCode = 1
  stop()
}

function stop(): void {
  for (const one of stops.splice(0)) one()
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)

const started =
  ISSUER && CLIENT_ID && CLIENT_SECRET
    ? receive(ISSUER, CLIENT_ID, CLIENT_SECRET, DELIVERY ?? 'poll')
    : startDemo()
started.catch(fail)
