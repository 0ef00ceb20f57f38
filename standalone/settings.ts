import { readFile } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { distance } from 'fastest-levenshtein'
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser'
import { ConfigError } from '../options/config-error.ts'

/** ProgramSettings as they were given, unchecked. */
export interface ProgramSettings {
  [setting: string]: unknown
}

/** Which variable of the environment is which setting. */
const variables = {
  REKEY_PORT: 'port',
  REKEY_DATA: 'data',
  REKEY_STORE: 'store',
  REKEY_HEALTH_PORT: 'health',
} as const

/**
 * The settings of the environment over those of the file in REKEY_CONFIG (JSON, or a module that exports `config`).
 * REKEY_PORT, REKEY_DATA and REKEY_STORE are the same settings in either place.
 */
export async function loadSettings(env: NodeJS.ProcessEnv): Promise<ProgramSettings> {
  const faults = [...misspelled(env), ...emptyOnes(env)]
  if (faults.length > 0) throw new ConfigError(faults)
  const file = env.REKEY_CONFIG === undefined ? {} : await readSettingsFile(resolve(env.REKEY_CONFIG))
  const given = Object.entries(variables).filter(([variable]) => env[variable] !== undefined)
  const own = given.map(([variable, setting]) => [setting, typed(setting, env[variable]!)])
  return { ...file, ...Object.fromEntries(own) }
}

const typed = (setting: string, text: string): unknown =>
  /^(port|health)$/.test(setting) && /^\d+$/.test(text) ? numbered(setting, Number(text)) : text

const numbered = (setting: string, port: number): unknown => (setting === 'health' ? { port } : port)

/** A variable one letter off from ours would go unnoticed. Others may be the operator's own, for a module of settings. */
function misspelled(env: NodeJS.ProcessEnv): string[] {
  const known = ['REKEY_CONFIG', ...Object.keys(variables)]
  return Object.keys(env)
    .filter((name) => name.startsWith('REKEY_') && !known.includes(name))
    .flatMap((name) => {
      const meant = known.find((one) => isSlipOf(one, name))
      return meant === undefined ? [] : [`${name}: no such variable; is it ${meant}?`]
    })
}

/** One letter too many, too few or another, or two that changed places. */
const isSlipOf = (meant: string, typed: string): boolean =>
  distance(meant, typed) === 1 || (distance(meant, typed) === 2 && letters(meant) === letters(typed))

const letters = (word: string): string => [...word].sort().join('')

const emptyOnes = (env: NodeJS.ProcessEnv): string[] =>
  ['REKEY_CONFIG', ...Object.keys(variables)]
    .filter((name) => env[name]?.trim() === '')
    .map((name) => `${name}: empty; leave it out, or say what it should be`)

async function readSettingsFile(path: string): Promise<ProgramSettings> {
  const settings = extname(path) === '.json' ? await readJson(path) : await readModule(path)
  if (settings === null || typeof settings !== 'object' || Array.isArray(settings))
    throw unreadable(path, `it holds no settings, for example { "issuer": "https://id.example.com" }`)
  return settings as ProgramSettings
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, reasonOf(error))
  })
  const errors: ParseError[] = []
  const value: unknown = parse(text.replace(/^\ufeff/, ''), errors, { disallowComments: true })
  const [first] = errors
  if (first !== undefined)
    throw unreadable(path, `no JSON at ${placeIn(text, first.offset)} (${wordsFor(first)})`)
  return value
}

const wordsFor = ({ error }: ParseError): string =>
  printParseErrorCode(error)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()

function placeIn(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n')
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`
}

async function readModule(path: string): Promise<unknown> {
  try {
    const module = await import(pathToFileURL(path).href)
    const config: unknown = module.config ?? module.default
    if (config === undefined) throw new Error('it exports no `config`')
    return typeof config === 'function' ? await config() : await config
  } catch (error) {
    throw unreadable(path, reasonOf(error as NodeJS.ErrnoException))
  }
}

const reasons: { [code: string]: string } = {
  ENOENT: 'there is no such file',
  ERR_MODULE_NOT_FOUND: 'there is no such file, or it imports one that is not there',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a folder',
  ERR_UNSUPPORTED_DIR_IMPORT: 'it is a folder',
  ERR_UNKNOWN_FILE_EXTENSION: 'it is neither .json nor .ts, .mjs or .js',
}

const reasonOf = ({ code, message }: NodeJS.ErrnoException): string =>
  reasons[code ?? ''] ?? message.split('\n')[0]!

const unreadable = (path: string, reason: string): ConfigError =>
  new ConfigError([`REKEY_CONFIG: can't be read: ${path}: ${reason}`])
