import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pass } from 'node:timers/promises'

/** How `npm start` begins, as somebody who tries it sees it. */
export interface Start {
  /** Milliseconds to the first page, and of CPU until then. */
  firstPage: number
  cpu: number
  /** Megabytes, some seconds later. */
  rss: number
}

export const startAims = { firstPage: 1_000, rss: 150 }

const root = join(import.meta.dirname, '..')

/** Reads what Linux knows of a process. */
export async function measureStart(folder: string): Promise<Start> {
  const port = await freePort()
  const began = performance.now()
  const child = spawn(process.execPath, ['standalone/demo.mjs', '--demo'], {
    cwd: root,
    env: { ...process.env, REKEY_PORT: String(port), REKEY_DATA: join(folder, 'start') },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  try {
    while (!(await fetch(`http://localhost:${port}/`).catch(() => undefined))?.ok) {
      if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}`)
      await pass(5)
    }
    const firstPage = performance.now() - began
    const cpu = cpuOf(child.pid!)
    await pass(5_000)
    return { firstPage, cpu, rss: rssOf(child.pid!) }
  } finally {
    child.kill()
    if (child.exitCode === null) await once(child, 'exit')
  }
}

/** In hundredths of a second: user and system. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

const rssOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024

/** With room for the app of the demo beside it. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port > 65_000 ? port - 10 : port
}
