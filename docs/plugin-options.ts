import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { pluginSchema } from '../options.ts'
import type { Schema } from './schema.ts'

export const optionTypesFile = fileURLToPath(new URL('../options/plugin-options.ts', import.meta.url))

/** What no JSON Schema can say, by the path of the option. */
const named: { [path: string]: string } = {
  'keys[].key': 'string | undefined',
  store: 'OpenStore',
  'delivery.mail': 'Delivery | OpenDelivery',
  'delivery.sms': 'Delivery | OpenDelivery',
  'delivery.voice': 'Delivery | OpenDelivery',
  'delivery.push': 'Delivery | OpenDelivery',
  proofing: 'OpenProofing',
  people: 'People | Map<string, Listed>',
  organizations: "NonNullable<People['organizations']>",
  views: 'HostViews',
  texts: 'HostTexts',
  log: 'Logger',
  clock: '(() => number)',
}

/** The types of the options with what an editor shows of each, from their schema alone. `npm run docs` writes them. */
export function optionTypes(): string {
  const { log, clock } = pluginSchema.shape
  // A default that is a function is none to a JSON Schema.
  const given = pluginSchema.extend({
    log: z.any().optional().describe(log.description!),
    clock: z.any().optional().describe(clock.description!),
  })
  const schema = z.toJSONSchema(given, { io: 'input', unrepresentable: 'any' }) as Schema
  return `// Written by docs/plugin-options.ts from the schema in options.ts: \`npm run docs\`.
import type { Logger } from 'pino'
import type { Delivery } from '../adapters/delivery/delivery.ts'
import type { OpenDelivery } from '../adapters/delivery/ways.ts'
import type { Listed } from '../adapters/people/map.ts'
import type { People } from '../adapters/people/people.ts'
import type { OpenProofing } from '../adapters/proofing/proofing.ts'
import type { OpenStore } from '../adapters/store/store.ts'
import type { HostTexts, HostViews } from '../views/host-views.ts'

/** What \`rekey()\` takes. */
export interface PluginOptions ${typeOf(schema, '', '')}
`
}

function typeOf(schema: Schema, path: string, indent: string): string {
  const known = named[path]
  if (known !== undefined) return known
  if (schema.enum !== undefined) return schema.enum.map((one) => `'${one}'`).join(' | ')
  if (schema.anyOf !== undefined) return schema.anyOf.map((one) => typeOf(one, path, indent)).join(' | ')
  switch (schema.type) {
    case 'array':
      return listOf(typeOf(schema.items ?? {}, `${path}[]`, indent))
    case 'integer':
      return 'number'
    case 'string':
      return 'string'
    case 'object':
      return objectType(schema, path, indent)
    default:
      throw new Error(`docs/plugin-options.ts has to name the type of ${path}`)
  }
}

const listOf = (type: string): string => (type.includes(' | ') ? `(${type})[]` : `${type}[]`)

function objectType(schema: Schema, path: string, indent: string): string {
  const inner = `${indent}  `
  const members = Object.entries(schema.properties ?? {}).map(([name, one]) => {
    const at = path === '' ? name : `${path}.${name}`
    const required = schema.required?.includes(name) ?? false
    const type = typeOf(one, at, inner)
    return `${saidOf(one, at, inner)}${inner}${name}${required ? '' : '?'}: ${type}${required ? '' : ' | undefined'}\n`
  })
  const open = typeof schema.additionalProperties === 'object' ? `${inner}[name: string]: unknown\n` : ''
  return `{\n${members.join('')}${open}${indent}}`
}

/** What is said of it, and what holds where it is left out. */
function saidOf({ description, default: standard }: Schema, path: string, indent: string): string {
  if (description === undefined) throw new Error(`nothing is said of the option ${path}`)
  const said = JSON.stringify(standard)
  const fallback = standard === undefined || said.startsWith('{') ? '' : ` Default: \`${said}\`.`
  const text = `${unlinked(description)}${fallback}`
  return text.length < 90
    ? `${indent}/** ${text} */\n`
    : `${indent}/**\n${wrapped(text)
        .map((line) => `${indent} * ${line}\n`)
        .join('')}${indent} */\n`
}

const wrapped = (text: string): string[] => text.match(/.{1,100}(?= |$)/g)!.map((line) => line.trim())

/** A page is named where it is in the repository: an editor knows no other. */
const unlinked = (text: string): string =>
  text.replace(/\[([^\]]+)\]\(([\w-]+\.md[^)]*)\)/g, (_, said, page) => `${said} (docs/${page})`)
