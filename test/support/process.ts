import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { CaughtMessage } from '../../adapters/delivery/delivery.ts'
import { totpCode } from '../../adapters/secrets/totp.ts'
import type { ListedPerson } from '../../standalone/demo/seed.ts'

const root = new URL('../../', import.meta.url)

/** Rekey as people start it: a process of its own. */
export interface Running {
  /** Everything that it has printed, on either stream. */
  printed(): string
  /** Resolves once it has printed this; rejects when it ends before. */
  until(words: string): Promise<void>
  /** The code with which it ended by itself. */
  ended: Promise<number | null>
  /** Asks it to stop, and returns the code with which it did. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Runs a program of this repository, with nothing of Rekey in its environment but what is given. */
export function run(program: string[], env: { [name: string]: string } = {}): Running {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('REKEY_'))
  const child = spawn(process.execPath, program, {
    cwd: root,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
  }
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return {
    printed: () => printed,
    until: (words) => untilPrinted(child, () => printed, words),
    ended,
    stop: (signal = 'SIGINT') => {
      child.kill(signal)
      return ended
    },
  }
}

function untilPrinted(child: ChildProcess, printed: () => string, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (printed().includes(words)) resolve()
    }
    child.stdout!.on('data', look)
    child.stderr!.on('data', look)
    child.once('close', () => reject(new Error(`ended without "${words}":\n${printed()}`)))
    look()
  })
}

export interface Demo extends Running {
  issuer: string
  /** The demo app. */
  app: string
  person(name: string): Promise<ListedPerson>
  /** The mails to an address, once all that is due has gone out, oldest first. */
  mailsTo(address: string): Promise<CaughtMessage[]>
  /** The code that a person's authenticator shows. Each counts once: after one was used, time has to move on. */
  code(person: Pick<ListedPerson, 'otpauth'>): Promise<string>
  /** Moves the demo's time forward, in seconds. */
  advance(seconds: number): Promise<void>
}

/** `npm start`, on ports that are free and with data in a folder of the test's. */
export async function startDemo(data: string, env: { [name: string]: string } = {}): Promise<Demo> {
  const port = await freePorts(3)
  const running = run(['standalone/demo.mjs', '--demo'], {
    REKEY_PORT: String(port),
    REKEY_DATA: data,
    ...env,
  })
  await running.until('Ctrl-C stops')
  const issuer = `http://localhost:${port}`
  const dev = async <T>(path: string, init?: RequestInit): Promise<T> =>
    (await fetch(`${issuer}/dev/${path}`, init)).json() as Promise<T>
  const advance = async (seconds: number) =>
    dev<{ now: string }>('clock', { method: 'POST', body: new URLSearchParams({ advance: String(seconds) }) })
  return {
    ...running,
    issuer,
    app: `http://localhost:${port + 1}`,
    person: async (name) => {
      const people = await dev<ListedPerson[]>('people.json')
      return people.find((person) => person.email.startsWith(`${name}@`))!
    },
    mailsTo: async (address) => {
      // Moving the clock, be it by nothing, does what is due before it answers.
      await advance(0)
      const messages = await dev<CaughtMessage[]>('inbox.json')
      return messages.filter((message) => message.to === address)
    },
    code: async ({ otpauth }) => {
      const { now } = await advance(0)
      return totpCode(new URL(otpauth!).searchParams.get('secret')!, Date.parse(now))
    },
    advance: async (seconds) => {
      await advance(seconds)
    },
  }
}

/**
 * The first of some ports in a row that nobody listens on. Below those that systems give out by themselves, so that no
 * connection of another test takes one meanwhile.
 */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = 15_000 + Math.floor(Math.random() * 17_000)
    const free = await Promise.all(Array.from({ length: count }, (_, index) => isFree(first + index)))
    if (free.every(Boolean)) return first
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port)
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}
