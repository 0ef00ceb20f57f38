import { readdirSync, readFileSync } from 'node:fs'
import ejs from 'ejs'
import type { Locale } from '../rules/account.ts'
import { kindOf } from '../rules/messages.ts'
import type { NoticeName } from '../rules/notice.ts'
import { allIsolated } from '../rules/plain-text.ts'
import { remembered } from '../rules/remembered.ts'
import { assetPath } from './assets.ts'
import { isOwnBrand, type Look } from './brand.ts'
import { frameSlot } from './frame.ts'
import type { HostTexts, HostViews, View, ViewKit } from './host-views.ts'
import { escapeHtml, Html, linkify, richText } from './html.ts'
import { createI18n, duration, type I18n, locales, type Texts, type Values } from './i18n.ts'
import type { Frame, LanguageForm } from './locals/parts.ts'
import { type NoticeData, type RenderedNotice, renderNotice } from './notices.ts'
import { describeOrigin } from './origin.ts'
import type { PageName, Pages } from './pages.ts'
import { type PhoneCodeData, type RenderedPhoneCode, renderPhoneCode } from './phone-messages.ts'
import { qrSvg } from './qr.ts'
import { readinessPicture, scoreRing } from './readiness-picture.ts'
import { saidAtField } from './said-at-field.ts'
import { wholeWords } from './whole-words.ts'

export interface Views {
  /** A whole page. `refreshSeconds` makes it load itself again where there is no script. */
  page<N extends PageName>(
    name: N,
    locale: Locale,
    locals: Pages[N],
    extra?: { refreshSeconds?: number },
  ): string
  /** What stands around our own pages; `withFrame` puts it there. */
  frame(locale: Locale, frame: Frame): string
  /** The choice of a language, for pages without a frame; `withLanguages` puts it there. */
  languages(locale: Locale, form: LanguageForm): string
  notice<N extends NoticeName>(name: N, locale: Locale, data: NoticeData<N>): RenderedNotice
  phoneCode(channel: 'sms' | 'voice', locale: Locale, data: Omit<PhoneCodeData, 'brand'>): RenderedPhoneCode
  /** Why a program's request isn't carried out. */
  problem(locale: Locale, reason: string): string
}

export interface ViewOptions {
  /** The name of the identity provider as people know it. */
  brand: string
  /** Logo, colors and links of the host's, where it has given any. */
  look?: Look
  /** Where people begin: what pages lead to that end something. */
  start?: string
  /** Where the pages are mounted, '' at the root: put before every path of ours. */
  mount?: string
  /** Pages that the host shows its own way. */
  views?: HostViews
  /** Texts that the host says differently. */
  texts?: HostTexts
  /** For times in mails, which no script can show in the reader's own zone. IANA name. */
  timeZone?: string
  /** Told of texts that don't exist. */
  onMissing?: (key: string) => void
}

type Template = (locals: object) => string
type Templates = { [name: string]: Template }

/** What a template can name, and nothing else. `o` are the options of a partial. */
const names = [
  'p',
  't',
  'o',
  'ui',
  'rich',
  'time',
  'title',
  'body',
  'page',
  'brand',
  'asset',
  'here',
  'refreshSeconds',
  'frame',
  'frameSlot',
  'kindOf',
  'look',
  'describe',
  'list',
  'gap',
  'tongue',
  'tongues',
  'start',
  'linked',
  'qr',
  'ring',
  'picture',
  'duration',
  'own',
]

/** Every template is read once a process, and compiled when it is first shown, as a language is read with its first page. */
export function createViews(options: ViewOptions): Views {
  const i18n = createI18n(options)
  const pages = templatesIn('pages')
  const partials = templatesIn('partials')
  const around = (locale: Locale) => ({
    t: i18n.texts(locale),
    brand: options.brand,
    here: (path: string) => (options.mount ?? '') + path,
    tongues: locales,
    tongue: tongueOf,
  })
  const languages = (locale: Locale, form: LanguageForm) =>
    (partials.languages as Template)({ ...around(locale), o: form })
  return {
    page: (name, locale, locals, extra = {}) =>
      renderPage(
        {
          pages,
          partials,
          i18n,
          brand: options.brand,
          mount: options.mount ?? '',
          start: options.start ?? '/',
          look: options.look ?? plain,
          views: options.views ?? {},
        },
        name,
        locale,
        locals,
        extra,
      ),
    frame: (locale, frame) =>
      wholeWords(
        (partials.frame as Template)({
          ...around(locale),
          frame: allIsolated(frame),
          ui: { languages: (form: LanguageForm) => new Html(languages(locale, form)) },
        }),
      ),
    languages,
    notice: (name, locale, data) => {
      const t = i18n.texts(locale)
      const layout = (o: object) =>
        (partials.mail as Template)({ o, t, brand: options.brand, look: options.look ?? plain })
      return renderNotice(name, { brand: options.brand, ...allIsolated(data) }, t, layout, (at) =>
        i18n.moment(locale, at),
      )
    },
    phoneCode: (channel, locale, data) =>
      renderPhoneCode(channel, { ...data, brand: options.brand }, i18n.texts(locale)),
    problem: (locale, reason) => i18n.texts(locale)(problems + reason),
  }
}

/** Where the texts are for whoever reads what a program was answered. */
const problems = 'api_problem.'

/** Something to fill in or to tick. */
const hasField = /<(textarea|select|input(?![^>]*type="hidden"))\b/

const plain: Look = { links: {} }

interface Engine {
  look: Look
  pages: Templates
  partials: Templates
  i18n: I18n
  brand: string
  mount: string
  start: string
  views: HostViews
}

function renderPage<N extends PageName>(
  engine: Engine,
  name: N,
  locale: Locale,
  given: Pages[N],
  extra: { refreshSeconds?: number },
): string {
  // Whoever wrote a name, a reason or a statement: it can't turn what stands around it.
  const locals = allIsolated(given)
  const t = engine.i18n.texts(locale)
  const { brand, mount, start } = engine
  const here = (path: string) => mount + path
  const scope = {
    p: 'base' in locals ? { ...locals, base: here(String(locals.base)) } : locals,
    t,
    brand,
    page: name,
    title: titleOf(name, t, { ...locals, brand }),
    here,
    start,
    look: engine.look,
    own: isOwnBrand(brand),
    asset: (name: string) => here(assetPath(name)),
    kindOf,
    describe: (origin: Parameters<typeof describeOrigin>[0]) => describeOrigin(origin, t),
    tongues: locales,
    /** A language by its own name. */
    tongue: tongueOf,
    /** Between two sentences: nothing in Japanese and Chinese. */
    gap: t('join.sentences'),
    list: (names: string[]) => new Intl.ListFormat(locale, { type: 'conjunction' }).format(names),
    linked: linkify,
    qr: (text: string, label: string) => new Html(qrSvg(text, label)),
    ring: (score: number, label: string) => new Html(scoreRing(score, label)),
    picture: (...drawn: Parameters<typeof readinessPicture>) => new Html(readinessPicture(...drawn)),
    duration: (time: number) => duration(time, locale),
    rich: (key: string | string[], values: Values) => richText((marked) => t(key, marked), values),
    time: (at: number, style: 'time' | 'date' = 'time') => timeElement(engine.i18n, locale, at, style),
    refreshSeconds: extra.refreshSeconds,
    frameSlot: new Html(frameSlot),
    ui: {} as { [partial: string]: (o?: object) => Html },
  }
  for (const [partial, template] of Object.entries(engine.partials)) {
    scope.ui[partial] = (o = {}) => new Html(template({ ...scope, o }))
  }
  const body = (): string => {
    const shown = saidAtField((engine.pages[name] as Template)(scope))
    if (scope.refreshSeconds === undefined || !hasField.test(shown)) return shown
    // What somebody is typing would be gone (WCAG 2.2.1): such a page is loaded again by whoever reads it.
    scope.refreshSeconds = undefined
    return body()
  }
  const layout = (shown: string) =>
    wholeWords((engine.partials.layout as Template)({ ...scope, body: new Html(shown) }))
  const view = engine.views[name] as View<N> | undefined
  if (view === undefined) return layout(body())
  const { base = '', form = '' } = scope.p as { base?: string; form?: string }
  const kit: ViewKit = {
    page: name,
    locale,
    title: scope.title,
    brand,
    text: t,
    escape: escapeHtml,
    here,
    time: (at, style) => scope.time(at, style).html,
    form: (action) =>
      `<form method="post" action="${escapeHtml(`${base}/${action}`.replace(/\/$/, ''))}"><input type="hidden" name="form" value="${escapeHtml(form)}">`,
    body,
    layout,
  }
  return shownBy(view, scope.p as Pages[N], kit)
}

/** A fault of the host's own error page must not be shown by that very page. */
function shownBy<N extends PageName>(view: View<N>, locals: Pages[N], kit: ViewKit): string {
  if (kit.page !== 'error') return view(locals, kit)
  try {
    return view(locals, kit)
  } catch {
    return kit.layout(kit.body())
  }
}

/** A language's own name, as it stands in a list: with a capital, where a sentence would have "français". */
const tongueOf = remembered((tag: Locale) => {
  const [first = '', ...rest] = new Intl.DisplayNames(tag, { type: 'language' }).of(tag) ?? tag
  return first.toLocaleUpperCase(tag) + rest.join('')
})

/** The heading, which is also the title of the window: it may depend on what happened. */
function titleOf(name: PageName, t: Texts, locals: Values): string {
  const { kind, status, outcome, error, reason, recovered } = locals
  const context =
    kind ??
    status ??
    outcome ??
    error ??
    (name === 'approve_gone' ? reason : recovered ? 'recovered' : undefined)
  return t(`${name}.title`, { ...locals, context: context ?? locals.context })
}

/** Says the time in UTC; the script says it again in the reader's own zone. */
function timeElement(i18n: I18n, locale: Locale, at: number, style: 'time' | 'date'): Html {
  const iso = new Date(at).toISOString()
  return new Html(
    `<time datetime="${iso}" data-style="${style}">${escapeHtml(i18n.moment(locale, at, style))}</time>`,
  )
}

const templatesIn = remembered((folder): Templates => {
  const directory = new URL(`./${folder}/`, import.meta.url)
  const files = readdirSync(directory).filter((file) => file.endsWith('.ejs'))
  return Object.fromEntries(
    files.map((file) => [
      file.slice(0, -4),
      compiledLater(readFileSync(new URL(file, directory), 'utf8'), `${folder}/${file}`),
    ]),
  )
})

/**
 * Templates see only `names`: no `with`, no globals by accident. Partials are compiled functions, as EJS's own include
 * asks the file system each time. The locals are objects made here, so their prototypes are known.
 */
function compile(text: string, filename: string): Template {
  return ejs.compile(text, {
    filename,
    strict: true,
    _with: false,
    destructuredLocals: names,
    compileDebug: false,
    rmWhitespace: false,
    escape: escapeHtml,
    unsafePrototypeLocals: true,
  } as ejs.Options) as Template
}

/** A process shows few of all pages. */
function compiledLater(text: string, filename: string): Template {
  let template: Template | undefined
  return (locals) => {
    template ??= compile(text, filename)
    return template(locals)
  }
}
