/** Short words with a hyphen between them, as "sign-in". Long ones may break, and what is a part of something longer. */
const compound = /(?<![\p{L}\p{N}-])\p{L}{1,5}-\p{L}{1,6}(?![\p{L}\p{N}-])/gu

/** What may lay its children out one by one, with no space between them: there the text stays one child. */
const laidOut = /^<(button|a|label|summary)\b/

/**
 * An element that no other may stand in, or in which every character counts, with the text after it; or a tag, with text after it
 * that has a hyphen. What else there is in a page, most of it, is passed over.
 */
const pieces =
  /(<(script|style|title|textarea|select|svg|code|pre|time)\b[\s\S]*?<\/\2>)([^<]*)|(<[^>]*>|^)([^<-]*-[^<]*)/g

/**
 * A page in which "sign-in" stays on one line: browsers break after a hyphen, no style forbids that, and another character
 * in its place couldn't be searched for. The page is one of our templates', in which `>` stands in no attribute.
 */
export function wholeWords(page: string): string {
  return page.replace(
    pieces,
    (_piece, kept: string | undefined, _name, after: string, tag: string, text: string) =>
      kept === undefined ? tag + whole(text, tag) : kept + whole(after, ''),
  )
}

function whole(text: string, before: string): string {
  const shown = text.replace(compound, '<span class="whole">$&</span>')
  return shown !== text && laidOut.test(before) ? `<span>${shown}</span>` : shown
}
