const entities: { [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
}

/** A piece of HTML that is safe to put into a page as it is. Only code makes one, never input. */
export class Html {
  readonly html: string

  constructor(html: string) {
    this.html = html
  }

  toString(): string {
    return this.html
  }
}

/** Text as HTML, for elements and quoted attributes. */
export function escapeHtml(text: unknown): string {
  return String(text ?? '').replace(/[&<>"']/g, (character) => entities[character] as string)
}

/** Markers no text or value can hold: values are put in after escaping, by their number only. */
const [open, close] = ['\uE000', '\uE001']

/**
 * A translated text with values as HTML: texts in strong type, Html as it is. `translate` is called with a marker for
 * each value, so that neither a value nor a translation is ever read as markup.
 */
export function richText(
  translate: (values: { [name: string]: unknown }) => string,
  values: { [name: string]: unknown },
): Html {
  const pieces: string[] = []
  const marked = Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (typeof value !== 'string' && !(value instanceof Html)) return [name, value]
      pieces.push(value instanceof Html ? value.html : `<strong>${breakable(value)}</strong>`)
      return [name, `${open}${pieces.length - 1}${close}`]
    }),
  )
  const text = escapeHtml(translate(marked))
  return new Html(text.replace(/\uE000(\d+)\uE001/g, (_, index) => pieces[Number(index)] ?? ''))
}

/** What a line of a phone has room for, in strong type: an address no longer than that stays in one piece, but beside a picture. */
const lineOfPhone = 24

/** An address that doesn't fit a line goes on below from its @ or a slash, rather than with its last letter. */
function breakable(text: string): string {
  const mark = text.length <= lineOfPhone ? '<wbr class="tight">' : '<wbr>'
  return escapeHtml(text).replace(/(?=@)|(?<=[^/<]\/)(?=[^/])/g, mark)
}

/** Text with the given addresses as links; only web addresses become one. */
export function linkify(text: string, links: string[]): Html {
  const known = links.filter((link) => /^https?:\/\/./.test(link)).toSorted((a, b) => b.length - a.length)
  if (known.length === 0) return new Html(escapeHtml(text))
  const pattern = new RegExp(
    `(${known.map((link) => link.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|')})`,
  )
  const parts = text.split(pattern).map((part, index) => {
    const safe = escapeHtml(part)
    return index % 2 === 1 ? `<a href="${safe}">${safe}</a>` : safe
  })
  return new Html(parts.join(''))
}
