import { createRequire } from 'node:module'
import { assert } from 'chai'
import type { Browser } from 'playwright-core'
import { brandOptions } from '../../options/brand.ts'
import { brandingOf } from '../../views/brand.ts'
import { createViews } from '../../views/render.ts'
import { branded, type Company, companies } from './brands.ts'
import { chromiumPath, launchChromium } from './chromium.ts'
import { samples } from './samples.ts'
import { renderSample, serveSamples } from './serve.ts'

const { source } = createRequire(import.meta.url)('axe-core') as { source: string }
const names = Object.keys(companies) as Company[]

/** Between them they have what a brand colors: buttons, links, notes, tags, the lock, codes, a table. */
const looked = ['password.app', 'recovery_waiting', 'consent', 'backup_codes', 'security', 'webhooks']

describe('A brand', () => {
  it('shows nothing of Rekey’s: neither its key nor its name', () => {
    for (const company of names) {
      const { views, branding } = branded(company)
      for (const sample of samples) {
        const page = renderSample(views, sample, 'en')
        assert.notMatch(page, /\/assets\/(logo|favicon|authenticator-?\d*)\.(svg|png)\?/, sample.name)
        if (!JSON.stringify(sample.locals).includes('Rekey')) assert.notInclude(page, 'Rekey', sample.name)
      }
      assert.include(branding.assets.get('brand.css')!.body.toString(), '.brand::after{display:none}')
    }
  })

  it('without a picture is its name, and the first letter of it where there is only room for an icon', () => {
    const { look, assets } = brandingOf(brandOptions.parse({ name: 'örebro <Kraft>' }))
    const page = createViews({ brand: 'örebro <Kraft>', look }).page('logged_out', 'en', {})
    const [band = ''] = /<header[\s\S]*?<\/header>/.exec(page) ?? []
    assert.notInclude(band, '<img')
    assert.include(band, 'örebro &lt;Kraft&gt;')
    assert.include(page, '<link rel="icon" href="/assets/brand-letter.svg?')
    assert.include(assets.get('brand-letter.svg')!.body.toString(), '>Ö</text>')
  })

  it('that is Rekey has Rekey’s key', () => {
    const { look, assets } = brandingOf(brandOptions.parse('Rekey'))
    const page = createViews({ brand: 'Rekey', look }).page('logged_out', 'en', {})
    assert.include(page, '/assets/logo.svg?')
    assert.include(page, '/assets/favicon.svg?')
    assert.equal(assets.size, 0)
  })

  describe('of three companies, in a browser', function () {
    this.timeout(300_000)
    let browser: Browser

    before(async function () {
      if (chromiumPath === undefined) return this.skip()
      browser = await launchChromium()
    })
    after(async () => browser?.close())

    for (const company of names)
      it(`${companies[company].name} shows its own logo, and can be read, light and dark`, async () => {
        const { views, branding } = branded(company)
        const gallery = await serveSamples(views, branding.assets)
        const faults: string[] = []
        for (const colorScheme of ['light', 'dark'] as const) {
          const page = await (await browser.newContext({ colorScheme })).newPage()
          page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
          for (const name of looked) {
            await page.goto(gallery.address(name, 'en'))
            await page.evaluate(source)
            faults.push(
              ...(await page.evaluate<string[]>(`(async () => {
                for (const folded of document.querySelectorAll('details')) folded.open = true
                const { violations } = await axe.run({ runOnly: ['color-contrast'] })
                return violations.flatMap(({ nodes }) => nodes.map(({ html, any }) => '${name} ${colorScheme}: ' + html + any[0]?.message))
              })()`)),
            )
          }
          const logo = await page.evaluate<string>(
            `(() => { const img = document.querySelector('.brand img'); return img.naturalWidth > 0 ? img.currentSrc : '' })()`,
          )
          const dark = colorScheme === 'dark' && 'logoDark' in companies[company]
          assert.include(logo, dark ? '/assets/brand-logo-dark.svg' : '/assets/brand-logo.svg')
          await page.context().close()
        }
        await gallery.close()
        assert.deepEqual(faults, [])
      })
  })
})
