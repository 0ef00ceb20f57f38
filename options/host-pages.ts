import type { Locale } from '../rules/account.ts'
import { type HostTexts, type HostViews, pageNames } from '../views/host-views.ts'
import { locales, textKeys } from '../views/i18n.ts'
import { checked, isObject, type Misfit } from './objects.ts'

/** Pages of the host's in place of Rekey's. */
export const hostViews = checked<HostViews | undefined>((views) => {
  if (views === undefined) return []
  if (!isObject(views)) return [[[], 'functions by the name of a page']]
  return Object.entries(views).flatMap(([name, view]): Misfit[] => {
    if (!pageNames.includes(name)) return [[[name], 'no page has this name']]
    return typeof view === 'function' || view === undefined ? [] : [[[name], 'a function']]
  })
})

/** Texts of the host's in place of Rekey's. */
export const hostTexts = checked<HostTexts | undefined>((texts) => {
  if (texts === undefined) return []
  if (!isObject(texts)) return [[[], 'texts by language and key']]
  return Object.entries(texts).flatMap(([locale, own]): Misfit[] => {
    if (!locales.includes(locale as Locale)) return [[[locale], `one of ${locales.join(', ')}`]]
    if (own === undefined) return []
    return isObject(own) ? textFaults(locale as Locale, own) : [[[locale], 'texts by their keys']]
  })
})

function textFaults(locale: Locale, own: object): Misfit[] {
  const known = textKeys(locale)
  return Object.entries(own).flatMap(([key, text]): Misfit[] => {
    if (!known.has(key)) return [[[locale, key], 'no text of Rekey’s has this key']]
    return typeof text === 'string' ? [] : [[[locale, key], 'a text']]
  })
}
