import { existsSync, globSync, readFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { expect } from 'chai'
import { stalePages } from '../docs/generate.ts'
import { readConfig } from '../standalone/config.ts'
import { loadSettings } from '../standalone/settings.ts'
import { Browser } from './support/browser.ts'
import { freePorts } from './support/process.ts'
import { type Rekey, startRekey } from './support/rekey.ts'
import { lmdb, type Opened } from './support/stores.ts'

const readme = readFileSync('README.md', 'utf8')

/** The first fenced block of a language that has `part` in it. */
function block(language: string, part: string): string {
  const blocks = [...readme.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))]
  return blocks.map(([, text]) => text!).find((text) => text.includes(part))!
}

describe('the documentation', () => {
  it('is what the code says', () => {
    expect(stalePages(), 'out of date, run npm run docs').to.deep.equal([])
  })

  it('has a README of 150 lines at most', () => {
    expect(readme.trimEnd().split('\n').length).to.be.at.most(150)
  })

  it('links only to files that exist', () => {
    const broken = globSync(['*.md', '{docs,examples}/**/*.md'], { exclude: ['**/node_modules/**'] }).flatMap(
      (page) =>
        [...readFileSync(page, 'utf8').matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)]
          .map(([, link]) => link!)
          .filter((link) => !existsSync(resolve(dirname(page), link)))
          .map((link) => `${page}: ${link}`),
    )
    expect(broken).to.deep.equal([])
  })

  it('names folders that exist, and every folder of the product', () => {
    const map = readme.slice(readme.indexOf('| Folder'))
    const named = [...map.matchAll(/`([a-z]+)\/`/g)].map(([, name]) => name!)
    const folders = globSync('*/*.ts', { exclude: ['node_modules', 'gallery', 'dist'] }).map((file) =>
      dirname(file),
    )
    expect(named).to.include.members([...new Set(folders)])
    expect(named.filter((name) => !existsSync(name))).to.deep.equal([])
  })
})

describe("the README's examples", () => {
  const folder = resolve('.cache/readme')
  const port = { app: 0 }
  let opened: Opened
  let rekey: Rekey

  before(async () => {
    await mkdir(folder, { recursive: true })
    port.app = await freePorts(1)
    const { clients } = JSON.parse(block('json', 'client_id').replaceAll('4000', String(port.app)))
    opened = await lmdb.open()
    rekey = await startRekey(opened.store, { clients })
  })

  after(async () => {
    await rekey.stop()
    await opened.dispose()
    await rm(folder, { recursive: true })
  })

  it('configure the product', async () => {
    const file = join(folder, 'rekey.config.ts')
    await writeFile(file, block('ts', 'issuer:'))
    const secrets = {
      REKEY_KEY: 'a'.repeat(43),
      REKEY_MAIL: 'smtps://user:password@mail.example.com',
      MY_APP_SECRET: 's'.repeat(43),
    }
    Object.assign(process.env, secrets)
    try {
      const config = readConfig(await loadSettings({ REKEY_CONFIG: file }))
      expect(config.issuer).to.equal('https://id.example.com')
    } finally {
      for (const name of Object.keys(secrets)) delete process.env[name]
    }
  })

  it('sign someone in to an app of a few lines', async () => {
    const file = join(folder, 'app.js')
    const text = block('js', 'openid-client')
    await writeFile(
      file,
      text.replaceAll('http://localhost:3000', rekey.issuer).replaceAll(/\b4000\b/g, String(port.app)),
    )
    await import(file)
    const person = await rekey.person()
    const browser = new Browser()
    await browser.open(`http://localhost:${port.app}/`)
    await browser.press('Sign in', { email: person.email, password: person.password })
    await browser.press('Verify', { code: rekey.code(person) })
    const claims = JSON.parse(browser.shown.text)
    expect(claims).to.include({ sub: person.id, iss: rekey.issuer })
    expect(claims.amr).to.deep.equal(['mfa', 'otp', 'pwd'])
  })
})
