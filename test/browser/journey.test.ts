import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { totpCode } from '../../adapters/secrets/totp.ts'
import { acrMultiFactor, acrRecovered } from '../../rules/assurance.ts'
import { heading, shoot, visitsToDemo } from '../support/demo-visits.ts'
import { codeIn, linkIn } from '../support/journeys.ts'
import { textOfPdf } from '../support/pdf.ts'

for (const script of [true, false]) {
  describe(`In a browser with${script ? '' : 'out'} JavaScript`, function () {
    this.timeout(120_000)
    const visits = visitsToDemo('the journey in a browser')

    it('signs in with the keyboard alone', async () => {
      const page = await newPage()
      const mina = await visits.demo.person('mina')
      await page.goto(visits.demo.app)
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await page.waitForURL(/\/interaction\//)
      expect(await focused(page)).to.equal('email')
      await page.keyboard.type(mina.email)
      await page.keyboard.press('Tab')
      expect(await focused(page)).to.equal('password')
      await page.keyboard.type(mina.password)
      await page.keyboard.press('Enter')
      await heading(page, 'Enter your code')
      expect(await focused(page)).to.equal('code')
      await page.keyboard.type(await visits.demo.code(mina))
      await page.keyboard.press('Enter')
      expect((await tokenOf(page)).acr).to.equal(acrMultiFactor)
    })

    it('reaches the other ways with the keyboard too', async () => {
      const page = await newPage()
      const ben = await visits.demo.person('ben')
      await givePassword(page, ben)
      await heading(page, 'Enter your code')
      for (const name of ['Verify', 'Try another way']) {
        await page.keyboard.press('Tab')
        expect(await textOf(page, ':focus')).to.equal(name)
      }
      await page.keyboard.press('Enter')
      for (const name of ['Use a backup code', 'Reset authentication device']) {
        await page.keyboard.press('Tab')
        expect(await textOf(page, ':focus')).to.equal(name)
      }
      await page.keyboard.press('Enter')
      await heading(page, 'Reset authentication device')
    })

    it('sets up an authenticator app, and keeps the codes as a PDF', async () => {
      const page = await newPage()
      const nils = await visits.demo.person('nils')
      await givePassword(page, nils)
      await heading(page, 'Set up an authenticator app')
      const picture = (await page.locator('svg.qr').boundingBox())!
      expect(Math.min(picture.width, picture.height)).to.be.greaterThan(150)
      await shoot(page, 'enrol')
      await page.getByText("Can't scan? Enter a key instead").click()
      const secret = (await textOf(page, '#secret')).replaceAll(' ', '')
      await page.getByLabel('Six-digit code').fill('000000')
      await page.getByRole('button', { name: 'Turn on' }).click()
      await page.getByRole('alert').getByText("That code isn't right").waitFor()
      expect(await focused(page)).to.equal('code')
      await page.getByLabel('Six-digit code').fill(totpCode(secret, Date.now()))
      await page.getByRole('button', { name: 'Turn on' }).click()
      await heading(page, 'Save your backup codes')
      const codes = await page.locator('#codes li').allInnerTexts()
      expect(codes).to.have.length(10)
      await shoot(page, 'backup-codes')
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Download PDF' }).click(),
      ])
      expect(download.suggestedFilename()).to.equal('backupCodes.pdf')
      const text = await textOfPdf(new Uint8Array(await readFile(await download.path())))
      for (const line of [nils.email, ...codes]) expect(text).to.include(line)
      expect(await page.getByRole('button', { name: 'Print' }).isVisible()).to.equal(script)
      if (script) {
        await page.getByRole('button', { name: 'Copy' }).click()
        await page.getByRole('button', { name: 'Copied' }).waitFor()
        expect(await page.evaluate('navigator.clipboard.readText()')).to.equal(codes.join('\n'))
      }
      await page.getByRole('button', { name: 'Continue' }).click()
      await heading(page, 'Save your backup codes')
      await page.getByLabel('I have saved these codes').check()
      await page.getByRole('button', { name: 'Continue' }).click()
      expect((await tokenOf(page)).amr).to.include('mfa')
      await shoot(page, 'app')
    })

    it('gets back in after a lost phone, while a super admin decides in Japanese in another browser', async () => {
      const page = await newPage()
      const [mina, aiko] = [await visits.demo.person('mina'), await visits.demo.person('aiko')]
      await givePassword(page, mina)
      await heading(page, 'Enter your code')
      await shoot(page, 'totp')
      await page.getByText('Try another way').click()
      await page.getByRole('button', { name: 'Reset authentication device' }).click()
      await heading(page, 'Reset authentication device')
      await shoot(page, 'recovery')
      await page.getByRole('button', { name: 'Send request' }).click()
      await heading(page, 'Waiting for a super admin')
      await shoot(page, 'recovery-waiting')
      const code = codeIn((await visits.demo.mailsTo(mina.email)).at(-1)!.text)
      const request = (await visits.demo.mailsTo(aiko.email)).findLast(({ text }) =>
        text.includes('/recovery/approve/'),
      )!

      const admin = await newPage({ locale: 'ja-JP' })
      await admin.goto(linkIn(request.text, '/recovery/approve/'))
      await heading(admin, 'サインイン')
      expect(await admin.getByLabel('メールアドレス').inputValue()).to.equal(aiko.email)
      await admin.getByLabel('パスワード', { exact: true }).fill(aiko.password)
      await shoot(admin, 'password-ja')
      await admin.getByRole('button', { name: 'サインイン', exact: true }).click()
      await heading(admin, 'コードを入力')
      await admin.getByLabel('6桁のコード').fill(await visits.demo.code(aiko))
      await admin.getByRole('button', { name: '確認する' }).click()
      await admin.getByText(mina.email).first().waitFor()
      await shoot(admin, 'approve-ja')
      await admin.locator('input[name=code]').fill(code === '111111' ? '222222' : '111111')
      await admin.locator('textarea').fill('電話で確認しました。')
      await admin.getByRole('button', { name: '承認', exact: true }).click()
      await admin.getByRole('alert').waitFor()
      await shoot(admin, 'approve-wrong-ja')
      expect(await admin.locator('textarea').inputValue()).to.equal('電話で確認しました。')
      await admin.locator('input[name=code]').fill(code)
      await admin.getByRole('button', { name: '承認', exact: true }).click()
      await heading(admin, '承認しました')
      await shoot(admin, 'approve-done-ja')

      // Nobody touches this page: it goes on by itself, with or without script.
      await heading(page, 'Set up your new device')
      await shoot(page, 'recovered')
      expect(await page.getByRole('button', { name: 'Not now' }).count()).to.equal(0)
      await page.getByText("Can't scan? Enter a key instead").click()
      const secret = (await textOf(page, '#secret')).replaceAll(' ', '')
      await page.getByLabel('Six-digit code').fill(totpCode(secret, Date.now()))
      await page.getByRole('button', { name: 'Turn on' }).click()
      await page.getByLabel('I have saved these codes').check()
      await page.getByRole('button', { name: 'Continue' }).click()
      expect((await tokenOf(page)).acr).to.equal(acrMultiFactor)
    })

    it('is signed in with less by an app that takes what there is, and can put the new device off', async () => {
      const page = await newPage()
      const [noor, aiko] = [await visits.demo.person('noor'), await visits.demo.person('aiko')]
      await givePassword(page, noor, '/login?level=any')
      await page.getByText('Try another way').click()
      await page.getByRole('button', { name: 'Reset authentication device' }).click()
      await page.getByRole('button', { name: 'Send request' }).click()
      await heading(page, 'Waiting for a super admin')
      const code = codeIn((await visits.demo.mailsTo(noor.email)).at(-1)!.text)
      const request = (await visits.demo.mailsTo(aiko.email)).findLast(({ text }) =>
        text.includes('/recovery/approve/'),
      )!
      // Aiko's authenticator shows a code that she has not used yet.
      await visits.demo.advance(60)
      const admin = await newPage()
      await admin.goto(linkIn(request.text, '/recovery/approve/'))
      await admin.getByLabel('Password', { exact: true }).fill(aiko.password)
      await admin.getByRole('button', { name: 'Sign in', exact: true }).click()
      await admin.getByLabel('Six-digit code').fill(await visits.demo.code(aiko))
      await admin.getByRole('button', { name: 'Verify' }).click()
      await shoot(admin, 'approve')
      await admin.locator('input[name=code]').fill(code)
      await admin.locator('textarea').fill('Called, and knew the voice.')
      await admin.getByRole('button', { name: 'Approve', exact: true }).click()
      await heading(admin, 'Approved')
      await page.getByRole('button', { name: 'Not now' }).click()
      const token = await tokenOf(page)
      expect([token.acr, token.amr]).to.deep.equal([acrRecovered, ['pwd']])

      const owner = await newPage()
      await owner.goto(linkIn((await visits.demo.mailsTo(noor.email)).at(-1)!.text, '/recovery/disavow/'))
      await heading(owner, "Wasn't this you?")
      await shoot(owner, 'disavow')
      await owner.getByRole('button', { name: "This wasn't me" }).click()
      await heading(owner, 'Stopped')
      await shoot(owner, 'disavow-done')
      await visits.demo.mailsTo(noor.email)
      await page.reload()
      await page.getByText('The identity provider ended your session.').waitFor()
    })

    it('has its request sent in two presses from the code page, and is back at it with none', async () => {
      const page = await newPage({ viewport: { width: 375, height: 740 } })
      const mina = await visits.demo.person('mina')
      await givePassword(page, mina, '/login?level=any')
      await heading(page, 'Enter your code')
      const presses = ['Reset authentication device', 'Send request']
      for (const name of presses) await page.getByRole('button', { name, exact: true }).click()
      await heading(page, 'Waiting for a super admin')
      // The page is closed, and the person signs in again: the password leads there, and nothing else is asked.
      const later = await page.context().newPage()
      await page.close()
      await givePassword(later, mina, '/login?level=any')
      await heading(later, 'Waiting for a super admin')
      await later.getByRole('button', { name: 'Cancel this request' }).click()
      await heading(later, 'Request cancelled')
    })

    it('changes to the account that was asked, from the one that is signed in', async () => {
      const page = await newPage()
      const [ben, aiko] = [await visits.demo.person('ben'), await visits.demo.person('aiko')]
      const waiting = await newPage()
      await givePassword(waiting, await visits.demo.person('mina'), '/login?level=any')
      await waiting.getByText('Try another way').click()
      await waiting.getByRole('button', { name: 'Reset authentication device' }).click()
      await waiting.getByRole('button', { name: 'Send request' }).click()
      await heading(waiting, 'Waiting for a super admin')
      const request = (await visits.demo.mailsTo(aiko.email)).findLast(({ text }) =>
        text.includes('/recovery/approve/'),
      )!
      await givePassword(page, ben)
      await page.getByLabel('Six-digit code').fill(await visits.demo.code(ben))
      await page.getByRole('button', { name: 'Verify' }).click()
      await tokenOf(page)
      await page.goto(linkIn(request.text, '/recovery/approve/'))
      await page.getByRole('link', { name: 'Sign in with another account' }).click()
      await visits.demo.advance(60)
      await page.getByLabel('Password', { exact: true }).fill(aiko.password)
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await page.getByLabel('Six-digit code').fill(await visits.demo.code(aiko))
      await page.getByRole('button', { name: 'Verify' }).click()
      if (!script) await page.getByRole('button', { name: 'Continue' }).click()
      await page.getByText('mina@hanami.example').first().waitFor()
    })

    const newPage = (options: Parameters<typeof visits.newPage>[0] = {}) =>
      visits.newPage({
        javaScriptEnabled: script,
        viewport: { width: 900, height: 1000 },
        permissions: ['clipboard-read', 'clipboard-write'],
        ...options,
      })

    async function givePassword(
      page: Page,
      person: { email: string; password: string },
      path = '/login',
    ): Promise<void> {
      await page.goto(`${visits.demo.app}${path}`)
      await page.getByLabel('Email address').fill(person.email)
      await page.getByLabel('Password', { exact: true }).fill(person.password)
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    }

    async function tokenOf(page: Page): Promise<{ acr: string; amr: string[] }> {
      return JSON.parse(await textOf(page, '#id-token'))
    }
  })
}

/** The id of what has the focus. Playwright may look into a page that runs no script of its own. */
const focused = (page: Page): Promise<string> =>
  page.locator(':focus').evaluate((one) => (one as unknown as { id: string }).id)

const textOf = async (page: Page, place: string): Promise<string> =>
  ((await page.locator(place).textContent()) ?? '').trim()
