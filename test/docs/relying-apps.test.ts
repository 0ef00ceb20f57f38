import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { expect } from 'chai'
import { acrMultiFactor, levels } from '../../rules/assurance.ts'
import { Browser } from '../support/browser.ts'
import { listening, originOf, passSignIn, shut } from '../support/examples.ts'
import { signIn } from '../support/journeys.ts'
import { type Rekey, startRekey } from '../support/rekey.ts'
import { lmdb, type Opened } from '../support/stores.ts'

const path = 'docs/relying-apps.md'
const page = readFileSync(path, 'utf8')

/** The code blocks of a language, in order. */
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map((found) => found[1]!)

describe('docs/relying-apps.md', () => {
  describe('connecting an app in five minutes', () => {
    const [configuration, idToken] = blocks('json') as [string, string]
    const [program] = blocks('js') as [string]
    let opened: Opened
    let rekey: Rekey
    let app: string
    let folder: string
    let child: ChildProcess

    before(async () => {
      const server = await listening()
      app = originOf(server)
      await shut(server)
      const { clients } = JSON.parse(configuration.replaceAll('http://localhost:4000', app))
      opened = await lmdb.open()
      rekey = await startRekey(opened.store, { clients })
      // Below the project, as the app finds its packages there.
      await mkdir('.cache', { recursive: true })
      folder = await mkdtemp('.cache/my-app-')
      const here = program
        .replaceAll('http://localhost:3000', rekey.issuer)
        .replaceAll('http://localhost:4000', app)
        .replace('listen(4000)', `listen(${new URL(app).port}, () => console.log('listening'))`)
      await writeFile(join(folder, 'my-app.mjs'), here)
      child = spawn(process.execPath, [join(folder, 'my-app.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] })
      await once(child.stdout!, 'data')
    })
    after(async () => {
      child.kill()
      await once(child, 'exit')
      await rekey.stop()
      await opened.dispose()
      await rm(folder, { recursive: true })
    })

    it('works as it is printed', async () => {
      const person = await rekey.person()
      const browser = new Browser()
      await browser.open(app)
      await passSignIn(rekey, person, browser)
      const told = JSON.parse(browser.shown.text)
      expect(told).to.include({ sub: person.id, acr: acrMultiFactor, email: person.email, name: person.name })
      const { email, email_verified, name, preferred_username, updated_at, ...claims } = told
      expect(claims, 'the ID token that is printed').to.have.all.keys(Object.keys(JSON.parse(idToken)))
      expect(claims.amr).to.deep.equal(JSON.parse(idToken).amr)
    })

    it('takes no answer that the browser did not ask for', async () => {
      const browser = new Browser()
      await browser.open(`${app}/callback?code=planted&state=planted`)
      expect(browser.shown.status).to.equal(400)
    })
  })

  describe('the answers it lists', () => {
    let opened: Opened
    let rekey: Rekey

    before(async () => {
      opened = await lmdb.open()
      rekey = await startRekey(opened.store, { others: { careful: { require_consent: true } } })
    })
    after(async () => {
      await rekey.stop()
      await opened.dispose()
    })

    const silently: [error: string, params: { [name: string]: string }][] = [
      ['login_required', { max_age: '0' }],
      ['unmet_authentication_requirements', { acr_values: 'phr' }],
      ['interaction_required', { action: 'enrol' }],
      ['invalid_request', { action: 'fly' }],
      ['invalid_request', { code_challenge_method: 'plain' }],
      ['invalid_target', { resource: 'https://nowhere.example' }],
    ]

    it('are the answers that come', async () => {
      const browser = await signIn(rekey, await rekey.person())
      for (const [error, params] of silently) {
        await rekey.rp.start(browser, { prompt: 'none', ...params })
        expect(await rekey.rp.refusal(browser), JSON.stringify(params)).to.equal(error)
        expect(page).to.include(`\`${error}\``)
      }
      await rekey.others.careful!.start(browser, { prompt: 'none' })
      expect(await rekey.others.careful!.refusal(browser)).to.equal('consent_required')
      await rekey.rp.start(browser, { redirect_uri: 'https://evil.example/' })
      expect(browser.shown.url).to.match(new RegExp(`^${rekey.issuer}`))
    })
  })

  it('names every class', () => {
    for (const acr of levels) expect(page).to.include(`\`${acr}\``)
  })

  it('names tests that exist', () => {
    const named = [...page.matchAll(/\]\((\.\.\/test\/[^)]+)\): "([^"]+)"/g)]
    expect(named.length).to.be.greaterThan(15)
    for (const [, file, title] of named) {
      const code = readFileSync(resolve('docs', file!), 'utf8')
      // Some titles are made in a loop: `by ${end}, an app that …`.
      expect(holds(code, title!), `${file}: ${title}`).to.equal(true)
    }
  })

  it('links to nothing that is missing', () => {
    for (const [, link] of page.matchAll(/\]\(((?!https?:|#)[^)#]+)[^)]*\)/g))
      expect(existsSync(resolve(dirname(path), link!)), link).to.equal(true)
    const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map((found) => anchor(found[1]!))
    for (const [, to] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).to.include(to)
  })
})

/** As GitHub makes it of a heading. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-')

function holds(code: string, title: string): boolean {
  const titles = [...code.matchAll(/\bit\((['"`])((?:\\.|(?!\1)[\s\S])*)\1/g)].map((found) => found[2]!)
  return titles.some((one) => {
    const parts = one.replaceAll("\\'", "'").split(/\$\{[^}]*\}/)
    const pattern = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+')
    return new RegExp(`^${pattern}$`).test(title)
  })
}
