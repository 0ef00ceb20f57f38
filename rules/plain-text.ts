/**
 * Characters that change how what stands around them is read, or can't be seen: overrides and isolates of the bidi
 * algorithm (UAX #9), controls, separators, tags and invisible marks. Joiners stay: scripts are written with them.
 */
const hidden =
  /[\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]|[^\P{Cc}\n\r\t]/gu

/** Text as it may be kept and shown: what was typed or sent by someone, without what nobody would type. */
export function visible(text: string): string {
  return text.replace(/[\u2028\u2029]/g, '\n').replace(hidden, '')
}

/** Letters that are written from right to left. */
const rightToLeft =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u

/** What nearly all text is made of, with nothing hidden in it and nothing from right to left. */
const plain = /^[\t\n\r -~]*$/

/** The same within other text: words from right to left don't turn what follows them (UAX #9 §2.4). */
export function isolated(text: string): string {
  if (plain.test(text)) return text
  const shown = visible(text)
  return rightToLeft.test(shown) ? `\u2068${shown}\u2069` : shown
}

/** Every text in what a page or a mail is made of. Objects that are no plain data stay as they are. */
export function allIsolated<T>(data: T): T {
  if (typeof data === 'string') return isolated(data) as T
  if (Array.isArray(data)) return data.map(allIsolated) as T
  if (data === null || typeof data !== 'object' || Object.getPrototypeOf(data) !== Object.prototype)
    return data
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, allIsolated(value)])) as T
}

/** A name that an app has given itself, short enough to be read as one. */
export function appName(name: string): string {
  const [first = ''] = visible(name)
    .trim()
    .split(/[\n\r\t]/)
  return [...first].slice(0, 60).join('')
}
