import { remembered } from './remembered.ts'

/** The languages that everything is said in, by their tags (BCP 47); views/locales/ has a file for each. */
export const localeTags = ['en', 'ja', 'de', 'fr', 'es', 'ko', 'pt-BR', 'zh-Hans', 'zh-Hant'] as const

type Tag = (typeof localeTags)[number]

/** Tags come from strangers. */
const mostTags = 500

/** A language with its script, as its speakers mostly write it: `zh-TW` and `zh-Hant` are the same. */
const writtenIn = remembered((tag): string | undefined => {
  try {
    const { language, script } = new Intl.Locale(tag).maximize()
    return `${language}-${script}`
  } catch {
    return undefined
  }
}, mostTags)

/** Scripts that are written from right to left. */
const rightToLeft = /-(Arab|Hebr|Syrc|Thaa|Nkoo|Adlm)$/

/** Which way a line of a language is read, for `dir` of a page or a mail. */
export const directionOf = (tag: string): 'ltr' | 'rtl' =>
  rightToLeft.test(writtenIn(tag) ?? '') ? 'rtl' : 'ltr'

const byWriting = new Map(localeTags.map((tag) => [writtenIn(tag), tag]))

/** Ours for a tag of somebody else's: `de-AT` is `de`, `zh-HK` is `zh-Hant`. Undefined where we don't have it. */
export function tagFor(tag: string): Tag | undefined {
  const written = tag.length > 35 ? undefined : writtenIn(tag.trim().replaceAll('_', '-'))
  return written === undefined ? undefined : byWriting.get(written)
}
