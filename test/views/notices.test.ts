import { readFileSync } from 'node:fs'
import { assert } from 'chai'
import type { Locale } from '../../rules/account.ts'
import type { NoticeName } from '../../rules/notice.ts'
import { brandingOf } from '../../views/brand.ts'
import { locales } from '../../views/i18n.ts'
import { createViews } from '../../views/render.ts'

const missing: string[] = []
const views = createViews({ brand: 'Rekey', onMissing: (key) => missing.push(key) })
const disavow = 'https://rekey.example/disavow/4c1d?x=1&y=2'
const everything = {
  name: 'Mika Tanaka',
  email: 'mika.tanaka@example.com',
  at: Date.UTC(2026, 2, 14, 9, 26),
  disavow,
  organization: 'Hanami Trading',
  origin: { address: '203.0.113.24', browser: 'Firefox', system: 'Windows' },
  app: 'Ledger',
  code: '048213',
  approvers: 3,
  expiresAt: Date.UTC(2026, 2, 15, 9, 26),
  until: Date.UTC(2026, 2, 16, 9, 26),
  reason: 'I called Mika, and she knew nothing of this.',
  left: 7,
  factor: 'totp',
  added: 'mika@home.example',
  subjectName: 'Sol Lindqvist',
  subjectEmail: 'sol@example.com',
}
/** Names are read from the rules, so that a new notice can't be forgotten here. */
const names = [
  ...readFileSync(new URL('../../rules/notice.ts', import.meta.url), 'utf8')
    .split('export type NoticeName =')[1]!
    .split('\n\n')[0]!
    .matchAll(/'(\w+)'/g),
].map((match) => match[1] as NoticeName)
const own: { [name: string]: object } = {
  recovery_completed: { signIn: 'https://rekey.example/' },
  support_requested: { desk: 'https://rekey.example/support/cases/77', until: 1 },
  support_ready: { desk: 'https://rekey.example/support/cases/77' },
  drill: { desk: 'https://rekey.example/administration/hanami/readiness', by: 'Sora Ito' },
  invitation_proposed: { desk: 'https://rekey.example/administration/hanami/invitations' },
  approval_requested: { approve: 'https://rekey.example/recovery/approve/77' },
}
const notice = (name: NoticeName, locale: Locale = 'en', more: object = {}) =>
  views.notice(name, locale, { ...everything, ...own[name], ...more } as never)

describe('The notices', () => {
  it('are all written in both languages', () => {
    assert.isAtLeast(names.length, 20)
    for (const name of names) {
      for (const locale of locales) {
        const { subject, text, html } = notice(name, locale)
        assert.isAbove(subject.length, 5, name)
        assert.include(html, `<html lang="${locale}">`, name)
        assert.notMatch(subject + text + html, /\{\{|undefined|mail\.\w+\./, name)
        assert.equal(locale === 'ja', /[ぁ-ん]/.test(text), name)
      }
    }
    assert.deepEqual(missing, [])
  })

  it('carry the link "This wasn\'t me" as text and as HTML, and list it', () => {
    for (const name of names) {
      const { text, html, links } = notice(name)
      assert.include(text, `\nThis wasn't me: ${disavow}\n`, name)
      assert.match(
        html,
        /<a href="https:\/\/rekey\.example\/disavow\/4c1d\?x=1&amp;y=2"[^>]*>This wasn&#39;t me<\/a>/,
        name,
      )
      assert.include(links, disavow, name)
    }
  })

  it('put a code alone on its line, digit by digit as it is', () => {
    for (const name of ['recovery_requested', 'mail_code'] as const) {
      const { text, html } = notice(name)
      assert.include(text.split('\n'), '048213')
      assert.match(html, />048213</)
    }
  })

  it("say when it happened and from where, in the reader's language", () => {
    const english = notice('recovery_requested').text
    assert.match(english, /^When: .*2026.* UTC$/m)
    assert.match(english, /^From: Firefox on Windows, 203\.0\.113\.24$/m)
    assert.match(notice('recovery_requested', 'ja').text, /Windows の Firefox（203\.0\.113\.24）/)
  })

  it('put an address behind a name as each language does', () => {
    const who = (locale: Locale) => /(?:Who: |申請者：)(.*)/.exec(notice('drill', locale).text)?.[1]
    assert.equal(who('en'), 'Sol Lindqvist (sol@example.com)')
    assert.equal(who('ja'), 'Sol Lindqvist（sol@example.com）')
  })

  it('put a value, and a link, behind a label as each language does', () => {
    const lines = (locale: Locale) => notice('approval_requested', locale).text.split('\n')
    assert.include(lines('en'), 'Organization: Hanami Trading')
    assert.include(lines('fr'), 'Organisation\u00a0: Hanami Trading')
    assert.include(lines('zh-Hans'), '组织：Hanami Trading')
    const japanese = lines('ja')
    assert.include(japanese, '組織：Hanami Trading')
    // Alone on its line, so that every mail program sees where the link begins.
    assert.equal(japanese[japanese.indexOf('心当たりがない（操作を止める）：') + 1], disavow)
  })

  it('take the time zone of the operator', () => {
    const tokyo = createViews({ brand: 'Rekey', timeZone: 'Asia/Tokyo' })
    assert.match(tokyo.notice('password_changed', 'ja', everything).text, /2026年3月14日.*18:26.*JST/)
  })

  it('to a super admin link to the decision and to no disavowal', () => {
    const approve = 'https://rekey.example/recovery/approve/77'
    const { links, text, html, subject } = notice('approval_requested', 'en', {
      approve,
      disavow: undefined,
      code: undefined,
    })
    assert.deepEqual(links, [approve])
    assert.include(text, `Decide on the request: ${approve}`)
    assert.include(subject, 'Sol Lindqvist')
    assert.notInclude(text + html, 'disavow')
  })

  it('never break a line for a name, and escape it in HTML', () => {
    const evil = 'Sol\r\nBcc: all@example.com\u2028<b>"x"</b>'
    const { subject, text, html } = notice('approval_requested', 'en', {
      subjectName: evil,
      name: evil,
      reason: evil,
      origin: evil,
    })
    assert.notMatch(subject, /[\r\n\u2028]/)
    assert.notMatch(text, /^Bcc/m)
    assert.notInclude(html, '<b>')
    assert.include(html, '&lt;b&gt;')
  })

  it('say in the first lines that whoever did it has nothing to do', () => {
    for (const name of ['factor_added', 'password_changed', 'backup_code_used', 'address_removed'] as const) {
      assert.match(notice(name).text.split('\n')[0]!, /If it was you, there is nothing to do\.$/, name)
      assert.notInclude(notice(name, 'en', { disavow: undefined }).text, 'If it was you')
    }
  })

  it('say nothing of a time that is over, nor to anybody who they are', () => {
    for (const name of ['recovery_completed', 'recovery_denied', 'approval_withdrawn'] as const)
      assert.notMatch(notice(name).text, /^(Expires|Until):/m, name)
    assert.match(notice('recovery_requested').text, /^Expires:/m)
    assert.notMatch(notice('recovery_requested', 'en', { subjectName: everything.name }).text, /^Who:/m)
  })

  it('have buttons in the color of the brand', () => {
    const { look } = brandingOf({ name: 'Fjord', colors: { primary: '#7a1fa2' }, links: {}, mail: {} })
    const fjord = createViews({ brand: 'Fjord', look })
    const { html } = fjord.notice('recovery_completed', 'en', { ...everything, signIn: 'https://x.example/' })
    assert.match(html, /<td bgcolor="#7a1fa2"[^>]*><a [^>]*color:#ffffff;/)
    assert.notInclude(html, '#0b5d56')
  })

  it('keep their buttons in Outlook, which takes no padding of a link and no width that is a limit', () => {
    const { html } = notice('recovery_completed')
    const [buttons, others] = [
      html.match(/<td bgcolor="#\w+" style="[^"]*mso-padding-alt:12px 20px"><a [^>]*padding:12px 20px/g),
      html.match(/<a [^>]*padding:/g),
    ]
    assert.lengthOf(buttons!, 2)
    assert.lengthOf(others!, 2)
    assert.match(html, /<!--\[if mso\]><table role="presentation" width="576"/)
  })

  it('have one ground from edge to edge, in the dark too, and none of our colors in another brand', () => {
    const { html } = notice('recovery_completed')
    assert.match(html, /<body class="sheet" style="[^"]*background:#ffffff/)
    assert.match(html, /<table role="presentation" class="sheet" [^>]*bgcolor="#ffffff"/)
    assert.lengthOf(html.match(/background:#ffffff/g)!, 2)
    const { look } = brandingOf({ name: 'Kitahama', colors: { primary: '#1a3e72' }, links: {}, mail: {} })
    const theirs = createViews({ brand: 'Kitahama', look }).notice('recovery_completed', 'en', {
      ...everything,
      ...own.recovery_completed,
    } as never)
    assert.notMatch(theirs.html, /#0b5d56|#5fb8ae|#9fd8d0/)
  })

  it('are set in fonts of their language: those for Japanese have other shapes of what is Chinese', () => {
    const fonts = (locale: Locale) => /<body[^>]*font-family:([^;]*)/.exec(notice('drill', locale).html)?.[1]
    assert.include(fonts('ja'), 'Hiragino Sans')
    for (const locale of locales.filter((one) => one !== 'ja'))
      assert.notMatch(fonts(locale)!, /Hiragino|JP|Meiryo/, locale)
    assert.include(fonts('zh-Hans'), 'PingFang SC')
  })

  it('load nothing from anywhere', () => {
    for (const name of names)
      assert.notMatch(notice(name).html, /<(img|script|link|iframe)|url\(|@import/, name)
  })

  it('say what happened in the first words, and at the end where they were sent', () => {
    for (const name of names) {
      const { subject, text, html } = notice(name)
      const body = html.slice(html.indexOf('<body'))
      assert.notMatch(text.slice(0, 40), /Hello|Mika/, name)
      assert.isBelow(body.indexOf('</h1>'), body.indexOf('</p>'), name)
      assert.include(html, `<title>${subject.replaceAll("'", '&#39;')}</title>`, name)
      assert.match(text.trimEnd().split('\n').at(-1)!, /mika\.tanaka@example\.com/, name)
    }
  })

  it('are far below the size at which mail programs cut a message', () => {
    for (const name of names)
      for (const locale of locales) assert.isBelow(Buffer.byteLength(notice(name, locale).html), 20_000, name)
  })

  it('are laid out in tables, with a button for each thing to press', () => {
    for (const name of names) {
      const { html, links } = notice(name)
      for (const link of links)
        assert.match(
          html,
          new RegExp(`href="${link.replaceAll('&', '&amp;').replace(/[.?]/g, '\\$&')}"`),
          name,
        )
      assert.notMatch(html, /<div[^>]*display:\s*flex|position:\s*absolute/, name)
      assert.match(html, /<td bgcolor="#a3351f"[^>]*><a [^>]*>This wasn&#39;t me</, name)
    }
  })
})
