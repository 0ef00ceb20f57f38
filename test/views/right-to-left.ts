import { readFileSync } from 'node:fs'
import type { Locale } from '../../rules/account.ts'
import type { HostTexts } from '../../views/host-views.ts'

/**
 * A language that nobody speaks, written from right to left: English words turned around, as CLDR's pseudo-locale for
 * bidirectional text has them. Whoever looks at a page in it sees at once what doesn't turn with the line, and what is
 * still in plain English.
 */
export const pseudo = 'ar-XB' as Locale

type Tree = { [key: string]: string | Tree }

const english: Tree = JSON.parse(
  readFileSync(new URL('../../views/locales/en.json', import.meta.url), 'utf8'),
)
const [mark, override, end] = ['\u200F', '\u202E', '\u202C']

/** Words alone: values and what stands between words keep their place. */
const turned = (text: string): string =>
  text.replace(/(\{\{[^}]*\}\}|\$t\([^)]*\))|[\p{L}\p{N}'’]+/gu, (word, value?: string) =>
    value === undefined ? `${mark}${override}${word}${end}${mark}` : value,
  )

/** Arabic has six forms of a plural, English two. */
const formsOf = (key: string): string[] => {
  const [, base] = /^(.*)_other$/.exec(key) ?? []
  return base === undefined ? [key] : ['zero', 'two', 'few', 'many', 'other'].map((form) => `${base}_${form}`)
}

const flat = (tree: Tree, before = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, text]) =>
    typeof text === 'string'
      ? formsOf(before + key).map((form): [string, string] => [form, turned(text)])
      : flat(text, `${before}${key}.`),
  )

export const pseudoTexts = { [pseudo]: Object.fromEntries(flat(english)) } as HostTexts
