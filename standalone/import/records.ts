import { parse as parseCsv } from 'csv-parse/sync'
import { type ParseError, parse, printParseErrorCode, visit } from 'jsonc-parser'
import { ExplainedRefusal } from '../explained-refusal.ts'
import { once } from '../once.ts'

/** Where an entry begins. In a JSON file its line is counted only when somebody asks. */
export interface Whereabouts {
  readonly line: number
}

/** One entry of a file. */
export interface FileRecord {
  at: Whereabouts
  value: { [field: string]: unknown }
}

/** What is read anew each time that somebody goes through it: a large file isn't held in pieces as well. */
export const readAnew = <T>(read: () => Generator<T>): Iterable<T> => ({ [Symbol.iterator]: read })

export interface CsvRow {
  at: Whereabouts
  cells: string[]
}

/** What a file holds, before anybody asks whose format it is. */
export type Content =
  | { kind: 'json'; value: unknown; lineOf(path: (string | number)[]): number }
  | { kind: 'lines'; records: Iterable<FileRecord> }
  | { kind: 'csv'; header: string[]; rows: CsvRow[] }

export function contentOf(text: string, file: string): Content {
  const start = text.trimStart()[0]
  if (start === '[' || (start === '{' && !isLines(text))) return jsonOf(text)
  if (start === '{') return linesOf(text)
  if (start === undefined) throw new ExplainedRefusal(`${file} is empty`)
  return csvOf(text)
}

/** Whether the first line is a JSON object by itself. */
function isLines(text: string): boolean {
  try {
    const [first, second = ''] = text.trimStart().split(/\r?\n/, 2)
    const value = JSON.parse(first!)
    return (
      second.trim() !== '' || !['people', 'organizations', 'users', 'realm'].some((name) => name in value)
    )
  } catch {
    return false
  }
}

function jsonOf(text: string): Content {
  try {
    const lines = once(() => linesIn(text))
    return { kind: 'json', value: JSON.parse(text), lineOf: (path) => lines().get(path.join('/')) ?? 1 }
  } catch {
    const errors: ParseError[] = []
    parse(text, errors, { disallowComments: true })
    const [first] = errors
    throw new ExplainedRefusal(
      `no JSON at line ${lineAt(text, first?.offset ?? 0)} (${printParseErrorCode(first?.error ?? 0)})`,
    )
  }
}

/** The place of a person of a realm in a list of realms: deeper, nothing is asked for. */
const deepest = 3

/** The line that each entry of a list begins on, by its path. A long file is walked through once, and only where something is to be said. */
function linesIn(text: string): Map<string, number> {
  const lines = new Map<string, number>()
  const note = (path: (string | number)[], line: number) => {
    if (path.length <= deepest && typeof path.at(-1) === 'number') lines.set(path.join('/'), line + 1)
  }
  visit(text, {
    onObjectBegin: (_offset, _length, line, _character, at) => note(at(), line),
    onLiteralValue: (_value, _offset, _length, line, _character, at) => note(at(), line),
  })
  return lines
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

function linesOf(text: string): Content {
  return { kind: 'lines', records: readAnew(() => recordsIn(text)) }
}

function* recordsIn(text: string): Generator<FileRecord> {
  let line = 0
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from)
    const until = end < 0 ? text.length : end
    const one = text.slice(from, until)
    line += 1
    from = until + 1
    if (one.trim() !== '') yield { at: { line }, value: objectOn(line, one) }
  }
}

function objectOn(line: number, text: string): FileRecord['value'] {
  try {
    return JSON.parse(text)
  } catch {
    throw new ExplainedRefusal(`no JSON object on line ${line}`)
  }
}

function csvOf(text: string): Content {
  try {
    const rows = parseCsv(text, {
      delimiter: delimiterOf(text),
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as { info: { lines: number }; record: string[] }[]
    const [header, ...rest] = rows
    return {
      kind: 'csv',
      header: header?.record ?? [],
      rows: rest.map(({ info, record }) => ({ at: { line: info.lines }, cells: record })),
    }
  } catch (error) {
    const { lines, message } = error as Error & { lines?: number }
    throw new ExplainedRefusal(
      `no CSV${lines === undefined ? '' : ` at line ${lines}`}: ${message.split('\n')[0]}`,
    )
  }
}

/** What the first line has most of: spreadsheets write what their country separates with. */
function delimiterOf(text: string): string {
  const first = text.split(/\r?\n/, 1)[0]!
  return [',', ';', '\t'].toSorted((a, b) => first.split(b).length - first.split(a).length)[0]!
}

/** So many at a time. */
export function* groupsOf<T>(all: Iterable<T>, size: number): Generator<T[]> {
  let group: T[] = []
  for (const one of all) {
    group.push(one)
    if (group.length < size) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}
