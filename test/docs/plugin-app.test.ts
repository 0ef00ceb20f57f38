import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import express from 'express'
import { acrMultiFactor, acrRecovered } from '../../rules/assurance.ts'
import { Browser } from '../support/browser.ts'
import { authenticator, ben, type Host, startHost } from '../support/host.ts'
import { codeIn, linkIn, secretOn } from '../support/journeys.ts'
import { freePorts, type Running, run } from '../support/process.ts'
import { moveProcessTime, type ProcessClock } from '../support/time.ts'

describe('The app of docs/plugin.md', () => {
  let folder: string
  let app: string
  let host: Host
  let program: Running
  let clock: ProcessClock

  before(async () => {
    clock = moveProcessTime()
    const port = await freePorts(1)
    app = `http://localhost:${port}`
    folder = await mkdtemp(join(tmpdir(), 'rekey-'))
    const foo = {
      client_id: 'foo',
      client_secret: 'bar',
      redirect_uris: [`${app}/cb`],
      backchannel_logout_uri: `${app}/logout`,
    }
    host = await startHost({
      path: '/oidc',
      mount: (provider, path) => express().use(path, provider.callback()),
      configuration: { clients: [foo] },
    })
    const page = await readFile('docs/plugin.md', 'utf8')
    const text = /```js\n(import express[^`]*?openid-client[\s\S]*?)```/.exec(page)![1]!
    const file = join(folder, 'app.mjs')
    await writeFile(
      file,
      text
        .replace('http://localhost:3000/oidc', host.issuer)
        .replace('http://localhost:8080', app)
        .replace('listen(8080)', `listen(${port}, () => console.log('it listens'))`),
    )
    await symlink(resolve('node_modules'), join(folder, 'node_modules'))
    program = run([file])
    await program.until('it listens')
  })
  after(async () => {
    await program.stop()
    await host.stop()
    await rm(folder, { recursive: true })
    clock.restore()
  })

  const signIn = async (who = ben) => {
    const browser = new Browser()
    await browser.open(app)
    await browser.press('Sign in', who)
    return browser
  }
  const enrol = async (browser: Browser) => {
    const code = authenticator(secretOn(browser), clock)
    await browser.press('Turn on', { code: code() })
    await browser.press('Continue', { saved: 'yes' })
    if (browser.shown.document.querySelector('button[value=allow]')) await browser.press('Allow')
    return code
  }
  const claims = (browser: Browser) => JSON.parse(browser.shown.text)

  it('shows who signed in and how, and prints that a reset signed them out', async () => {
    const ada = await signIn({ email: 'ada@host.example', password: 'ada-and-a-long-password' })
    await enrol(ada)
    expect(claims(ada)).to.include({ sub: '1', acr: acrMultiFactor })
    const first = await signIn()
    await enrol(first)
    expect(claims(first).amr).to.deep.equal(['mfa', 'otp', 'pwd'])

    const lost = await signIn()
    await lost.press('Reset authentication device')
    await lost.press('Send request')
    const own = await host.mail.next(ben.email, /^You asked to reset/)
    const { text } = await host.mail.next('ada@host.example', /^Ben asks you to reset/)
    await ada.open(linkIn(text, '/recovery/approve/'))
    await ada.press('Approve', { code: codeIn(own.text), reason: 'I know his voice' })
    await program.until("signed out: {\n  sub: '2'")

    await lost.open(lost.shown.url)
    await lost.press('Not now')
    if (lost.shown.document.querySelector('button[value=allow]')) await lost.press('Allow')
    expect(claims(lost)).to.include({ sub: '2', acr: acrRecovered })
    expect(claims(lost).amr).to.not.include('mfa')
  })
})
