import { readdirSync, readFileSync } from 'node:fs'
import { assert } from 'chai'
import { localeTags } from '../../rules/locale.ts'
import { messages } from '../../rules/messages.ts'
import { createI18n } from '../../views/i18n.ts'

type Tree = { [key: string]: string | Tree }

const views = new URL('../../views/', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, views), 'utf8')
const flatten = (tree: Tree, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[path + key, value] as [string, string]] : flatten(value, `${path}${key}.`),
  )
const textsOf = (locale: string) => new Map(flatten(JSON.parse(read(`locales/${locale}.json`)) as Tree))
const en = textsOf('en')
const ja = textsOf('ja')
/** Every other language, to be held against English. */
const others = localeTags.filter((tag) => tag !== 'en').map((tag) => [tag, textsOf(tag)] as const)
const withoutPlural = (key: string) => key.replace(/_(zero|one|two|few|many|other)$/, '')
const keysOf = (texts: Map<string, string>) => [...new Set([...texts.keys()].map(withoutPlural))].sort()

const files = (folder: string) => readdirSync(new URL(folder, views)).map((file) => `${folder}${file}`)
const sources = [
  ...files('pages/'),
  ...files('partials/'),
  ...files('./').filter((file) => file.endsWith('.ts')),
].map(read)
const literals = sources.flatMap((source) =>
  [...source.matchAll(/'([\w.]+)'/g)].map((match) => match[1] as string),
)
const whole = new Set(literals)
/** `t('error.' + …)`: a text that is chosen at run time by the rest of its key. */
const beginnings = [...whole].filter((literal) => /\.\w*[._]$|\w\.$/.test(literal))

function isUsed(key: string): boolean {
  const pageTitle = /^(\w+)\.title/.exec(key)?.[1]
  if (pageTitle !== undefined && files('pages/').includes(`pages/${pageTitle}.ejs`)) return true
  if (/^mail\.\w+\.(subject|text|after|action)(_\w+)?$/.test(key)) return true
  if (whole.has(key) || beginnings.some((beginning) => key.startsWith(beginning))) return true
  // A variant, such as `lead_reactivation`, is chosen at run time beside the text that it is a variant of.
  const base = key.replace(/_[a-z]+$/, '')
  return base !== key && whole.has(base) && keysOf(en).includes(base)
}

describe('The texts', () => {
  it('have the same keys in English and Japanese', () => {
    assert.deepEqual(keysOf(ja), keysOf(en))
  })

  it('are complete in every language: none is missing, and none too many', () => {
    for (const [tag, texts] of others) {
      const known = new Set(keysOf(texts))
      const missing = keysOf(en).filter((key) => !known.has(key))
      assert.deepEqual(missing, [], `${tag}.json lacks these; until then they are shown in English`)
      const wanted = new Set(keysOf(en))
      assert.deepEqual(
        [...known].filter((key) => !wanted.has(key)),
        [],
        `${tag}.json has texts that are no longer used`,
      )
    }
  })

  it('are left in English in no other language, but for single words that are the same', () => {
    const letters = (text: string) => text.replace(/\{\{?[^}]*\}\}?/g, ' ').match(/\p{L}+/gu) ?? []
    for (const [tag, texts] of others) {
      const left = [...texts].filter(([key, text]) => text === en.get(key) && letters(text).length > 1)
      assert.deepEqual(left, [], tag)
    }
  })

  it('keep a French colon on the line of its word, and Taiwan’s words in Chinese for Taiwan', () => {
    const texts = (tag: string) => [...textsOf(tag).values()]
    for (const text of texts('fr')) assert.notMatch(text, /[^\s] [:;!?»]|« /, text)
    const elsewhere =
      /用戶|響應|退出|無法得到說明|提供說明|登錄|短信|設備|賬|信息|默認|網絡|軟件|(?<!電子)郵件|應用(?!程式)/
    for (const text of texts('zh-Hant')) assert.notMatch(text, elsewhere, text)
  })

  it('stand in Japanese and Chinese with the punctuation and the spaces of the language', () => {
    const [sign, mark] = ['[\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}ー]', '[、，。：；！？（）「」『』“”]']
    const figure = '(?:\\d|\\{\\{(?:count|given|needed|asked|score|done|all)\\}\\})'
    const beside = (other: string, between = '') => `${sign}${between}${other}|${other}${between}${sign}`
    const faults = [`${sign} ${sign}`, `${mark} | ${mark}`, beside('[:;,!?()]'), beside('\\p{sc=Latin}')]
    const wrong = {
      ja: [...faults, beside(figure, ' ')],
      'zh-Hans': [...faults, beside(figure), beside('\\{\\{')],
      'zh-Hant': [...faults, beside(figure), beside('\\{\\{')],
    }
    for (const [tag, patterns] of Object.entries(wrong))
      for (const [key, text] of textsOf(tag))
        for (const pattern of patterns) assert.notMatch(text, new RegExp(pattern, 'u'), `${tag} ${key}`)
  })

  it('have the colon of the language behind the label of a cell too, which a style puts there', () => {
    const said = /td\[data-label\]([^{]*?)::before \{\s*content: attr\(data-label\) "([^"]+)"/g
    const colons = [...read('assets/rekey.css').matchAll(said)].map(([, where = '', colon = '']) => ({
      of: [...where.matchAll(/:lang\((\w+)\)/g)].map(([, tag]) => tag),
      colon: colon.replace('\\a0', '\u00a0'),
    }))
    for (const tag of localeTags) {
      const own =
        colons.find(({ of }) => of.includes(tag.split('-')[0])) ?? colons.find(({ of }) => of.length === 0)
      assert.equal(own?.colon, textsOf(tag).get('join.colon'), tag)
    }
  })

  it('call a code that is sent 验证码 in both Chinese, where a saved one, or that of a device, has another name', () => {
    const [hans, hant] = [textsOf('zh-Hans'), textsOf('zh-Hant')]
    for (const [key, text] of hans)
      assert.equal(text.includes('验证码'), hant.get(key)?.includes('驗證碼'), `${key} ${text}`)
  })

  it('call what people sign in with 端末 in Japanese, and what asks for a code デバイス', () => {
    const asks = /user_code|onward\.device/
    const left = [...textsOf('ja')].filter(([key, text]) => !asks.test(key) && /(?<!認証)デバイス/.test(text))
    assert.deepEqual(left, [])
  })

  it('are one file a language', () => {
    const files = readdirSync(new URL('locales/', views)).map((file) => file.replace('.json', ''))
    assert.sameMembers(files, [...localeTags])
  })

  it('take the same values in every language', () => {
    const values = (text: string) => [...new Set(text.match(/\{\{\s*[\w.]+/g))].sort()
    for (const [tag, texts] of others)
      for (const [key, text] of en) {
        const other = texts.get(key) ?? texts.get(`${withoutPlural(key)}_other`)
        // "the last one" may do without its number.
        if (other !== undefined && !/_(zero|one)$/.test(key))
          assert.deepEqual(values(other), values(text), `${tag} ${key}`)
      }
  })

  it('have the plural forms that each language needs', () => {
    for (const [locale, texts] of [['en', en] as const, ...others]) {
      const needed = new Intl.PluralRules(locale).resolvedOptions().pluralCategories
      for (const key of texts.keys()) {
        if (withoutPlural(key) === key || key.endsWith('.other')) continue
        for (const form of needed)
          assert.isTrue(texts.has(`${withoutPlural(key)}_${form}`), `${locale} ${key} ${form}`)
      }
    }
  })

  it('are all used', () => {
    const unused = keysOf(en).filter((key) => !isUsed(key))
    assert.deepEqual(unused, [])
  })

  it('exist for every key that a template names', () => {
    const known = keysOf(en)
    const named = sources.flatMap((source) =>
      [...source.matchAll(/\b(?:t|rich)\(\[?\s*'(\w+\.[\w.]*\w)'(?!\s*\+)/g)].map(
        (match) => match[1] as string,
      ),
    )
    assert.isAbove(named.length, 100)
    assert.deepEqual(
      named.filter((key) => !known.includes(key)),
      [],
    )
  })

  it('say something for every message of a room, and nothing more', () => {
    const texts = keysOf(en).filter((key) => key.startsWith('message.'))
    assert.deepEqual(
      texts,
      Object.keys(messages)
        .map((key) => `message.${key}`)
        .sort(),
    )
  })

  it('name the branches as they are documented', () => {
    assert.equal(en.get('branch.backup_code'), 'Use a backup code')
    assert.equal(en.get('branch.recovery'), 'Reset authentication device')
    assert.equal(en.get('branch.other'), 'Try another way')
    assert.equal(en.get('branch.disavow'), "This wasn't me")
    assert.equal(en.get('approve.approve'), 'Approve')
    assert.equal(en.get('approve.deny'), 'Deny')
  })
  it('of a language that is a host’s alone are its own, and English where it lacks some', () => {
    const esperanto = 'eo' as 'en'
    const texts = createI18n({ texts: { [esperanto]: { 'approve.deny': 'Rifuzi' } } }).texts(esperanto)
    assert.equal(texts('approve.deny'), 'Rifuzi')
    assert.equal(texts('approve.approve'), 'Approve')
  })

  it('say what they are given each time, in the words that fit it', () => {
    const t = createI18n({
      texts: {
        en: {
          'x.plain': 'Nothing to fill in',
          'x.plain_ended': 'It has ended',
          'x.named': 'For {{name}}',
          'x.named_2': 'For {{name}} and one more',
          'x.both': '{{name}} at {{place}} in {{town}}',
          'x.nested': '$t(x.plain), {{name}}',
          'x.deep': '{{person.name}}',
          'x.times_one': 'once',
          'x.times_other': '{{count}} times',
        },
      },
    }).texts('en')
    for (const again of [1, 2]) {
      assert.equal(t('x.plain', { name: 'Ada', again }), 'Nothing to fill in')
      assert.equal(t('x.plain', { context: 'ended', again }), 'It has ended')
      assert.equal(t('x.plain', { context: 'unheard-of' }), 'Nothing to fill in')
      for (const name of ['Ada', 'Ben', '{{place}}', '$t(x.plain)'])
        assert.equal(t('x.named', { name }), `For ${name}`)
      assert.equal(t('x.named', { name: 'Ada', context: 2 }), 'For Ada and one more')
      assert.equal(t('x.named', { name: 'a'.repeat(500) }), `For ${'a'.repeat(500)}`)
      assert.equal(t('x.both', { name: 'Ada', place: 'work', town: `${again}` }), `Ada at work in ${again}`)
      assert.equal(t('x.nested', { name: 'Ada' }), 'Nothing to fill in, Ada')
      assert.equal(t('x.deep', { person: { name: `Ada ${again}` } }), `Ada ${again}`)
      assert.deepEqual(
        [1, 2, 1].map((count) => t('x.times', { count })),
        ['once', '2 times', 'once'],
      )
    }
  })
})
