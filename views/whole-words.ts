/** Short words with a hyphen between them, as "sign-in". Long ones may break, and what is a part of something longer. */
const compound = /(?<![\p{L}\p{N}-])\p{L}{1,5}-\p{L}{1,6}(?![\p{L}\p{N}-])/gu

/** What no element may stand in, or where every character counts. */
const kept = /^<(script|style|title|textarea|select|svg|code|pre|time)\b/

/** What may lay its children out one by one, with no space between them: there the text stays one child. */
const laidOut = /^<(button|a|label|summary)\b/

/** A piece of HTML: an element's beginning or end, a comment, or text. */
const pieces = /<[^>]*>|[^<]+/g

/**
 * A page in which "sign-in" stays on one line: browsers break after a hyphen, no style forbids that, and another character
 * in its place couldn't be searched for. The page is one of our templates', in which `>` stands in no attribute.
 */
export function wholeWords(page: string): string {
  let inside: string | undefined
  let before = ''
  return page.replace(pieces, (piece) => {
    if (piece.startsWith('<')) {
      if (inside === undefined) inside = kept.exec(piece)?.[1]
      else if (piece === `</${inside}>`) inside = undefined
      before = piece
      return piece
    }
    if (inside !== undefined || !piece.includes('-')) return piece
    const whole = piece.replace(compound, '<span class="whole">$&</span>')
    return whole !== piece && laidOut.test(before) ? `<span>${whole}</span>` : whole
  })
}
