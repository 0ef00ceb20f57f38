import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Pool } from 'undici'
import { totpCode } from '../adapters/secrets/totp.ts'
import { median, quantile } from './measure.ts'
import { password } from './scene.ts'
import { startServer } from './servers.ts'
import { Visitor } from './visitor.ts'

/** The same work, done by one visitor of one of the two. */
interface Worker {
  signIn(): Promise<void>
  check(): Promise<void>
}

export interface Beside {
  name: string
  rekey: Figures
  betterAuth: Figures
  ratio: number
}

interface Figures {
  perSecond: number
  cpu: number
  p50: number
}

interface Side {
  cpu(): Promise<number>
  workers: Worker[]
  stop(): Promise<void>
}

const folder = join(import.meta.dirname, 'peers')

/** Rekey and better-auth, both durable and without hashing passwords, taking turns on the same core. */
export async function besidePeers(
  data: string,
  options: { visitors: number; rounds: number; window: number },
): Promise<Beside[]> {
  install()
  const sides = [
    await rekeySide(data, options.visitors),
    await betterAuthSide(data, options.visitors),
  ] as const
  const works = [
    ['sign-in with password and TOTP', (worker: Worker) => worker.signIn()],
    ['session check', (worker: Worker) => worker.check()],
  ] as const
  const results: Beside[] = []
  for (const [name, work] of works) {
    const rounds: [Figures, Figures][] = []
    for (let round = 0; round <= options.rounds; round += 1) {
      const figures: [Figures, Figures] = [
        await measure(sides[0], work, options.window),
        await measure(sides[1], work, options.window),
      ]
      if (round > 0) rounds.push(figures)
    }
    const of = (side: 0 | 1): Figures => ({
      perSecond: median(rounds.map((both) => both[side].perSecond)),
      cpu: median(rounds.map((both) => both[side].cpu)),
      p50: median(rounds.map((both) => both[side].p50)),
    })
    const ratio = median(rounds.map(([rekey, other]) => rekey.perSecond / other.perSecond))
    results.push({ name, rekey: of(0), betterAuth: of(1), ratio })
  }
  for (const side of sides) await side.stop()
  return results
}

function install(): void {
  if (existsSync(join(folder, 'node_modules/better-auth'))) return
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock'], {
    cwd: folder,
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('better-auth could not be installed')
}

async function measure(
  side: Side,
  work: (worker: Worker) => Promise<void>,
  window: number,
): Promise<Figures> {
  const took: number[] = []
  const before = await side.cpu()
  const began = performance.now()
  await Promise.all(
    side.workers.map(async (worker) => {
      while (performance.now() - began < window) {
        const at = performance.now()
        await work(worker)
        took.push(performance.now() - at)
      }
    }),
  )
  const elapsed = performance.now() - began
  const cpu = ((await side.cpu()) - before) / took.length
  return { perSecond: (took.length * 1000) / elapsed, cpu, p50: quantile(took, 0.5) }
}

async function rekeySide(data: string, visitors: number): Promise<Side> {
  const server = await startServer('lmdb', join(data, 'beside'), '0')
  const pool = Visitor.pool(server.issuer, visitors)
  const workers = await Promise.all(
    Array.from({ length: visitors }, async (): Promise<Worker> => {
      const visitor = new Visitor(pool)
      await visitor.signIn()
      return { signIn: () => visitor.signIn(), check: () => visitor.userinfo() }
    }),
  )
  const stop = async () => {
    await pool.close()
    await server.stop()
  }
  return { cpu: () => server.cpu(), workers, stop }
}

const people = 200

async function betterAuthSide(data: string, visitors: number): Promise<Side> {
  const child = spawn(
    'taskset',
    ['-c', '0', process.execPath, join(folder, 'server.mjs'), join(data, 'better-auth.db'), String(people)],
    { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: { ...process.env, NODE_ENV: 'production' } },
  )
  const [{ issuer, secrets }] = (await once(child, 'message')) as [{ issuer: string; secrets: string[] }]
  const pool = new Pool(issuer, { connections: visitors, pipelining: 1 })
  const workers = await Promise.all(
    Array.from({ length: visitors }, async (_, visitor): Promise<Worker> => {
      const worker = betterAuthWorker(pool, issuer, secrets, visitor)
      await worker.signIn()
      return worker
    }),
  )
  return {
    workers,
    cpu: async () => {
      child.send('cpu')
      const [{ cpu }] = (await once(child, 'message')) as [{ cpu: number }]
      return cpu
    },
    stop: async () => {
      await pool.close()
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

function betterAuthWorker(pool: Pool, origin: string, secrets: string[], first: number): Worker {
  let person = first
  let cookie = ''
  const ask = async (method: 'GET' | 'POST', path: string, body?: object): Promise<string> => {
    const headers = { 'content-type': 'application/json', origin, cookie }
    const response = await pool.request({ method, path, headers, body: body && JSON.stringify(body) })
    const text = await response.body.text()
    if (response.statusCode !== 200) throw new Error(`${response.statusCode} for ${path}: ${text}`)
    const set = [response.headers['set-cookie'] ?? []].flat().filter((one) => !/=; Max-Age=0/.test(one))
    if (set.length > 0) cookie = set.map((one) => one.split(';')[0]).join('; ')
    return text
  }
  return {
    signIn: async () => {
      person = (person + 1) % secrets.length
      cookie = ''
      await ask('POST', '/api/auth/sign-in/email', { email: `person${person}@people.example`, password })
      const code = await totpCode(secrets[person]!, Date.now())
      const text = await ask('POST', '/api/auth/two-factor/verify-totp', { code })
      if (!text.includes('"token"')) throw new Error(`not signed in: ${text}`)
    },
    check: async () => {
      const text = await ask('GET', '/api/auth/get-session')
      if (!text.includes('"session"')) throw new Error(`no session: ${text}`)
    },
  }
}
