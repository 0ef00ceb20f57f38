import { expect } from 'chai'
import { type Copy, copyOfProduct } from './planted.ts'

/** Wrong imports: what is not to be known, where, and the rule that says so. */
const wrong: [what: string, file: string, imported: string, rule: string][] = [
  ['views know a page', 'views/html.ts', '../interactions/http/page.ts', 'adapters-and-views-look-down'],
  ['forms know the sign-in', 'interactions/http/page.ts', '../sign-in/hub.ts', 'http-knows-no-page'],
  ['effects know a page', 'effects/links.ts', '../interactions/http/page.ts', 'effects-look-down'],
  [
    'an engine knows recovery',
    'adapters/store/lmdb/store.ts',
    '../../../recovery/facts.ts',
    'adapters-and-views-look-down',
  ],
  [
    'recovery knows a page',
    'recovery/facts.ts',
    '../interactions/http/page.ts',
    'recovery-and-provider-look-down',
  ],
  [
    'the provider knows a page',
    'provider/acr-names.ts',
    '../interactions/http/page.ts',
    'recovery-and-provider-look-down',
  ],
  [
    'accounts know a page',
    'account/shown.ts',
    '../interactions/http/page.ts',
    'account-and-organization-look-down',
  ],
  [
    'recovery knows the provider',
    'recovery/facts.ts',
    '../provider/acr-names.ts',
    'recovery-knows-no-provider',
  ],
  [
    'the provider knows recovery',
    'provider/acr-names.ts',
    '../recovery/facts.ts',
    'provider-knows-no-recovery',
  ],
  ['views know an adapter', 'views/html.ts', '../adapters/secrets/totp.ts', 'views-knows-no-adapters'],
  [
    'a page knows the program',
    'interactions/http/page.ts',
    '../../standalone/open-store.ts',
    'interactions-and-api-look-down',
  ],
  [
    'the plugin knows the program',
    'index.ts',
    './standalone/open-store.ts',
    'index.ts-and-options.ts-look-down',
  ],
  [
    'the options know the program',
    'options.ts',
    './standalone/open-store.ts',
    'index.ts-and-options.ts-look-down',
  ],
  [
    'an adapter knows the program',
    'adapters/guarded-fetch.ts',
    '../standalone/open-store.ts',
    'adapters-and-views-look-down',
  ],
  ['rules know the program', 'rules/totp.ts', '../standalone/open-store.ts', 'rules-look-down'],
  ['rules know a library', 'rules/totp.ts', 'koa', 'rules-are-pure'],
  ['rules know the files', 'rules/totp.ts', 'node:fs', 'rules-are-pure'],
  ['rules know the files by their old name', 'rules/totp.ts', 'fs', 'rules-are-pure'],
  ['a step knows a step', 'interactions/sign-in/steps/totp.ts', './pass.ts', 'steps-know-no-step'],
  ['the plugin opens an engine', 'index.ts', './adapters/store/lmdb/store.ts', 'engines-are-opened-outside'],
  [
    'the options open an engine',
    'options.ts',
    './adapters/store/mongo/store.ts',
    'engines-are-opened-outside',
  ],
  [
    'the wiring opens an engine',
    'wiring/parts.ts',
    '../adapters/store/lmdb/store.ts',
    'engines-are-opened-outside',
  ],
  ['the wiring knows the plugin', 'wiring/parts.ts', '../index.ts', 'wiring-and-options-look-down'],
  ['a setting knows the plugin', 'options/phone.ts', '../options.ts', 'wiring-and-options-look-down'],
  [
    'a page knows the wiring',
    'interactions/http/page.ts',
    '../../wiring/host.ts',
    'interactions-and-api-look-down',
  ],
  [
    'a page opens an engine',
    'interactions/http/page.ts',
    '../../adapters/delivery/smtp/delivery.ts',
    'engines-are-opened-outside',
  ],
  [
    'accounts know a sign-in',
    'account/shown.ts',
    '../interactions/sign-in/step.ts',
    'account-and-organization-look-down',
  ],
  ['recovery knows accounts', 'recovery/facts.ts', '../account/shown.ts', 'recovery-and-provider-look-down'],
  ['effects know accounts', 'effects/links.ts', '../account/shown.ts', 'effects-look-down'],
  [
    'adapters know effects',
    'adapters/guarded-fetch.ts',
    '../effects/links.ts',
    'adapters-and-views-look-down',
  ],
  ['an adapter knows a text', 'adapters/guarded-fetch.ts', '../views/i18n.ts', 'adapters-knows-no-views'],
  ['rules know a text', 'rules/totp.ts', '../views/i18n.ts', 'rules-look-down'],
  [
    'our own session knows a page',
    'interactions/console/client.ts',
    '../security/page.ts',
    'console-knows-no-page',
  ],
  ['an engine knows another', 'adapters/store/lmdb/store.ts', '../mongo/store.ts', 'engines-know-no-engine'],
  ['the product knows a test', 'views/html.ts', '../test/support/time.ts', 'nothing-imports-tests'],
]

const ways: [way: string, line: (specifier: string) => string][] = [
  ['by a type', (specifier) => `import type * as planted from '${specifier}'`],
  ['passed on', (specifier) => `export * from '${specifier}'`],
  ['when it is needed', (specifier) => `export const planted = () => import('${specifier}')`],
]

// Seen failing with the rules taken out of .dependency-cruiser.cjs: all but the last.
describe('The import rules', function () {
  this.timeout(300_000)
  let copy: Copy

  before(() => {
    copy = copyOfProduct()
  })
  after(() => copy.dispose())

  for (const [what, file, imported, rule] of wrong)
    it(`refuse that ${what}`, async () => {
      expect(await copy.broken({ [file]: `import '${imported}'` })).to.include(rule)
    })

  for (const [way, line] of ways)
    it(`refuse it ${way} as well`, async () => {
      const planted = { 'views/html.ts': line('../interactions/http/page.ts') }
      expect(await copy.broken(planted)).to.deep.equal(['adapters-and-views-look-down'])
    })

  it('refuse a circle of two files', async () => {
    const planted = { 'rules/totp.ts': "import './failures.ts'", 'rules/failures.ts': "import './totp.ts'" }
    expect(await copy.broken(planted, { deep: true })).to.include('no-cycles')
  })

  it('refuse a circle of two folders, though no file stands in one', async () => {
    const planted = {
      'interactions/http/page.ts': "import '../console/session.ts'",
      'interactions/console/client.ts': "import '../http/problem.ts'",
    }
    expect(await copy.broken(planted, { deep: true })).to.include('no-cycles-of-folders')
  })

  it('find nothing in what stands there', async () => {
    expect(await copy.broken({ 'index.ts': '', 'standalone/main.ts': '' }, { deep: true })).to.deep.equal([])
  })
})
