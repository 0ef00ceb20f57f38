import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { acrMultiFactor, acrPassword } from '../../rules/assurance.ts'
import { readConfig } from '../../standalone/config.ts'
import { exampleClients, exampleOrigins, exampleSecret } from '../../standalone/demo/examples.ts'
import { demoSettings } from '../../standalone/demo/settings.ts'
import { type Examples, run, startExamples, visit } from '../support/examples.ts'
import { enrol } from '../support/journeys.ts'

/** Each example as a person starts it: one command, one process. */
describe('An example runs with one command', () => {
  let examples: Examples
  const children: ChildProcess[] = []

  before(async () => {
    examples = await startExamples()
  })
  after(async () => {
    for (const child of children) {
      child.kill()
      await once(child, 'exit')
    }
    await examples.stop()
  })

  const start = async (path: string, env: { [name: string]: string }) => {
    children.push(await run(path, { ISSUER: examples.rekey.issuer, ...env }))
  }

  it('the app and the resource server', async () => {
    const { rekey, app, api } = examples
    await examples.free()
    await start('examples/resource-server/main.ts', { PORT: new URL(api).port })
    await start('examples/openid-client-app/main.ts', { PORT: new URL(app).port, API: api })
    const person = await rekey.person({ bare: true })
    const browser = await visit(rekey, person, `${app}/balance`)
    await browser.press('Not now')
    expect(browser.words).to.include('1,250.00')
    await browser.open(`${app}/statements`)
    await enrol(rekey, browser)
    await browser.press('Continue', { saved: 'yes' })
    expect(browser.words).to.include('September')
  })

  it('the app with Passport', async function () {
    const { rekey, passport } = examples
    if (!existsSync('examples/passport/node_modules')) {
      console.log('The Passport example is not tested: npm install --prefix examples/passport')
      return this.skip()
    }
    await examples.free()
    await start('examples/passport/main.js', { PORT: new URL(passport).port })
    const person = await rekey.person({ bare: true })
    const browser = await visit(rekey, person, `${passport}/login`)
    await browser.press('Not now')
    expect(browser.words).to.include(acrPassword)
    await browser.open(`${passport}/vault`)
    await enrol(rekey, browser)
    await browser.press('Continue', { saved: 'yes' })
    expect(browser.shown.url).to.equal(`${passport}/vault`)
    expect(browser.words).to.include('Opened with mfa, otp, pwd')
    await browser.open(passport)
    expect(browser.words).to.include(acrMultiFactor)
    await browser.press('Sign out')
    await browser.press('Sign out')
    expect(browser.words).to.include('Sign in')
  })

  it('against the demo, which knows them all', async () => {
    const data = await mkdtemp(join(tmpdir(), 'rekey-'))
    const { settings } = await demoSettings({ data })
    await rm(data, { recursive: true })
    const { clients, resources } = readConfig(settings)
    expect(clients.map((client) => client.client_id)).to.include.members(
      exampleClients().map((client) => client.client_id),
    )
    expect(resources.map(({ indicator }) => indicator)).to.include(`${exampleOrigins.api}/accounts`)
    for (const [path, origin, id] of [
      ['openid-client-app/main.ts', exampleOrigins.app, 'example-app'],
      ['resource-server/main.ts', exampleOrigins.api, 'example-api'],
      ['passport/main.js', exampleOrigins.passport, 'example-passport'],
    ] as const) {
      const text = await readFile(`examples/${path}`, 'utf8')
      expect(text).to.include(`PORT = '${new URL(origin).port}'`)
      expect(text).to.include(`'${id}'`).and.to.include(`'${exampleSecret}'`)
    }
  })
})
