import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { heading, shoot } from '../support/demo-visits.ts'
import { type Demo, startDemo } from '../support/process.ts'
import { chromiumPath, launchChromium } from '../views/chromium.ts'

const { source: axe } = createRequire(import.meta.url)('axe-core') as { source: string }
const email = 'nils@nordlys.example'

describe('The authenticator in a browser', function () {
  this.timeout(120_000)
  let data: string
  let demo: Demo
  let browser: Browser
  let computer: Page
  let phoneContext: BrowserContext
  let phone: Page
  const faults: string[] = []

  before(async function () {
    if (chromiumPath === undefined) {
      console.log('skipped: no chromium found for the authenticator; set CHROMIUM to the path of one')
      this.skip()
    }
    data = await mkdtemp(join(tmpdir(), 'rekey-'))
    demo = await startDemo(data)
    browser = await launchChromium()
    computer = await (await newContext({ width: 900, height: 1000 })).newPage()
    phoneContext = await newContext({ width: 360, height: 740 })
    phone = await phoneContext.newPage()
    for (const page of [computer, phone]) watch(page)
  })
  after(async () => {
    await browser?.close()
    await demo?.stop()
    if (data !== undefined) await rm(data, { recursive: true })
    expect(faults).to.deep.equal([])
  })

  it('is connected by the link of the QR code and the number on the page, which goes on by itself', async () => {
    await givePassword()
    await computer.getByText('Set up something else').click()
    await computer.getByRole('button', { name: 'Rekey authenticator' }).click()
    await heading(computer, 'Connect your phone')
    const [own] = await Promise.all([
      computer.context().waitForEvent('page'),
      computer.getByRole('link', { name: 'Open it on this device' }).click(),
    ])
    // This computer came first; its owner starts over with the phone.
    await own.getByRole('heading', { name: 'Type the number' }).waitFor()
    await own.close()
    await computer.getByRole('button', { name: 'Start over with another phone' }).click()
    await computer.getByText("Can't scan?").click()
    const link = (await computer.locator('#link').textContent())!
    await phone.goto(link)
    await phone.getByRole('heading', { name: 'Type the number' }).waitFor()
    expect(new URL(phone.url()).hash).to.equal('')
    await phone.reload()
    await phone.getByRole('heading', { name: 'Type the number' }).waitFor()
    await shoot(phone, 'authenticator-pairing')
    await accessible(phone)
    const number = await numberOn(computer)
    await type(phone, another(number))
    await phone.getByRole('button', { name: 'Connect', exact: true }).first().click()
    await phone.getByRole('alert').getByText('That is not the number on the page.').waitFor()
    await type(phone, number)
    await phone.getByRole('button', { name: 'Connect', exact: true }).first().click()
    await heading(computer, 'Save your backup codes')
    await computer.getByLabel('I have saved these codes').check()
    await computer.getByRole('button', { name: 'Continue' }).click()
    expect((await tokenOf()).amr).to.deep.equal(['mfa', 'pwd', 'swk'])
    await phone.getByText('No sign-in requests.').waitFor()
  })

  it('keeps its keys where nobody can read them', async () => {
    const kept = await phone.evaluate(`new Promise((resolve) => {
      const opening = indexedDB.open('authenticator')
      opening.onsuccess = () => {
        const all = opening.result.transaction('accounts').objectStore('accounts').getAll()
        all.onsuccess = () => resolve(all.result.map(({ privateKey, code, ...rest }) => ({
          extractable: privateKey.extractable || code.extractable,
          text: JSON.stringify(rest),
        })))
      }
    })`)
    expect(kept).to.have.length(1)
    expect((kept as { extractable: boolean }[])[0]!.extractable).to.equal(false)
  })

  it('shows the request at once, and the sign-in goes on with the number', async () => {
    await signOut()
    await givePassword()
    await heading(computer, 'Answer on your phone')
    await phone.getByRole('heading', { name: 'Is this you?' }).waitFor()
    expect(await phone.locator('[data-value=from]').textContent()).to.include('Chrome')
    await shoot(computer, 'push')
    await shoot(phone, 'authenticator-request')
    await accessible(phone)
    const number = await numberOn(computer)
    await type(phone, another(number))
    await phone.getByRole('button', { name: "Yes, it's me" }).click()
    await phone.getByRole('alert').getByText('That is not the number on the page.').waitFor()
    await type(phone, number)
    await phone.keyboard.press('Enter')
    await phone.getByText('Approved. Go back to your browser.').waitFor()
    expect((await tokenOf()).amr).to.deep.equal(['mfa', 'pwd', 'swk'])
  })

  it('opens without a connection, and its code signs in', async () => {
    await phone.locator('#authenticator[data-kept]').waitFor()
    await phoneContext.setOffline(true)
    await phone.reload()
    await phone.getByText('I have no signal: show a code').click()
    await phone.getByText('There is no connection. Codes work without one.').waitFor()
    await phone
      .locator('[data-value=code]')
      .getByText(/^\d{3} \d{3}$/)
      .waitFor()
    await shoot(phone, 'authenticator-offline')
    await accessible(phone)
    await signOut()
    await givePassword()
    await computer.getByText("Didn't get a prompt?").click()
    await computer.getByRole('button', { name: 'Use the code in the app' }).click()
    await heading(computer, 'Enter your code')
    const code = (await phone.locator('[data-value=code]').textContent())!
    await computer.getByLabel('Six-digit code').fill(code)
    await computer.getByRole('button', { name: 'Verify' }).click()
    expect((await tokenOf()).amr).to.deep.equal(['mfa', 'otp', 'pwd'])
    await phoneContext.setOffline(false)
  })

  it('refuses with "It wasn’t me": the sign-in is over, and a mail says why', async () => {
    await signOut()
    await givePassword()
    await heading(computer, 'Answer on your phone')
    await phone.getByRole('button', { name: "It wasn't me" }).click()
    await phone.getByText('Refused.').waitFor()
    await computer.getByText('The sign-in was refused on the phone.').waitFor()
    await heading(computer, 'Sign in')
    expect((await demo.mailsTo(email)).at(-1)!.subject).to.equal('Someone knows your password')
  })

  it('lets a name be given, and the account be taken off', async () => {
    await phone.getByText('Rename or remove').click()
    await phone.getByLabel('Name on this phone').fill('Work')
    await phone.getByRole('button', { name: 'Save' }).click()
    await phone.getByText('Saved.').waitFor()
    await phone.getByText('Work', { exact: true }).waitFor()
    await phone.getByText('Rename or remove').click()
    await phone.getByRole('button', { name: 'Remove from this phone' }).click()
    await phone.getByRole('button', { name: 'Really remove it?' }).click()
    await phone.getByText('No account is connected yet.').waitFor()
    await shoot(phone, 'authenticator-empty')
  })

  async function newContext(viewport: { width: number; height: number }): Promise<BrowserContext> {
    return browser.newContext({ locale: 'en-GB', viewport })
  }

  function watch(page: Page): void {
    page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.message}`))
    page.on('console', (message) => {
      // That a request was refused, or that there is no connection, is what some of the tests are about.
      const asked = /Failed to load resource|ERR_INTERNET_DISCONNECTED/.test(message.text())
      if (message.type() === 'error' && !asked) faults.push(`${page.url()}: ${message.text()}`)
    })
    page.on('response', (response) => {
      if (response.status() >= 500) faults.push(`${response.status()} from ${response.url()}`)
    })
  }

  async function givePassword(): Promise<void> {
    const { password } = await demo.person('nils')
    await computer.goto(`${demo.app}/login`)
    await computer.getByLabel('Email address').fill(email)
    await computer.getByLabel('Password', { exact: true }).fill(password)
    await computer.getByRole('button', { name: 'Sign in', exact: true }).click()
  }

  async function signOut(): Promise<void> {
    await computer.context().clearCookies()
  }

  async function tokenOf(): Promise<{ amr: string[] }> {
    return JSON.parse((await computer.locator('#id-token').textContent())!)
  }
})

async function numberOn(page: Page): Promise<string> {
  const shown = (await page.locator('.number code').textContent()) ?? ''
  return shown.replace(/\s/g, '')
}

const type = (page: Page, number: string) => page.locator('input.code:visible').fill(number)

const another = (number: string): string => (number === '000000' ? '000001' : '000000')

async function accessible(page: Page): Promise<void> {
  await page.evaluate(axe)
  const faults = await page.evaluate<string[]>(
    'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].html))',
  )
  expect(faults).to.deep.equal([])
  expect(await page.evaluate('document.documentElement.scrollWidth')).to.equal(360)
}
