import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { acrMultiFactor, acrRecovered } from '../../rules/assurance.ts'
import { Browser } from '../support/browser.ts'
import { authenticator } from '../support/host.ts'
import { codeIn, linkIn, secretOn } from '../support/journeys.ts'
import { type MailServer, startMailServer } from '../support/mail-server.ts'
import { freePorts } from '../support/process.ts'
import { type RelyingApp, startRelyingApp } from '../support/relying-app.ts'

const run = promisify(execFile)

/** Releases that are maintained; `node` in npm brings each. */
const releases = (process.env['REKEY_NODES'] ?? '24').split(',')

/** The program of docs/plugin.md, as printed but for its port and its app. */
async function program(port: number, app: RelyingApp): Promise<string> {
  const page = await readFile('docs/plugin.md', 'utf8')
  const text = /```js\n(import express[\s\S]*?)```/.exec(page)![1]!
  return text
    .replaceAll('localhost:3000', `localhost:${port}`)
    .replace('listen(3000,', `listen(${port}, '127.0.0.1',`)
    .replace(/clients: \[\{[\s\S]*?\}\],/, `clients: [${JSON.stringify(app.client)}],`)
}

describe('The package, in an empty folder with express and oidc-provider', function () {
  this.timeout(600_000)
  let folder: string

  before(async function () {
    folder = await mkdtemp(join(tmpdir(), 'rekey-package-'))
    try {
      const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder])
      const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('[')))
      await writeFile(join(folder, 'package.json'), '{ "type": "module", "private": true }')
      const wanted = [join(folder, filename), 'express', 'oidc-provider', ...nodes()]
      await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...wanted], { cwd: folder })
    } catch (error) {
      console.log(
        `skipped: no registry to install from (${String((error as { stderr?: string }).stderr).slice(-200)})`,
      )
      this.skip()
    }
  })
  after(() => rm(folder, { recursive: true }))

  /** Beside one another, under a name each. */
  const nodes = () =>
    releases
      .filter((release) => !process.version.startsWith(`v${release}.`))
      .map((release) => `node${release}@npm:node@${release}`)
  const binaryOf = (release: string) =>
    process.version.startsWith(`v${release}.`)
      ? process.execPath
      : join(folder, `node_modules/node${release}/bin/node`)

  for (const release of releases)
    it(`runs the program of docs/plugin.md to a first recovery, on Node ${release}`, async () => {
      const port = await freePorts(1)
      const issuer = `http://localhost:${port}/oidc`
      const rp = await startRelyingApp(issuer)
      // Of its own: the people are the same on each release, and their mail of before isn't this one's.
      const mail = await startMailServer()
      const file = join(folder, `host-${release}.js`)
      await writeFile(file, (await program(port, rp)).replace('./rekey-data', `./data-${release}`))
      const env = { ...process.env, REKEY_KEY: randomBytes(32).toString('base64url'), SMTP_URL: mail.url }
      const host = spawn(binaryOf(release), [file], {
        cwd: folder,
        env,
        stdio: ['ignore', 'inherit', 'inherit'],
      })
      try {
        await listening(issuer, host)
        await recover({ rp, mail })
      } finally {
        host.kill()
        await rp.stop()
        await mail.stop()
      }
    })

  it('weighs what the guide says, and brings nothing of what only some hosts or developers need', async () => {
    const files = await readdir(join(folder, 'node_modules'), { recursive: true, withFileTypes: true })
    const sizes = await Promise.all(
      files
        .filter((one) => one.isFile() && !/node_modules\/node(\d|-bin)/.test(one.parentPath))
        .map((one) => stat(join(one.parentPath, one.name))),
    )
    const megabytes = sizes.reduce((sum, { blocks }) => sum + blocks * 512, 0) / 1e6
    const { packages } = JSON.parse(await readFile(join(folder, 'node_modules/.package-lock.json'), 'utf8'))
    const count = Object.keys(packages).filter((path) => !/^node_modules\/node(\d|-bin)/.test(path)).length
    console.log(`      ${count} packages, ${megabytes.toFixed(0)} MB`)
    const guide = await readFile('docs/plugin.md', 'utf8')
    const [, said, weighs] = /makes (\d+) packages and (\d+) MB/.exec(guide)!
    expect(count).to.be.within(Number(said) * 0.9, Number(said) * 1.1)
    expect(megabytes).to.be.within(Number(weighs) * 0.9, Number(weighs) * 1.1)
    const names = await readdir(join(folder, 'node_modules'))
    const some = ['mongoose', 'pg', 'twilio', 'web-push', 'pdfkit', '@expo-google-fonts', 'libphonenumber-js']
    for (const absent of ['typescript', 'mocha', 'playwright-core', '@biomejs', ...some])
      expect(names).to.not.include(absent)
  })

  it('has the guide to the plugin with everything that it links to', async () => {
    const docs = join(folder, 'node_modules/rekey/docs')
    const guide = await readFile(join(docs, 'plugin.md'), 'utf8')
    const links = [...guide.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link]) => join(docs, link!))
    expect(links).to.have.length.above(4)
    for (const link of links) await stat(link)
  })

  it('refuses texts and calls where nothing reads phone numbers, and says what to install', async () => {
    const script = `import { rekey } from 'rekey'
      await rekey({ phone: { countries: ['JP'] } }).catch(({ message }) => console.log(message))`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: folder })
    expect(stdout).to.match(/phone.*npm install libphonenumber-js/)
  })

  it('has types that name no package which a host may be without', async () => {
    const home = join(folder, 'node_modules/rekey')
    const { exports } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8'))
    const entries = Object.values<{ types?: string }>(exports).flatMap(({ types }) => types ?? [])
    const there = ['oidc-provider', 'zod', 'pino', 'jose', 'koa', '@koa/router', 'openid-client']
    for (const entry of entries)
      for (const name of await namedFrom(join(home, entry)))
        if (!name.startsWith('node:')) expect(there, `${entry} names ${name}`).to.include(name)
  })

  it('is told apart by strict TypeScript, as an editor and a bundler read it, with what each option is for', async () => {
    const types = join(folder, 'node_modules/@types')
    const there = await readdir(types)
    for (const name of await readdir('node_modules/@types'))
      if (!there.includes(name)) await symlink(resolve('node_modules/@types', name), join(types, name))
    await writeFile(
      join(folder, 'host.ts'),
      await program(3000, { client: { client_id: 'foo' } } as RelyingApp),
    )
    const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
    for (const [module, moduleResolution] of [
      ['nodenext', 'nodenext'],
      ['esnext', 'bundler'],
    ]) {
      // What those of other packages lack among themselves is said as well, and isn't ours.
      const compilerOptions = { module, moduleResolution, strict: true, skipLibCheck: false, noEmit: true }
      const project = { compilerOptions: { ...compilerOptions, types: ['node'] }, files: ['host.ts'] }
      await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(project))
      const { stdout } = await run(process.execPath, [tsc, '-p', '.'], { cwd: folder }).catch(
        (error) => error,
      )
      expect(stdout).to.not.match(/^(host\.ts|node_modules\/rekey)/m)
    }
    const options = join(folder, 'node_modules/rekey/dist/options/plugin-options.d.ts')
    const said = (text: string) =>
      [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].map(([one]) => one.replaceAll(/\s+/g, ' '))
    expect(said(await readFile(options, 'utf8'))).to.deep.equal(
      said(await readFile('options/plugin-options.ts', 'utf8')),
    )
  })

  it('is there for CommonJS too', async () => {
    const script = `const { rekey } = require('rekey'), { lmdb } = require('rekey/lmdb')
      console.log(typeof rekey, typeof lmdb)`
    const { stdout } = await run(process.execPath, ['--input-type=commonjs', '-e', script], { cwd: folder })
    expect(stdout.trim()).to.equal('function function')
  })

  it('runs the program with what every installation has, and says what a setting takes besides', async () => {
    const port = await freePorts(1)
    const issuer = `http://localhost:${port}`
    const file = join(folder, 'rekey.config.json')
    const config = {
      issuer,
      keys: [{ id: 'a', key: randomBytes(32).toString('base64url') }],
      mail: { url: 'smtp://localhost:1', from: 'Example <id@example.com>' },
    }
    await writeFile(file, JSON.stringify(config))
    const command = join(folder, 'node_modules/rekey/standalone/start.mjs')
    const env = { ...process.env, REKEY_PORT: String(port), REKEY_DATA: join(folder, 'data') }
    const serving = [command, 'serve', '--config', file]
    const program = spawn(process.execPath, serving, {
      cwd: folder,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    program.stderr.on('data', (text) => {
      said += text
    })
    try {
      await listening(issuer, program, () => said)
      const browser = new Browser()
      await browser.open(`${issuer}/security`)
      expect(browser.heading).to.equal('Sign in')
    } finally {
      program.kill()
    }
    for (const [store, name] of [
      ['mongodb://localhost:1/x', 'mongoose'],
      ['postgres://localhost:1/x', 'pg'],
    ]) {
      const { stderr } = await run(process.execPath, serving, {
        cwd: folder,
        env: { ...env, REKEY_STORE: store },
      }).catch((error) => error)
      expect(stderr).to.include(`store: takes the package ${name}: npm install ${name}`)
    }
  })

  it('has the command', async () => {
    const command = [join(folder, 'node_modules/rekey/standalone/start.mjs'), '--help']
    const { stdout, stderr } = await run(process.execPath, command, { cwd: folder }).catch((error) => error)
    expect(`${stdout}${stderr}`).to.include('Usage: rekey')
  })
})

/** The packages that a file of types names, and those that it imports. */
async function namedFrom(file: string, seen = new Set<string>()): Promise<string[]> {
  if (seen.has(file)) return []
  seen.add(file)
  const text = await readFile(file, 'utf8')
  const names = [...text.matchAll(/(?:from|import\() ?["']([^"']+)["']/g)].map(([, name]) => name!)
  const inner = names
    .filter((name) => name.startsWith('.'))
    .map((name) => namedFrom(join(dirname(file), name.replace(/\.[jt]s$/, '.d.ts')), seen))
  return [...names.filter((name) => !name.startsWith('.')), ...(await Promise.all(inner)).flat()]
}

async function listening(issuer: string, host: ChildProcess, log = () => ''): Promise<void> {
  const gone = once(host, 'exit').then(([code]) => {
    throw new Error(`the host ended with ${code} ${log()}`)
  })
  const there = async () => {
    while (!(await fetch(`${issuer}/jwks`).catch(() => undefined))?.ok)
      await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await Promise.race([gone, there()])
  gone.catch(() => {})
}

/** Ben loses his device, and Ada helps. */
async function recover({ rp, mail }: { rp: RelyingApp; mail: MailServer }): Promise<void> {
  const ada = { email: 'ada@example.com', password: 'ada-and-a-long-password' }
  const ben = { email: 'ben@example.com', password: 'ben-and-a-long-password' }
  const begin = async (who: typeof ada) => {
    const browser = new Browser()
    await rp.start(browser)
    await browser.press('Sign in', who)
    return browser
  }
  const finish = async (browser: Browser) => {
    if (browser.shown.document.querySelector('button[value=allow]')) await browser.press('Allow')
    return (await rp.finish(browser)).claims
  }
  const enrol = async (who: typeof ada) => {
    const browser = await begin(who)
    // Nothing moves the host's time: the code of the step before counts as well, and that of the one after.
    const code = authenticator(secretOn(browser), { offset: 0, restore: () => {} })
    await browser.press('Turn on', { code: code() })
    // What draws the sheet isn't installed here.
    expect(browser.shown.text).to.include('backupCodes.txt').and.not.include('backupCodes.pdf')
    await browser.press('Continue', { saved: 'yes' })
    expect((await finish(browser)).acr).to.equal(acrMultiFactor)
    return code
  }
  const codeOfAda = await enrol(ada)
  const codeOfBen = await enrol(ben)
  const before = await begin(ben)
  await before.press('Verify', { code: codeOfBen() })
  const { sid } = await finish(before)

  const waiting = await begin(ben)
  await waiting.press('Reset authentication device')
  await waiting.press('Send request')
  const own = await mail.next(ben.email, /reset/i)
  const asked = await mail.next(ada.email, /Ben/)
  const approver = new Browser()
  await approver.open(linkIn(asked.text, '/recovery/approve/'))
  await approver.press('Sign in', ada)
  await approver.press('Verify', { code: codeOfAda() })
  await approver.press('Approve', { code: codeIn(own.text), reason: 'I know his voice' })
  while (!rp.loggedOut.some((one) => one.sid === sid)) await rp.nextLogout()
  await waiting.open(waiting.shown.url)
  await waiting.press('Not now')
  expect((await finish(waiting)).acr).to.equal(acrRecovered)
}
