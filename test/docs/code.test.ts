import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { expect } from 'chai'

interface Example {
  page: string
  line: number
  text: string
}

/** What a page says is the reader's own. */
const theirs: { [page: string]: string } = {
  'docs/plugin.md': `
    declare const app: import('express').Express, recovery: import('rekey').Rekey, options: import('rekey').PluginOptions
    declare function authenticate(body: unknown): Promise<{ id: string } | undefined>
    declare function mine(): import('rekey').People`,
  'docs/webhooks.md': `
    import { createHmac } from 'node:crypto'
    declare const secret: string, id: string, timestamp: string, body: string, signature: string`,
  'docs/api.md': 'declare const accessToken: string',
}

/** What a setting that stands alone is a part of. */
const settings: { [name: string]: string } = {
  proofing: `{ proofing: Parameters<typeof import('rekey/oidc-proofing').oidcProofing>[0] }`,
  upstreams: `Partial<import('rekey').PluginOptions>`,
}

function examples(): Example[] {
  return globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md'], { exclude: ['**/node_modules/**'] }).flatMap(
    (page) => {
      const text = readFileSync(page, 'utf8')
      return [...text.matchAll(/^```(?:js|ts)\n([\s\S]*?)^```$/gm)].map(({ 1: code, index }) => ({
        page,
        line: text.slice(0, index).split('\n').length,
        text: code!,
      }))
    },
  )
}

function moduleOf(example: Example): string {
  const { page, text } = example
  const [, name] = /^(\w+): [[{]/.exec(text) ?? []
  if (name !== undefined) return `export const example: ${settings[name]} = {\n${text}}\n`
  const own = text.includes('await rekey({\n') || isLoose(example) ? '' : theirs[page]
  return `export {}\n${own ?? ''}\n${text.replaceAll('{ …,', '{ ...options,')}`
}

/** The package's names as a host has them, each where it is made from. */
function entries(): { [name: string]: string[] } {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8'))
  return Object.fromEntries(
    Object.entries<{ default?: string }>(exports)
      .filter(([, { default: file }]) => file !== undefined)
      .map(([name, { default: file }]) => [
        join('rekey', name),
        [resolve(file!.replace('dist/', '').replace(/\.js$/, '.ts'))],
      ]),
  )
}

/** What an app does with another library is JavaScript of the loose kind; whatever is said of Rekey must hold in strict TypeScript. */
const isLoose = ({ text }: Example): boolean => text.includes("'openid-client'")

describe('The examples in the documentation', function () {
  this.timeout(240_000)
  const folder = resolve('.cache/docs-code')
  after(() => rm(folder, { recursive: true }))

  it('are what the types of the package allow', async () => {
    const all = examples()
    expect(all.length).to.be.above(12)
    expect(
      await faultsIn(
        join(folder, 'strict'),
        all.filter((one) => !isLoose(one)),
        {},
      ),
    ).to.equal('')
  })

  it('are what the types of other libraries allow', async () => {
    const loose = examples().filter(isLoose)
    expect(loose).to.have.lengthOf(3)
    expect(await faultsIn(join(folder, 'loose'), loose, { strict: false })).to.equal('')
  })
})

const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')

async function faultsIn(folder: string, all: Example[], more: object): Promise<string> {
  await mkdir(folder, { recursive: true })
  for (const one of all)
    await writeFile(join(folder, `${one.page.replaceAll(/\W/g, '-')}-${one.line}.ts`), moduleOf(one))
  const compilerOptions = { noUnusedLocals: false, types: ['node'], paths: entries(), ...more }
  const options = { extends: '../../../tsconfig.json', compilerOptions, include: ['*.ts'], exclude: [] }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(options))
  return new Promise((done) =>
    execFile(process.execPath, [tsc, '-p', folder], (error, stdout) =>
      done(error === null ? '' : stdout || String(error)),
    ),
  )
}
