import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { ConfigError } from '../options/config-error.ts'
import { faultLine } from './faults.ts'

/** What ends a program, the last that began first. Whatever hangs, it ends in time. */
export interface Lifecycle {
  /** To be stopped before everything that was added earlier. */
  add(stop: () => Promise<unknown>): void
  stop(): Promise<void>
}

/** Milliseconds. Those who stop us wait ten seconds: systemd and Kubernetes thirty, Docker ten. */
const patience = 7_000
/** What hasn't finished by then is cut off; everything acknowledged is stored already. */
const drainTime = 4_000

export function createLifecycle(): Lifecycle {
  const stops: (() => Promise<unknown>)[] = []
  return {
    add: (stop) => stops.unshift(stop),
    stop: async () => {
      // Let go of in the end: a program that ends by itself, as its start failed, doesn't wait for it.
      const patient = new AbortController()
      const all = async () => {
        for (const stop of stops) await stop().catch(() => {})
        patient.abort()
      }
      await Promise.race([all(), wait(patience, undefined, { signal: patient.signal }).catch(() => {})])
    },
  }
}

/** Ends the program when it is told to. Told twice, it doesn't wait. */
export function stopOnSignals(
  lifecycle: Lifecycle,
  announce: (signal: NodeJS.Signals) => void = () => {},
): void {
  let stopping = false
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1)
    stopping = true
    announce(signal)
    await lifecycle.stop()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
}

/** Listens, and stops listening with the program: requests under way are finished first. */
export async function listen(
  lifecycle: Lifecycle,
  handle: RequestListener,
  { port, host, setting = 'port' }: { port: number; host?: string | undefined; setting?: string },
): Promise<Server> {
  const server = createServer(handle).listen(port, host)
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw listenFault(error, port, setting)
  })
  lifecycle.add(async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), drainTime).unref()
    await closed
  })
  return server
}

function listenFault({ code, message }: NodeJS.ErrnoException, port: number, setting: string): ConfigError {
  if (code === 'EADDRINUSE')
    return new ConfigError([faultLine(setting, `another program listens on ${port} already (EADDRINUSE)`)])
  if (code === 'EACCES')
    return new ConfigError([faultLine(setting, `this user may not listen on ${port} (EACCES)`)])
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new ConfigError([faultLine('host', `no address of this machine (${code})`)])
  return new ConfigError([faultLine(setting, message)])
}
