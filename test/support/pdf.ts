import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'

/** What can be selected and copied from a PDF, one line a piece. */
export async function textOfPdf(bytes: Uint8Array): Promise<string> {
  const { promise, destroy } = openPdf(bytes)
  const document = await promise
  const lines: string[] = []
  for (let number = 1; number <= document.numPages; number += 1) {
    const { items } = await (await document.getPage(number)).getTextContent()
    lines.push(...items.map((item) => ('str' in item ? item.str : '')).filter((text) => text.trim() !== ''))
  }
  await destroy()
  return lines.join('\n')
}

function openPdf(bytes: Uint8Array) {
  const task = getDocument({ data: bytes, verbosity: 0 })
  return { promise: task.promise, destroy: () => task.destroy() }
}
