import { once } from 'node:events'

/** Control characters and what turns the direction of writing: other people's words don't steer a terminal. */
const unprintable = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu

const visible = (text: string): string => text.replace(unprintable, '\ufffd')

/** Waits where whoever reads is slower. */
export async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

export async function tell(line: string): Promise<void> {
  await write(`${visible(line)}\n`)
}

/** One answer: an object in JSON, its lines for people. */
export async function answer(json: boolean, value: object, lines: string | string[]): Promise<void> {
  if (json) return write(`${JSON.stringify(value)}\n`)
  for (const line of [lines].flat()) await tell(line)
}

type Row = { [column: string]: unknown }

/** A list: an array in JSON, a line each for people. Read as it comes, so that a million are no trouble. */
export async function answerList<T extends object>(
  json: boolean,
  rows: AsyncIterable<T> | Iterable<T>,
  line: (row: T) => string[],
): Promise<void> {
  let count = 0
  for await (const row of rows) {
    if (json) await write(`${count === 0 ? '[' : ','}\n${JSON.stringify(row)}`)
    else await tell(line(row).join('  ').trimEnd())
    count += 1
  }
  if (json) await write(count === 0 ? '[]\n' : '\n]\n')
}

/** What stands under a name, a line each; what is missing is left out. */
export function described(row: Row): string[] {
  const shown = Object.entries(row).filter(([, value]) => value !== undefined && asText(value) !== '')
  const width = Math.max(0, ...shown.map(([name]) => name.length))
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${asText(value)}`)
}

function asText(value: unknown): string {
  if (Array.isArray(value)) return value.map(asText).join(', ')
  return value !== null && typeof value === 'object' ? JSON.stringify(value) : String(value)
}

export const moment = (at: number): string => new Date(at).toISOString()

/** How far something long has come, for whoever watches: not in files, not in pipes. */
export function createProgress(what: string): { at(count: number, of?: number): void; end(): void } {
  const shown = process.stderr.isTTY === true
  let last = 0
  return {
    at: (count, of) => {
      if (!shown || Date.now() - last < 200) return
      last = Date.now()
      process.stderr.write(`\r${what}: ${count}${of === undefined ? '' : ` of ${of}`}`)
    },
    end: () => {
      if (shown && last > 0) process.stderr.write('\r\u001b[K')
    },
  }
}
