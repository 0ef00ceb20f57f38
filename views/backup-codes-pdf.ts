import { loaded } from './backup-codes-fonts.ts'
import { type BackupCodeSheet, type SheetWords, sheetWords } from './backup-codes-text.ts'

type Document = PDFKit.PDFDocument
type Structure = ReturnType<Document['struct']>
/** What pdfkit knows of a font through fontkit, which has no types. */
type Face = { hasGlyphForCodePoint(codePoint: number): boolean }

const ink = '#12262b'
const faint = '#4d5f63'
const accent = '#0b5d56'
const left = 64
const width = 467
/** Fonts on one line stand on one line: what is above it is that of the Japanese one, for all of them. */
const baseline = 'alphabetic' as const
const ascent = 0.88

/**
 * A set of backup codes as one page of A4: a tagged PDF whose codes are text that can be searched, copied and read
 * aloud. Only the glyphs used are embedded. pdfkit and the fonts are loaded at the first call.
 */
export async function backupCodesPdf(sheet: BackupCodeSheet): Promise<Buffer> {
  const { PDFDocument, fonts } = await loaded()
  const locale = writable(sheet, [fonts.regular, fonts.wide]) ? sheet.locale : 'en'
  const words = sheetWords({ ...sheet, locale })
  const document = new PDFDocument({
    size: 'A4',
    margin: left,
    pdfVersion: '1.7',
    subset: 'PDF/UA' as PDFKit.Mixins.PDFSubsets,
    tagged: true,
    displayTitle: true,
    lang: locale,
    font: fonts.regular as unknown as string,
    info: {
      Title: `${words.title} · ${sheet.brand} · ${sheet.account}`,
      Author: sheet.brand,
      CreationDate: new Date(sheet.createdAt),
    },
  })
  document
    .registerFont('regular', fonts.regular)
    .registerFont('bold', fonts.bold)
    .registerFont('regular_wide', fonts.wide)
    .registerFont('bold_wide', fonts.boldWide)
    .registerFont('mono', fonts.mono)
  const body = collect(document)
  draw(document, sheet, words)
  document.end()
  return body
}

/** Whether the fonts have every letter that the language takes: a sheet of boxes would help nobody. */
function writable(sheet: BackupCodeSheet, fonts: Buffer[]): boolean {
  const { title, codes, how, advice, facts } = sheetWords(sheet)
  const said = [title, codes, how, ...advice, ...facts.map(([label]) => label)]
  return said.every((text) => fonts.some((font) => hasAll(font as unknown as Face, text)))
}

const hasAll = (face: Face, text: string): boolean =>
  Array.from(text.normalize('NFC')).every((letter) => face.hasGlyphForCodePoint(letter.codePointAt(0)!))

function draw(document: Document, sheet: BackupCodeSheet, words: SheetWords): void {
  drawTeeth(document)
  const say = sayer(document)
  document.addStructure(
    document.struct('Document', {}, [
      document.struct('H1', {}, () => say('bold', 26, ink, words.title, left, 92)),
      ...words.facts.map(([label, value], index) => fact(document, label, value, index)),
      document.struct('H2', {}, () => say('bold', 13, ink, words.codes, left, 306)),
      document.struct(
        'L',
        {},
        sheet.codes.map((code, index) => codeItem(document, code, index)),
      ),
      document.struct('H2', {}, () => say('bold', 13, ink, words.how, left, 578)),
      document.struct('L', {}, advice(document, words.advice)),
    ]),
  )
}

function fact(document: Document, label: string, value: string, index: number): Structure {
  const say = sayer(document)
  const y = 150 + index * 27
  return document.struct('P', {}, () => {
    say('regular', 10.5, faint, `${label}: `, left, y + 1)
    const size = fitting(document, value, width - 130)
    document.fontSize(size).fillColor(ink)
    const lines = { width: width - 130, lineGap: 1, baseline }
    document.text(shown(document, 'bold', value), left + 130, y + ascent * size, lines)
  })
}

/** Five rows of two; read down the first column, then the second. */
function codeItem(document: Document, code: string, index: number): Structure {
  const say = sayer(document)
  const x = left + Math.floor(index / 5) * (width / 2 + 8)
  const y = 340 + (index % 5) * 42
  return document.struct('LI', {}, [
    document.struct('Lbl', {}, () => say('regular', 10, faint, `${index + 1}. `, x, y + 4)),
    document.struct('LBody', {}, () => say('mono', 15, ink, code, x + 26, y)),
  ])
}

function advice(document: Document, lines: string[]): Structure[] {
  let y = 606
  return lines.map((line) => {
    document.fontSize(11)
    const top = y
    y += document.heightOfString(shown(document, 'regular', line), { width: width - 18, lineGap: 5 }) + 5
    return document.struct('LI', {}, [
      document.struct('Lbl', {}, () => sayer(document)('bold', 11, accent, '・', left - 4, top)),
      document.struct('LBody', {}, () => {
        const lines = { width: width - 18, lineGap: 5, baseline }
        document.fontSize(11).fillColor(ink)
        document.text(shown(document, 'regular', line), left + 14, top + ascent * 11, lines)
      }),
    ])
  })
}

/** The cut edge of a key, as on the pages. Mere decoration, so no reader announces it. */
function drawTeeth(document: Document): void {
  document.markContent('Artifact', { type: 'Layout' } as never)
  document.rect(0, 0, document.page.width, 40).fill(accent)
  for (let x = 24, depth = 0; x < document.page.width; x += 30, depth += 1) {
    const cut = [7, 12, 5, 10, 7, 14][depth % 6] as number
    document.polygon([x, 40], [x + 5, 40 + cut], [x + 17, 40 + cut], [x + 22, 40]).fill(accent)
  }
  for (let row = 0; row < 5; row++) {
    const y = 365 + row * 42
    document.moveTo(left, y).lineTo(left + width / 2 - 8, y)
    document.moveTo(left + width / 2 + 8, y).lineTo(left + width, y)
  }
  document.lineWidth(0.6).strokeColor('#b9c4c6').stroke()
  document.endMarkedContent()
}

function sayer(document: Document) {
  return (font: string, size: number, color: string, text: string, x: number, y: number): void => {
    document.fontSize(size).fillColor(color)
    document.text(shown(document, font, text), x, y + ascent * size, { lineBreak: false, baseline })
  }
}

/** A long address gets smaller and then takes more lines, rather than being cut off. */
function fitting(document: Document, text: string, room: number): number {
  const sizes: [size: number, lines: number][] = [
    [12.5, 1],
    [9, 1],
    [7.5, 2],
    [6, 3],
  ]
  const fits = ([size, lines]: [number, number]) =>
    document.fontSize(size).widthOfString(shown(document, 'bold', text)) < room * lines * 0.95
  return sizes.find(fits)?.[0] ?? 4.5
}

/**
 * Text in a font that has its letters, which the document is set to: the Latin one, whose letters keep their whole height and
 * depth, or the Japanese one, in which they are cut to the line. A character that neither has becomes a box, as the sheet
 * is of more use with it than not made at all.
 */
function shown(document: Document, font: string, text: string): string {
  const faceOf = (name: string) => (document.font(name) as unknown as { _font: { font: Face } })._font.font
  const face = font === 'mono' || hasAll(faceOf(font), text) ? faceOf(font) : faceOf(`${font}_wide`)
  const known = (letter: string) => face.hasGlyphForCodePoint(letter.codePointAt(0) as number)
  return Array.from(text.normalize('NFC'), (letter) => (known(letter) ? letter : '□')).join('')
}

function collect(document: Document): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    document.on('data', (chunk: Buffer) => chunks.push(chunk))
    document.on('end', () => resolve(Buffer.concat(chunks)))
    document.on('error', reject)
  })
}
