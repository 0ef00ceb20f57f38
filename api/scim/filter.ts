import { ScimFault } from './fault.ts'

/** What a filter says (RFC 7644 §3.4.2.2), as far as it can be said of people and roles. */
export type Filter =
  | { op: 'and' | 'or'; all: Filter[] }
  | { op: 'not'; one: Filter }
  | { op: 'pr'; path: string }
  | { op: 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le'; path: string; value: unknown }
  | { op: 'has'; path: string; one: Filter }

const token = /\s*(?:(\(|\)|\[|\])|("(?:[^"\\]|\\.)*")|([^\s()[\]"]+))/y
const comparisons = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']
const longest = 2_000
const deepest = 20

/** Reads a filter. Throws ScimFault for what is none. */
export function parseFilter(text: string): Filter {
  if (text.length > longest) throw wrong('it is too long')
  const reader = new Reader(tokensOf(text))
  const filter = reader.any(0)
  if (!reader.atEnd) throw wrong('something is left at its end')
  return filter
}

const wrong = (why: string) => new ScimFault(400, `the filter can't be read: ${why}`, 'invalidFilter')

function tokensOf(text: string): string[] {
  const found: string[] = []
  token.lastIndex = 0
  while (text.slice(token.lastIndex).trim() !== '') {
    const match = token.exec(text)
    if (match === null) throw wrong('a character is out of place')
    // `emails[type` and `]` stand next to what is inside.
    found.push(match[1] ?? match[2] ?? match[3]!)
  }
  return found
}

/** or, and, not, comparisons: each binds tighter than the one before. */
class Reader {
  readonly #tokens: string[]
  #at = 0
  constructor(tokens: string[]) {
    this.#tokens = tokens
  }

  get atEnd(): boolean {
    return this.#at === this.#tokens.length
  }

  any(depth: number): Filter {
    return this.#joined('or', () => this.#joined('and', () => this.#single(depth + 1)))
  }

  #joined(op: 'and' | 'or', next: () => Filter): Filter {
    const all = [next()]
    while (this.#takes(op)) all.push(next())
    return all.length === 1 ? all[0]! : { op, all }
  }

  #single(depth: number): Filter {
    if (depth > deepest) throw wrong('it is too deep')
    if (this.#takes('not')) return { op: 'not', one: this.#single(depth + 1) }
    if (this.#takes('(')) return this.#closed(')', this.any(depth))
    const path = this.#word()
    if (this.#takes('[')) {
      const has: Filter = { op: 'has', path, one: this.#closed(']', this.any(depth)) }
      // `emails[type eq "work"].value eq "…"`: what follows is said of the one that fits.
      const rest = this.#tokens[this.#at]
      if (rest?.startsWith('.') !== true) return has
      this.#at += 1
      return { op: 'has', path, one: { op: 'and', all: [has.one, this.#comparison(rest.slice(1))] } }
    }
    return this.#comparison(path)
  }

  #comparison(path: string): Filter {
    if (!/^[A-Za-z][\w.:$-]*$/.test(path)) throw wrong('a name is out of place')
    const op = this.#word().toLowerCase()
    if (op === 'pr') return { op, path }
    if (!comparisons.includes(op)) throw wrong('there is no such operator')
    return { op: op as 'eq', path, value: this.#value() }
  }

  #value(): unknown {
    try {
      return JSON.parse(this.#word())
    } catch {
      throw wrong('a value is none')
    }
  }

  #word(): string {
    const word = this.#tokens[this.#at]
    if (word === undefined) throw wrong('it ends too early')
    this.#at += 1
    return word
  }

  #takes(word: string): boolean {
    if (this.#tokens[this.#at]?.toLowerCase() !== word) return false
    this.#at += 1
    return true
  }

  #closed(word: string, filter: Filter): Filter {
    if (!this.#takes(word)) throw wrong(`"${word}" is missing`)
    return filter
  }
}

/** Attribute names have no case; those of our schemas may be written in full. */
export const attribute = (path: string): string =>
  path.replace(/^urn:[\w:.]+:(?=\w+$|\w+\.)/i, '').toLowerCase()

/** Whether a resource is what a filter asks for. Texts are compared without case. */
export function fits(filter: Filter, resource: unknown): boolean {
  switch (filter.op) {
    case 'and':
      return filter.all.every((one) => fits(one, resource))
    case 'or':
      return filter.all.some((one) => fits(one, resource))
    case 'not':
      return !fits(filter.one, resource)
    case 'has':
      return valuesAt(resource, filter.path).some((one) => fits(filter.one, one))
    case 'pr':
      return valuesAt(resource, filter.path).some((one) => one !== undefined && one !== '')
    default:
      return compared(filter, valuesAt(resource, filter.path))
  }
}

function compared({ op, value }: Extract<Filter, { value: unknown }>, found: unknown[]): boolean {
  if (op === 'ne') return !found.map(comparable).some((one) => same(one, value))
  return found.map(comparable).some((one) => {
    if (op === 'eq') return same(one, value)
    if (typeof one === 'string' && typeof value === 'string')
      return textual(op, one.toLowerCase(), value.toLowerCase())
    return typeof one === 'number' && typeof value === 'number' && numeric(op, one, value)
  })
}

/** `emails eq "…"` means the value of each. */
const comparable = (one: unknown): unknown =>
  one !== null && typeof one === 'object' && 'value' in one ? one.value : one

const same = (one: unknown, value: unknown): boolean =>
  typeof one === 'string' && typeof value === 'string'
    ? one.toLowerCase() === value.toLowerCase()
    : // Entra writes truth as text.
      String(one).toLowerCase() === String(value).toLowerCase()

function textual(op: string, one: string, value: string): boolean {
  if (op === 'co') return one.includes(value)
  if (op === 'sw') return one.startsWith(value)
  if (op === 'ew') return one.endsWith(value)
  return numeric(op, one, value)
}

function numeric<T extends string | number>(op: string, one: T, value: T): boolean {
  if (op === 'gt') return one > value
  if (op === 'ge') return one >= value
  if (op === 'lt') return one < value
  return op === 'le' && one <= value
}

/** Everything at a path; of a list, of each of its members. */
export function valuesAt(resource: unknown, path: string): unknown[] {
  let found: unknown[] = [resource]
  for (const name of attribute(path).split('.')) {
    found = found.flatMap((one) => {
      if (one === null || typeof one !== 'object') return []
      const [, value] = Object.entries(one).find(([key]) => key.toLowerCase() === name) ?? []
      return value === undefined ? [] : Array.isArray(value) ? value : [value]
    })
  }
  return found
}

/** What a filter insists on, if it is one comparison of a name with a text. */
export function wanted(filter: Filter | undefined, name: string): string | undefined {
  if (filter === undefined) return undefined
  if (filter.op === 'and')
    return filter.all.map((one) => wanted(one, name)).find((value) => value !== undefined)
  if (filter.op !== 'eq' || attribute(filter.path) !== name.toLowerCase()) return undefined
  return typeof filter.value === 'string' ? filter.value : undefined
}
