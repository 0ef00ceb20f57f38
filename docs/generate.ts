import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { clientTypes, clientTypesFile } from '../api/client/generate.ts'
import { apiProblems } from '../api/problems.ts'
import { apiOperations } from '../api/table.ts'
import { apiScopes } from '../rules/api-scopes.ts'
import { auditEvents } from '../rules/audit/events.ts'
import { type CaseEvent, type CaseStatus, transitions } from '../rules/recovery-case.ts'
import { configSchema } from '../standalone/config.ts'
import { createI18n } from '../views/i18n.ts'
import { optionTypes, optionTypesFile } from './plugin-options.ts'
import type { Schema } from './schema.ts'

/** `npm run docs` writes the parts of the documentation that follow from the code; `--check` fails if they don't. */

interface Setting {
  name: string
  type: string
  required: boolean
  standard?: unknown
  description: string
}

/** Every setting as a reader names it: `mail.url`, `keys[].id`. */
function settings(schema: Schema, prefix = ''): Setting[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, one]) => {
    const path = prefix + name
    const setting = {
      name: path,
      type: typeOf(one),
      required: schema.required?.includes(name) ?? false,
      standard: one.default,
      description: one.description ?? '',
    }
    const inner = one.items?.properties ? settings(one.items, `${path}[].`) : settings(one, `${path}.`)
    return [setting, ...inner]
  })
}

function typeOf(schema: Schema): string {
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' or ')
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ')
  if (schema.type === 'array') return `list of ${plural(typeOf(schema.items ?? {}))}`
  if (schema.format === 'uri') return 'URL'
  if (schema.type === 'integer') return `integer${range(schema)}`
  return schema.type ?? 'any value'
}

const plural = (type: string): string => (type === 'any value' ? 'any values' : `${type}s`)

function range({ minimum, maximum }: Schema): string {
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum
  if (minimum !== undefined && most !== undefined) return `, ${minimum} to ${most}`
  return minimum === undefined ? '' : `, at least ${minimum}`
}

const code = (text: string): string => `\`${text}\``

/** A table as the formatter writes it. */
function table(head: string[], rows: string[][]): string {
  const cells = [head, ...rows].map((row) => row.map((text) => text.replaceAll('|', '\\|')))
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]!.length)))
  const lines = cells.map((row) => row.map((text, column) => text.padEnd(widths[column]!)))
  const rule = widths.map((width) => '-'.repeat(width))
  return [lines[0]!, rule, ...lines.slice(1)].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

function configurationPage(): string {
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as Schema
  const rows = settings(schema).map(({ name, type, required, standard, description }) => {
    const fallback = standard === undefined ? (required ? 'required' : '') : code(JSON.stringify(standard))
    return [code(name), type, fallback, description]
  })
  return `# Configuration

<!-- Written by docs/generate.ts from the schema in config.ts: change it there, then \`npm run docs\`. -->

\`REKEY_CONFIG\` names a JSON file, or a TypeScript or JavaScript module that exports \`config\`. Unknown settings are
refused, and all faults are reported at once. The [README](../README.md) has a complete example.

${table(['Setting', 'Type', 'Default', 'What it does'], rows)}

A part of a setting that is itself optional (\`mail.url\`) is required once that setting is there.

## Environment

These win over the file.

${table(
  ['Variable', 'Setting'],
  [
    [code('REKEY_CONFIG'), 'the file'],
    [code('REKEY_PORT'), `${code('port')}; the demo app listens on the next one`],
    [code('REKEY_DATA'), code('data')],
    [code('REKEY_STORE'), code('store')],
    [code('REKEY_HEALTH_PORT'), code('health.port')],
  ],
)}
`
}

function auditEventsPage(): string {
  const rows = Object.entries(auditEvents).map(([event, meaning]) => [
    code(event),
    meaning.says,
    'refusal' in meaning ? 'yes' : '',
  ])
  return `# Events of the audit log

<!-- Written by docs/generate.ts from rules/audit/events.ts: change it there, then \`npm run docs\`. -->

Nothing else can be written to the [audit log](audit.md). Refusals are counted: several of one kind in a row are one
entry with \`times\`.

${table(['Event', 'What happened', 'Refusal'], rows)}
`
}

const apiBegin = '<!-- from here on written by docs/generate.ts from api/table.ts -->'

function apiPage(now: string): string {
  const from = now.indexOf(apiBegin)
  if (from < 0) throw new Error(`docs/api.md needs the line ${apiBegin}`)
  const en = createI18n({}).texts('en')
  const operations = [...Map.groupBy(apiOperations, ({ tag }) => tag)].map(([tag, ones]) => {
    const rows = ones.map((one) => [
      code(`${one.method.toUpperCase()} ${one.path}`),
      [one.summary, one.says].filter(Boolean).join('. '),
      [
        code(one.scope),
        ...(one.operator ? ['operator only'] : []),
        ...(one.decision ? ['a person, freshly'] : []),
      ].join(', '),
      (one.reasons ?? []).map(code).join(' '),
    ])
    return `### ${tag}\n\n${table(['Request', 'What it does', 'Scope', 'May refuse with'], rows)}`
  })
  const problems = Object.entries(apiProblems).map(([reason, status]) => [
    String(status),
    code(reason),
    en(`api_problem.${reason}`),
  ])
  const scopes = Object.entries(apiScopes).map(([scope, says]) => [code(scope), says])
  return `${now.slice(0, from)}${apiBegin}

Below \`<issuer>/api/v1\`. The schemas are in \`/api/v1/openapi.json\`, and \`/api/v1/docs\` shows the list.

${operations.join('\n\n')}

## Scopes

${table(['Scope', 'Good for'], scopes)}

## Problems

Every refusal is \`application/problem+json\` (RFC 9457) with one of these as its \`reason\`; \`title\` is in the language of
\`Accept-Language\` (\`en\`, \`ja\`).

${table(['Status', 'Reason', 'Title'], problems)}
`
}

type Edge = { from: string; to: string; events: string[] }

const statuses = Object.keys(transitions) as CaseStatus[]
const eventsOf = (status: CaseStatus) =>
  Object.entries(transitions[status]) as [CaseEvent['type'], readonly CaseStatus[]][]

/** The subject's brakes lead out of nearly every status: drawn once, from the frame around those statuses. */
const brakes: readonly CaseEvent['type'][] = ['cancel', 'disavow']
const braked = statuses.filter((status) => brakes.every((event) => transitions[status][event] !== undefined))

/** One arrow for all events that lead from one status to another. */
function edges(): Edge[] {
  const found = new Map<string, Edge>()
  const add = (from: string, to: string, event: string) => {
    const edge = found.get(`${from} ${to}`) ?? { from, to, events: [] }
    if (!edge.events.includes(event)) edge.events.push(event)
    found.set(`${from} ${to}`, edge)
  }
  for (const status of statuses) {
    for (const [event, targets] of eventsOf(status)) {
      const from = brakes.includes(event) && braked.includes(status) ? 'stoppable' : status
      for (const target of targets) add(from, target, event)
    }
  }
  return [...found.values()]
}

/** Where a case begins: nothing but itself and its own choice of route leads there. */
const first: readonly CaseStatus[] = ['requested', 'awaiting_admin']
const isInside = (name: string) => braked.includes(name as CaseStatus)
const arrow = ({ from, to, events }: Edge) => `${from} --> ${to} : ${events.join(', ')}`

function stateDiagram(): string {
  const all = edges()
  const inside = all.filter(({ from, to }) => isInside(from) && isInside(to))
  const outside = all.filter((edge) => !inside.includes(edge))
  const ends = statuses.filter((status) => eventsOf(status).length === 0)
  return [
    '```mermaid',
    'stateDiagram-v2',
    ...first.map((status) => `  [*] --> ${status}`),
    '  state stoppable {',
    ...inside.map((edge) => `    ${arrow(edge)}`),
    '  }',
    ...outside.map((edge) => `  ${arrow(edge)}`),
    ...ends.map((status) => `  ${status} --> [*]`),
    '```',
    '',
    '`stoppable` is no status: what leads out of it leads out of every status inside.',
    '',
    table(
      ['Status', 'Event', 'Next'],
      statuses.flatMap((status) =>
        eventsOf(status).map(([event, targets]) => [code(status), event, targets.map(code).join(', ')]),
      ),
    ),
  ].join('\n')
}

const begin = '<!-- transitions: written by docs/generate.ts from rules/recovery-case.ts -->'
const end = '<!-- /transitions -->'

function recoveryPage(now: string): string {
  const from = now.indexOf(begin)
  const to = now.indexOf(end)
  if (from < 0 || to < from) throw new Error(`docs/recovery.md needs the lines ${begin} and ${end}`)
  return `${now.slice(0, from + begin.length)}\n\n${stateDiagram()}\n\n${now.slice(to)}`
}

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** Every generated page, as it should be. */
export function pages(): { path: string; text: string }[] {
  const recovery = file('recovery.md')
  return [
    { path: file('configuration.md'), text: configurationPage() },
    { path: file('audit-events.md'), text: auditEventsPage() },
    { path: clientTypesFile, text: clientTypes() },
    { path: optionTypesFile, text: optionTypes() },
    { path: file('api.md'), text: apiPage(readFileSync(file('api.md'), 'utf8')) },
    { path: recovery, text: recoveryPage(readFileSync(recovery, 'utf8')) },
  ]
}

/** The pages that differ from what the code says. */
export function stalePages(): string[] {
  return pages()
    .filter(({ path, text }) => !existsSync(path) || readFileSync(path, 'utf8') !== text)
    .map(({ path }) => path)
}

if (import.meta.main) {
  const stale = stalePages()
  if (process.argv.includes('--check')) {
    for (const path of stale) console.error(`out of date: ${path}; run npm run docs`)
    process.exitCode = stale.length === 0 ? 0 : 1
  } else {
    for (const { path, text } of pages()) writeFileSync(path, text)
  }
}
