import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import type { CDPSession, Page } from 'playwright-core'
import { acrMultiFactor } from '../../rules/assurance.ts'
import { rekeyCommand } from '../standalone/kit.ts'
import { heading, visitsToDemo } from '../support/demo-visits.ts'

/** What DevTools' virtual authenticator can be (WebAuthn domain of the Chrome DevTools Protocol). */
interface Nature {
  transport: 'internal' | 'usb'
  hasResidentKey: boolean
  hasUserVerification: boolean
  isUserVerified: boolean
  defaultBackupEligibility?: boolean
}

const platform: Nature = {
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  defaultBackupEligibility: true,
}
const roaming: Nature = { ...platform, transport: 'usb', defaultBackupEligibility: false }
const plain: Nature = { ...roaming, hasResidentKey: false, hasUserVerification: false, isUserVerified: false }

describe('A passkey in a browser', function () {
  this.timeout(120_000)
  const visits = visitsToDemo('passkeys')
  /** Somebody without a second factor for each test. */
  const newcomers = Array.from({ length: 10 }, (_, index) => ({
    id: `newcomer-${index}`,
    name: `Newcomer ${index}`,
    email: `newcomer-${index}@nordlys.example`,
    password: 'copper-meadow-train-52',
    memberships: [{ organization: 'nordlys', role: 'member' }],
  }))

  before(async () => {
    // Where there is no browser.
    if (visits.data === undefined) return
    const file = join(visits.data, 'newcomers.json')
    await writeFile(file, JSON.stringify({ people: newcomers }))
    expect((await rekeyCommand(['import', file, '--data', visits.data])).err).to.equal('')
  })

  it('of the device is set up, is asked for, and then signs in by itself', async () => {
    const { page, authenticator } = await device(platform)
    const owner = await enrolled(page, 'My laptop')
    expect(await token(page)).to.deep.equal(['phr', ['mfa', 'pwd', 'swk', 'user']])
    await authenticator.set('present', false)
    await signOut(page)
    await givePassword(page, owner)
    await heading(page, 'Use your passkey')
    await authenticator.set('present', true)
    await page.getByRole('button', { name: 'Use your passkey' }).click()
    expect(await token(page)).to.deep.equal(['phr', ['mfa', 'pwd', 'swk', 'user']])
    await authenticator.set('present', false)
    await signOut(page)
    await page.goto(`${visits.demo.app}/login`)
    await heading(page, 'Sign in')
    await authenticator.set('present', true)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    expect(await token(page)).to.deep.equal(['phr', ['mfa', 'swk', 'user']])
  })

  it('is offered among the suggestions of the e-mail field, without a button', async () => {
    const { page } = await device(platform)
    await enrolled(page)
    await token(page)
    await signOut(page)
    // Somebody is there, so the virtual authenticator takes the suggestion (conditional mediation) at once.
    await page.goto(`${visits.demo.app}/login`)
    expect(await token(page)).to.deep.equal(['phr', ['mfa', 'swk', 'user']])
  })

  it('on a key without PIN is a second factor, and can not be the whole sign-in', async () => {
    const { page } = await device(plain)
    const owner = await enrolled(page)
    expect(await token(page)).to.deep.equal(['phr', ['hwk', 'mfa', 'pwd', 'user']])
    await signOut(page)
    await page.goto(`${visits.demo.app}/login`)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByRole('alert').getByText('sign in with your password').waitFor()
    await page.getByLabel('Email address').fill(owner.email)
    await page.getByLabel('Password', { exact: true }).fill(owner.password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('button', { name: 'Use your passkey' }).click()
    expect((await token(page))[0]).to.equal('phr')
  })

  it('on a key with a PIN signs in by itself, wherever it is plugged in', async () => {
    const { page, authenticator } = await device(roaming)
    await enrolled(page)
    await token(page)
    const elsewhere = await device(roaming)
    await elsewhere.authenticator.set('present', false)
    for (const credential of await authenticator.credentials()) await elsewhere.authenticator.add(credential)
    await elsewhere.page.goto(`${visits.demo.app}/login`)
    await heading(elsewhere.page, 'Sign in')
    await elsewhere.authenticator.set('present', true)
    await elsewhere.page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    expect(await token(elsewhere.page)).to.deep.equal(['phr', ['hwk', 'mfa', 'user']])
  })

  it('whose PIN is wrong leaves the password, and can be tried again', async () => {
    const { page, authenticator } = await device(roaming)
    await enrolled(page)
    await token(page)
    await signOut(page)
    await authenticator.set('verified', false)
    await page.goto(`${visits.demo.app}/login`)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByRole('alert').getByText('sign in with your password').waitFor()
    await authenticator.set('verified', true)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    expect((await token(page))[0]).to.equal('phr')
  })

  it('is not made twice on the same device', async () => {
    const { page } = await device(roaming)
    await enrolled(page)
    await token(page)
    await page.goto(`${visits.demo.issuer}/security`)
    await page.getByRole('button', { name: 'Passkey or security key' }).click()
    await heading(page, 'Set up a passkey')
    await page.getByRole('button', { name: 'Create a passkey' }).click()
    await page.getByRole('alert').getByText('already holds a passkey for your account').waitFor()
  })

  it('that is taken away before it answers is said so, in the reader’s language, with the other ways at hand', async () => {
    const { page } = await device(platform)
    const owner = await enrolled(page)
    await token(page)
    const other = await device({ ...platform }, { locale: 'ja-JP' })
    await givePassword(other.page, owner, '/login', {
      email: 'メールアドレス',
      password: 'パスワード',
      button: 'サインイン',
    })
    await heading(other.page, 'パスキーを使う')
    await other.page.getByRole('button', { name: 'パスキーを使う' }).click()
    await other.page.getByRole('alert').getByText('取り消されました').waitFor()
    await other.page.getByText('別の方法を試す').click()
    await other.page.getByRole('button', { name: 'バックアップコードを使う' }).click()
    await heading(other.page, 'バックアップコードを入力')
  })

  it('is what an app asks for that wants what can not be phished, and one is set up for it', async () => {
    const { page } = await device(platform)
    const mina = await visits.demo.person('mina')
    await givePassword(page, mina)
    await page.getByLabel('Six-digit code').fill(await visits.demo.code(mina))
    await page.getByRole('button', { name: 'Verify' }).click()
    expect((await token(page))[0]).to.equal(acrMultiFactor)
    await page.goto(`${visits.demo.app}/login?level=phr`)
    await heading(page, 'Set up a passkey')
    await page.getByRole('button', { name: 'Create a passkey' }).click()
    expect((await token(page))[0]).to.equal('phr')
  })

  it('needs JavaScript, and the page says so and shows the way on', async () => {
    const page = await visits.newPage({ javaScriptEnabled: false })
    await givePassword(page, newcomers.pop()!)
    expect(await page.getByRole('button', { name: 'Sign in with a passkey' }).count()).to.equal(0)
    await page.locator('summary', { hasText: 'Set up something else' }).click()
    await page.getByRole('button', { name: 'Passkey or security key' }).click()
    await heading(page, 'Set up a passkey')
    const note = page.locator('noscript .note')
    await note.waitFor()
    expect(await note.textContent()).to.include('Passkeys need JavaScript')
    expect(await page.getByRole('button', { name: 'Create a passkey' }).isVisible()).to.equal(false)
    await page.locator('summary', { hasText: 'Set up something else' }).click()
    await page.getByRole('button', { name: 'Authenticator app' }).click()
    await heading(page, 'Set up an authenticator app')
  })

  it('can not be made by a browser without WebAuthn, which is told so', async () => {
    const { page } = await device(platform)
    await page.addInitScript('delete globalThis.PublicKeyCredential')
    await givePassword(page, newcomers.pop()!)
    await page.locator('summary', { hasText: 'Set up something else' }).click()
    await page.getByRole('button', { name: 'Passkey or security key' }).click()
    await page.getByText("This browser can't create passkeys").waitFor()
    expect(await page.getByRole('button', { name: 'Create a passkey' }).isVisible()).to.equal(false)
  })

  /** A browser of its own with an authenticator, and somebody at it. */
  async function device(nature: Nature, options: { locale?: string } = {}) {
    const page = await visits.newPage({ viewport: { width: 900, height: 1000 }, ...options })
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('WebAuthn.enable')
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: { protocol: 'ctap2', ctap2Version: 'ctap2_1', automaticPresenceSimulation: true, ...nature },
    } as never)
    return { page, authenticator: controls(cdp, authenticatorId) }
  }

  /** From the password of someone who has no second factor yet to the app. */
  async function enrolled(page: Page, name = '') {
    const person = newcomers.pop()!
    await givePassword(page, person)
    await page.locator('summary', { hasText: 'Set up something else' }).click()
    await page.getByRole('button', { name: 'Passkey or security key' }).click()
    await heading(page, 'Set up a passkey')
    expect(await page.getByText("This browser can't").isVisible()).to.equal(false)
    await page.getByLabel('Name (optional)').fill(name)
    await page.getByRole('button', { name: 'Create a passkey' }).click()
    await heading(page, 'Save your backup codes')
    await page.getByLabel('I have saved these codes').check()
    await page.getByRole('button', { name: 'Continue' }).click()
    return person
  }

  async function givePassword(
    page: Page,
    person: { email: string; password: string },
    path = '/login',
    words = { email: 'Email address', password: 'Password', button: 'Sign in' },
  ): Promise<void> {
    await page.goto(`${visits.demo.app}${path}`)
    await page.getByLabel(words.email).fill(person.email)
    await page.getByLabel(words.password, { exact: true }).fill(person.password)
    await page.getByRole('button', { name: words.button, exact: true }).click()
  }

  async function token(page: Page): Promise<[acr: string, amr: string[]]> {
    const { acr, amr } = JSON.parse((await page.locator('#id-token').textContent()) ?? '')
    return [acr, amr.sort()]
  }

  async function signOut(page: Page): Promise<void> {
    await page.context().clearCookies()
  }
})

interface Controls {
  set(what: 'present' | 'verified', value: boolean): Promise<void>
  credentials(): Promise<{ credentialId: string; [field: string]: unknown }[]>
  add(credential: object): Promise<void>
}

function controls(cdp: CDPSession, authenticatorId: string): Controls {
  return {
    set: async (what, value) => {
      if (what === 'verified')
        await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: value })
      else await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled: value })
    },
    credentials: async () =>
      (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials as never,
    add: async (credential) => {
      await cdp.send('WebAuthn.addCredential', { authenticatorId, credential } as never)
    },
  }
}
