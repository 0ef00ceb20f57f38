import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { pino } from 'pino'
import { createSmtpDelivery } from '../../adapters/delivery/smtp/delivery.ts'
import type { Store } from '../../adapters/store/store.ts'
import { createApp } from '../../standalone/app.ts'
import type { Config } from '../../standalone/config.ts'
import { openStore } from '../../standalone/open-store.ts'
import type { Order } from './crash-child.ts'
import { startMailServer } from './mail-server.ts'
import { type Contents, dropPlace, newPlace, putContents } from './places.ts'
import type { Engine } from './stores.ts'

/** What arrived outside, by what names it: duplicates are there twice. */
export interface Arrived {
  mails: { id: string; to: string; subject: string }[]
  /** `sid` of the logout tokens that the app got. */
  logouts: string[]
}

export interface Crashed {
  /** Whether the process was killed; otherwise it did all there was to do. */
  killed: boolean
  /** How many writes there were, where it came through. */
  writes: number
  arrived: Arrived
  store: Store
}

/** A store, a mail server and an app that hears of logouts, for one process after the other. */
export interface CrashSite {
  /**
   * Puts the contents in place, has a process carry out the order until it is killed, lets another one go on where it
   * stopped once its leases have run out, and looks at what has come of it.
   */
  run<R>(contents: Contents, order: Omit<Order, 'config'>, look: (crashed: Crashed) => Promise<R>): Promise<R>
  close(): Promise<void>
}

export async function openCrashSite(engine: Engine, config: Config): Promise<CrashSite> {
  const place = await newPlace(engine)
  // Collections and their indexes are made once.
  await (await openStore(place, Date.now)).close()
  const mail = await startMailServer()
  const logouts: string[] = []
  const app = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    logouts.push(String(decodeJwt(new URLSearchParams(body).get('logout_token')!)['sid']))
    response.writeHead(200).end()
  }).listen(0, '127.0.0.1')
  await once(app, 'listening')
  const hears = `http://localhost:${(app.address() as AddressInfo).port}/`
  const here: Config = {
    ...config,
    ...place,
    mail: { ...config.mail!, url: mail.url },
    clients: config.clients.map((client) =>
      'backchannel_logout_uri' in client ? { ...client, backchannel_logout_uri: hears } : client,
    ),
  }
  return {
    run: async (contents, order, look) => {
      await putContents(place, contents)
      mail.mails.length = 0
      logouts.length = 0
      const went = await carryOut({ ...order, config: here })
      const store = await openStore(place, later)
      try {
        await goOn(here, store)
        const mails = mail.mails.map(({ id, to, subject }) => ({ id, to, subject }))
        return await look({ ...went, arrived: { mails, logouts: [...logouts] }, store })
      } finally {
        await store.close()
      }
    },
    close: async () => {
      await mail.stop()
      app.close()
      app.closeAllConnections()
      await dropPlace(place)
    },
  }
}

async function carryOut(order: Order): Promise<Pick<Crashed, 'killed' | 'writes'>> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'crash-child.ts')], {
    env: { NODE_COMPILE_CACHE: compiled, ...process.env, REKEY_ORDER: JSON.stringify(order) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  let counted = ''
  child.stdout.on('data', (text) => {
    counted += text
  })
  child.stderr.on('data', (text) => {
    said += text
  })
  const [code, signal] = await once(child, 'close')
  if (signal !== 'SIGKILL' && (code !== 0 || said !== '')) throw new Error(`the process failed: ${said}`)
  return { killed: signal === 'SIGKILL', writes: Number(counted) }
}

/** Halves the time that each process takes to start. */
const compiled = join(tmpdir(), 'rekey-compiled')

/** When every lease of the process that was killed has run out. */
const later = () => Date.now() + 120_000

async function goOn(config: Config, store: Store): Promise<void> {
  const delivery = createSmtpDelivery(config.mail!)
  const app = await createApp({ config, store, delivery, clock: later, log: pino({ level: 'silent' }) })
  await app.work()
  await app.stop()
  await delivery.close()
}
