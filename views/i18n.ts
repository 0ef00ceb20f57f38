import { readFileSync } from 'node:fs'
import i18next, { type i18n, type Resource } from 'i18next'
import type { Locale } from '../rules/account.ts'
import { directionOf, localeTags } from '../rules/locale.ts'
import { remembered } from '../rules/remembered.ts'
import type { HostTexts } from './host-views.ts'

export type Values = { [name: string]: unknown }

/** Every key of a language, as `password.lead`. */
export function textKeys(locale: Locale): Set<string> {
  const keys = (texts: object, before: string): string[] =>
    Object.entries(texts).flatMap(([key, text]) =>
      typeof text === 'string' ? [before + key] : keys(text, `${before}${key}.`),
    )
  return new Set(keys(readLocale(locale), ''))
}

/** Texts of one language. A list of keys means: the first that exists. */
export interface Texts {
  locale: Locale
  dir: 'ltr' | 'rtl'
  (key: string | string[], values?: Values): string
}

export interface I18n {
  texts(locale: Locale): Texts
  moment(locale: Locale, at: number, style?: 'time' | 'date'): string
}

export const locales: Locale[] = [...localeTags]

const namespace = 'rekey'

/** Read once a process, and changed by nobody. */
const readLocale = remembered((locale: Locale): object =>
  JSON.parse(readFileSync(new URL(`./locales/${locale}.json`, import.meta.url), 'utf8')),
)

/** i18next writes texts of a host into what it was given. A language that we don't have is the host's alone. */
function resourceOf(locale: Locale, own: HostTexts): object {
  if (!locales.includes(locale)) return {}
  return own[locale] === undefined ? readLocale(locale) : structuredClone(readLocale(locale))
}

interface TextOptions {
  timeZone?: string
  onMissing?: (key: string) => void
  texts?: HostTexts
}

/**
 * The texts of all languages, each read when somebody first reads it. HTML is escaped where texts are put into a page, so
 * nothing is escaped here; `timeZone` is for places without a script, such as mails.
 */
export function createI18n({ timeZone = 'UTC', ...options }: TextOptions): I18n {
  const moment = momentFormatter(timeZone)
  return { moment, texts: remembered((locale: Locale) => textsOf(speaking(locale, moment, options), locale)) }
}

/** One language, and English for what it lacks. */
function speaking(locale: Locale, moment: I18n['moment'], { onMissing, texts: own = {} }: TextOptions): i18n {
  const spoken = [...new Set<Locale>([locale, 'en'])]
  const instance: i18n = i18next.createInstance()
  instance.init({
    lng: locale,
    fallbackLng: 'en',
    ns: [namespace],
    defaultNS: namespace,
    initAsync: false,
    resources: Object.fromEntries(
      spoken.map((one) => [one, { [namespace]: resourceOf(one, own) }]),
    ) as Resource,
    // A value must never be read as a key or as a reference to another text.
    interpolation: { escapeValue: false, skipOnVariables: true },
    saveMissing: onMissing !== undefined,
    missingKeyHandler: (_languages, _namespace, key) => onMissing?.(key),
  })
  for (const one of spoken) instance.addResources(one, namespace, { ...own[one] })
  instance.services.formatter?.add('duration', (value, lng) => duration(Number(value), lng ?? 'en'))
  instance.services.formatter?.add('moment', (value, lng) => moment(lng as Locale, Number(value)))
  return instance
}

const mostFilled = 1000
/** Longer values aren't worth the memory, and may be anybody's. Characters. */
const longestFilled = 100

/**
 * i18next needs 3 µs and more for each text. Most have no place for a value, whatever they are given, and are looked up once;
 * those that are given little, as the name of the brand, come again with the same.
 */
function textsOf(instance: i18n, locale: Locale): Texts {
  const translate = instance.getFixedT(locale)
  const plain = remembered((key) => translate(key))
  const unfilled = remembered((asked) => {
    const [key, context] = JSON.parse(asked)
    return translate(key, { context, skipInterpolation: true }) as string
  }, mostFilled)
  const filled = remembered((asked) => {
    const [key, values] = JSON.parse(asked)
    return translate(key, values) as string
  }, mostFilled)
  const texts = (key: string | string[], values?: Values): string => {
    if (typeof key !== 'string') return translate(key, { ...values })
    if (values === undefined) return plain(key)
    const { count, context } = values
    // The number decides which text it is.
    const text = count === undefined ? unfilled(JSON.stringify([key, context])) : undefined
    if (text !== undefined && !hasPlaces.test(text)) return text
    return isLittle(values) ? filled(JSON.stringify([key, values])) : translate(key, { ...values })
  }
  return Object.assign(texts, { locale, dir: directionOf(locale) })
}

/** For a value, or for another text. */
const hasPlaces = /\{\{|\$t\(/

/** Whether values say the same again when they are read from JSON, and are short. */
function isLittle(values: Values): boolean {
  const all = Object.values(values)
  const little = (one: unknown) =>
    Number.isFinite(one) || (typeof one === 'string' && one.length <= longestFilled)
  return all.length <= 2 && all.every(little)
}

function momentFormatter(timeZone: string) {
  const formats = new Map<string, Intl.DateTimeFormat>()
  return (locale: Locale, at: number, style: 'time' | 'date' = 'time'): string => {
    const key = `${locale}:${style}`
    const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, momentOptions(style, timeZone))
    formats.set(key, format)
    return format.format(at)
  }
}

function momentOptions(style: 'time' | 'date', timeZone: string): Intl.DateTimeFormatOptions {
  const date = { year: 'numeric', month: 'long', day: 'numeric', timeZone } as const
  if (style === 'date') return date
  return { ...date, month: 'short', hour: 'numeric', minute: '2-digit', timeZoneName: 'short' }
}

/** A length of time in words, rounded up: '40 seconds', '5 minutes', '24 hours', '3 days'. */
export function duration(milliseconds: number, locale: string): string {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000))
  const [value, unit] =
    seconds < 90
      ? [seconds, 'second']
      : seconds < 90 * 60
        ? [Math.ceil(seconds / 60), 'minute']
        : seconds <= 72 * 3600
          ? [Math.ceil(seconds / 3600), 'hour']
          : [Math.ceil(seconds / 86_400), 'day']
  const format = new Intl.NumberFormat(locale, { style: 'unit', unit: unit as string, unitDisplay: 'long' })
  const said = format.format(value as number)
  // As everywhere else in these texts: 24時間 in Japanese, 24 小时 in Chinese.
  if (locale.startsWith('ja')) return said.replaceAll(' ', '')
  return locale.startsWith('zh') ? said.replace(/\d(?=\p{L})/u, '$& ') : said
}
