import { createRequire } from 'node:module'
import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { heading, visitsToDemo } from '../support/demo-visits.ts'
import { codeIn } from '../support/journeys.ts'

const { source } = createRequire(import.meta.url)('axe-core') as { source: string }
const faultsOf = `axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))`

describe('The security page in a browser', function () {
  this.timeout(120_000)
  const visits = visitsToDemo('the security page')

  const arrive = async (page: Page, name: string): Promise<void> => {
    const person = await visits.demo.person(name)
    await page.goto(`${visits.demo.issuer}/security`)
    await page.getByLabel('Email address').fill(person.email)
    await page.getByLabel('Password', { exact: true }).fill(person.password)
    await page.keyboard.press('Enter')
    await page.getByLabel('Six-digit code').fill(await visits.demo.code(person))
    await page.keyboard.press('Enter')
    await heading(page, 'Security')
  }
  const accessible = async (page: Page): Promise<void> => {
    await page.evaluate(source)
    expect(await page.evaluate(faultsOf), page.url()).to.deep.equal([])
  }
  /** Goes on with the Tab key until something whose text begins so has the focus. */
  const tabTo = async (page: Page, name: string): Promise<void> => {
    for (let steps = 0; steps < 60; steps += 1) {
      await page.keyboard.press('Tab')
      const focused = page.locator(':focus')
      if ((await focused.count()) > 0 && ((await focused.textContent()) ?? '').trim().startsWith(name)) return
    }
    throw new Error(`no way to "${name}" with the keyboard`)
  }

  it('is walked with the keyboard alone: a name, a code that is proven, a second address', async () => {
    const page = await visits.newPage({ viewport: { width: 360, height: 740 } })
    await arrive(page, 'mina')
    await accessible(page)
    await tabTo(page, 'Authenticator app')
    await page.keyboard.press('Enter')
    await heading(page, 'Sign-in method')
    await accessible(page)
    await page.getByLabel('Name').focus()
    await page.keyboard.type('My phone')
    await page.keyboard.press('Enter')
    await page.getByRole('status').getByText('The new name is saved.').waitFor()
    await tabTo(page, 'Back to Security')
    await page.keyboard.press('Enter')
    await heading(page, 'Security')

    await tabTo(page, 'Check the codes, or make new ones')
    await page.keyboard.press('Enter')
    await heading(page, 'Backup codes')
    const { backupCodes } = await visits.demo.person('mina')
    await page.getByLabel('Backup code').focus()
    await page.keyboard.type(backupCodes[0]!)
    await page.keyboard.press('Enter')
    await page.getByRole('status').getByText('it still works').waitFor()
    await accessible(page)

    await page.goto(`${visits.demo.issuer}/security/addresses`)
    await page.getByLabel('Email address').fill('mina@home.example')
    await page.keyboard.press('Enter')
    await page.getByLabel('Code from the email').waitFor()
    const mail = (await visits.demo.mailsTo('mina@home.example')).at(-1)!
    await page.keyboard.type(codeIn(mail.text))
    await page.keyboard.press('Enter')
    await page.getByRole('status').getByText('The address is added.').waitFor()
    await accessible(page)
  })

  it('ends a session that another browser has', async () => {
    const lost = await visits.newPage()
    await arrive(lost, 'ben')
    await visits.demo.advance(60)
    const page = await visits.newPage({ javaScriptEnabled: false })
    await arrive(page, 'ben')
    await page.getByRole('button', { name: 'End all other sessions' }).click()
    await page.getByRole('status').getByText('All other sessions have ended').waitFor()
    await lost.reload()
    await heading(lost, 'Sign in')
  })
})
