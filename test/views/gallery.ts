/**
 * Pictures of every page in each language, one from right to left among them, size and colour scheme, with an index, in ./gallery. Names as arguments
 * choose pages.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { locales } from '../../views/i18n.ts'
import { createViews } from '../../views/render.ts'
import { branded, type Company, companies } from './brands.ts'
import { chromiumPath, launchChromium } from './chromium.ts'
import { pseudo, pseudoTexts } from './right-to-left.ts'
import { samples } from './samples.ts'
import { serveSamples } from './serve.ts'

const sizes = { phone: { width: 360, height: 740 }, desktop: { width: 1200, height: 860 } }
const schemes = ['light', 'dark'] as const

if (chromiumPath === undefined) {
  console.log('No chromium found: no gallery. Set CHROMIUM to the path of one.')
  process.exit(0)
}

const chosen = process.argv.slice(2)
const shown = samples.filter(({ name }) => chosen.length === 0 || chosen.includes(name))
const folder = new URL('../../gallery/', import.meta.url)
await mkdir(folder, { recursive: true })
const server = await serveSamples(createViews({ brand: 'Rekey', texts: pseudoTexts }))
const browser = await launchChromium()
const figures: string[] = []

for (const locale of [...locales, pseudo]) {
  for (const [size, viewport] of Object.entries(sizes)) {
    for (const colorScheme of schemes) {
      const context = await browser.newContext({ viewport, colorScheme, locale, timezoneId: 'Asia/Tokyo' })
      const page = await context.newPage()
      for (const { name } of shown) {
        const file = `${name}.${locale}.${size}.${colorScheme}.png`
        await page.goto(server.address(name, locale))
        await page.screenshot({ path: new URL(file, folder).pathname, fullPage: true })
        figures.push(figureOf(file))
      }
      await context.close()
    }
  }
}
await server.close()
await writeIndex('index.html', 'Gallery', figures)

// Three companies, side by side: every page once, and the app's own logo beside theirs.
const inBrands: string[] = []
const once = samples.filter((one, index) => samples.findIndex(({ page }) => page === one.page) === index)
const ofBrands = ['password.app', ...once.map(({ name }) => name).filter((name) => name !== 'onward')]
for (const company of Object.keys(companies) as Company[]) {
  const { views, branding } = branded(company)
  const theirs = await serveSamples(views, branding.assets)
  for (const colorScheme of schemes) {
    const context = await browser.newContext({ viewport: sizes.phone, colorScheme })
    const page = await context.newPage()
    for (const name of ofBrands.filter((one) => chosen.length === 0 || chosen.includes(one))) {
      const file = `brand.${company}.${name}.${colorScheme}.png`
      await page.goto(theirs.address(name, 'en'))
      await page.screenshot({ path: new URL(file, folder).pathname, fullPage: true })
      inBrands.push(figureOf(file))
    }
    await context.close()
  }
  await theirs.close()
}
await browser.close()
await writeIndex('brands.html', 'Brands', inBrands)

function figureOf(file: string): string {
  return `<figure><figcaption>${file}</figcaption><img src="${file}" alt="${file}" loading="lazy"></figure>`
}

async function writeIndex(name: string, title: string, shown: string[]): Promise<void> {
  const style =
    'figure{display:inline-block;vertical-align:top;margin:8px}img{max-width:480px;border:1px solid #999}'
  const page = `<!doctype html><meta charset="utf-8"><title>${title}</title><style>${style}</style>${shown.join('\n')}`
  await writeFile(new URL(name, folder), page)
}

console.log(`${figures.length + inBrands.length} pictures in ${folder.pathname}`)
