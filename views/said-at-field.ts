/** What is said of a field that was refused; nothing that people wrote can be one, as it would be escaped. */
const refusal = /<div class="message error"[\s\S]*?<\/div>\n?/

const refused = /<(?:div|p) class="(?:field|check) invalid">/

/**
 * A page on which what was wrong is said right above the first field that it is about. Such a page opens at that field: on
 * a phone its top is out of sight.
 */
export function saidAtField(page: string): string {
  const said = refusal.exec(page)
  const field = refused.exec(page)
  if (said === null || field === null || said.index > field.index) return page
  const between = page.slice(said.index + said[0].length, field.index)
  return page.slice(0, said.index) + between + said[0] + page.slice(field.index)
}
