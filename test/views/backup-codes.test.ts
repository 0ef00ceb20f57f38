import { assert } from 'chai'
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import type { Locale } from '../../rules/account.ts'
import { backupCodesPdf } from '../../views/backup-codes-pdf.ts'
import { backupCodesText } from '../../views/backup-codes-text.ts'
import { samples } from './samples.ts'

const { codes } = samples.find(({ page }) => page === 'backup_codes')!.locals as { codes: string[] }
const sheet = (locale: Locale, more: object = {}) => ({
  brand: 'Rekey',
  address: 'https://id.example.com/',
  account: 'mika.tanaka@example.com',
  set: 2,
  createdAt: Date.UTC(2026, 2, 14),
  codes,
  locale,
  ...more,
})

async function open(pdf: Buffer) {
  const document = await getDocument({ data: new Uint8Array(pdf), verbosity: 0 }).promise
  const page = await document.getPage(1)
  const items = (await page.getTextContent()).items.flatMap((item) => ('str' in item ? [item.str] : []))
  const { info } = (await document.getMetadata()) as unknown as { info: { [name: string]: unknown } }
  return {
    document,
    page,
    text: items.join('\n'),
    info,
    structure: JSON.stringify(await page.getStructTree()),
  }
}

describe('The sheet of backup codes', () => {
  it('is one page whose words and codes are text, in English', async () => {
    const { document, text, info } = await open(await backupCodesPdf(sheet('en')))
    assert.equal(document.numPages, 1)
    for (const code of codes) assert.include(text, code)
    for (const words of [
      'Backup codes',
      'Rekey',
      'https://id.example.com/',
      'mika.tanaka@example.com',
      'March 14, 2026',
      'Each code works once',
    ]) {
      assert.include(text, words)
    }
    assert.equal(info.Title, 'Backup codes · Rekey · mika.tanaka@example.com')
    assert.equal(info.Language, 'en')
  })

  it('is text in Japanese too', async () => {
    const { text, info } = await open(await backupCodesPdf(sheet('ja', { brand: '花見認証' })))
    for (const code of codes) assert.include(text, code)
    for (const words of ['バックアップコード', '花見認証', '2026年3月14日', 'シート番号'])
      assert.include(text, words)
    assert.equal(info.Language, 'ja')
  })

  it('is tagged: headings, paragraphs and a list of ten', async () => {
    const { structure, document } = await open(await backupCodesPdf(sheet('en')))
    for (const role of ['H1', 'H2', 'P', 'L', 'LI', 'Lbl', 'LBody'])
      assert.include(structure, `"role":"${role}"`)
    assert.deepInclude(await document.getMarkInfo(), { Marked: true })
  })

  it('writes Latin letters in their whole depth, and Japanese ones in a font that has them', async () => {
    const { page } = await open(await backupCodesPdf(sheet('ja')))
    await page.getOperatorList()
    const fonts = (await page.getTextContent()).items.flatMap((item) =>
      'str' in item ? [[item.str, page.commonObjs.get(item.fontName).name as string] as const] : [],
    )
    const fontOf = (text: string) => fonts.find(([str]) => str.includes(text))?.[1]
    assert.match(fontOf('mika.tanaka')!, /SourceSans3/)
    assert.match(fontOf('バックアップ')!, /BIZUDPGothic/)
  })

  it('is small, as only the letters used are in it', async () => {
    assert.isBelow((await backupCodesPdf(sheet('ja'))).length, 80_000)
  })

  it('is made even of letters that no font has', async () => {
    const { text } = await open(await backupCodesPdf(sheet('en', { brand: 'Rekey \u{1F511}' })))
    assert.include(text, 'Rekey □')
  })

  it('shows the whole of a long address', async () => {
    const account = `${'a'.repeat(64)}@${'b'.repeat(60)}.example`
    const { text } = await open(await backupCodesPdf(sheet('en', { account })))
    assert.include(text.replace(/\n/g, ''), account)
  })

  it('says the same as plain text', () => {
    const text = backupCodesText(sheet('en'))
    for (const code of codes) assert.match(text, new RegExp(`^ ?\\d+\\.  ${code}$`, 'm'))
    for (const line of [
      'Sign-in page: Rekey',
      'Where to go: https://id.example.com/',
      'Account: mika.tanaka@example.com',
      'Date: March 14, 2026',
      'Sheet number: 2',
    ]) {
      assert.include(text.split('\n'), line)
    }
    assert.include(backupCodesText(sheet('ja')), '各コードは一度だけ使えます')
  })
})
