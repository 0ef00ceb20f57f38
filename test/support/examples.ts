import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createExampleApp, type ExampleOptions } from '../../examples/openid-client-app/app.ts'
import { createApi } from '../../examples/resource-server/api.ts'
import { exampleClients, exampleResources, exampleSecret } from '../../standalone/demo/examples.ts'
import { Browser } from './browser.ts'
import { type Person, type Rekey, startRekey } from './rekey.ts'
import { lmdb } from './stores.ts'
import { moveProcessTime } from './time.ts'

/** Rekey with the examples registered, as the demo registers them, and the examples themselves. */
export interface Examples {
  rekey: Rekey
  /** Origins. */
  app: string
  api: string
  passport: string
  /** Another example app, in place of the one at `app`. */
  restart(options: Partial<ExampleOptions>): void
  /** Something else in place of the example API, or the API again. */
  serveApi(handle?: RequestListener): void
  /** Leaves the ports of the examples to other processes. */
  free(): Promise<unknown>
  stop(): Promise<void>
}

/** Everything in this process, in a time that can be moved. */
export async function startExamples(): Promise<Examples> {
  const clock = moveProcessTime()
  const servers = await Promise.all([listening(), listening(), listening()])
  const [app, api, passport] = servers.map(originOf) as [string, string, string]
  const opened = await lmdb.open(() => Date.now())
  const origins = { app, api, passport }
  const clients = exampleClients(origins)
  const config = { resources: exampleResources(origins) }
  const rekey = await startRekey(opened.store, { clock, clients, config })
  const secret = { clientSecret: exampleSecret, issuer: rekey.issuer }
  const serveApi = (handle?: RequestListener) =>
    serve(servers[1]!, handle ?? createApi({ ...secret, origin: api, clientId: 'example-api' }).callback())
  serveApi()
  const restart = (options: Partial<ExampleOptions>) => {
    const standard = { ...secret, origin: app, clientId: 'example-app', api }
    serve(servers[0]!, createExampleApp({ ...standard, ...options }).callback())
  }
  restart({})
  return {
    rekey,
    ...origins,
    restart,
    serveApi,
    free: () => Promise.all(servers.map(shut)),
    stop: async () => {
      await Promise.all(servers.map(shut))
      await rekey.stop()
      await opened.dispose()
      clock.restore()
    },
  }
}

export async function listening(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

export const originOf = (server: Server): string =>
  `http://localhost:${(server.address() as AddressInfo).port}`

export function serve(server: Server, handle: RequestListener): void {
  server.removeAllListeners('request')
  server.on('request', handle)
}

export async function shut(server: Server): Promise<void> {
  if (!server.listening) return
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
}

/** Runs an example as its README line says, and waits until it listens. */
export async function run(path: string, env: { [name: string]: string }): Promise<ChildProcess> {
  const child = spawn(process.execPath, [path], { env: { ...process.env, ...env } })
  child.stderr.pipe(process.stderr)
  const started = Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
  const [said] = await started
  if (!String(said).includes('listens on')) throw new Error(`${path} did not start: ${said}`)
  return child
}

/** Opens a page of an app; where that leads to a sign-in, signs in with what the person has. */
export async function visit(
  rekey: Rekey,
  person: Person,
  url: string,
  browser = new Browser(),
): Promise<Browser> {
  await browser.open(url)
  await passSignIn(rekey, person, browser)
  return browser
}

export async function passSignIn(rekey: Rekey, person: Person, browser: Browser): Promise<void> {
  if (browser.heading === 'Sign in')
    await browser.press('Sign in', { email: person.email, password: person.password })
  if (browser.heading === 'Enter your code') await browser.press('Verify', { code: rekey.code(person) })
}
