import type { IDToken } from 'openid-client'
import { escapeHtml as escaped } from '../../views/html.ts'
import { type AppLocale, type AppTexts, appTexts } from './relying-app-texts.ts'

export interface AppPage {
  locale: AppLocale
  issuer: string
  /** Seconds since 1970. */
  now: number
  /** Where the demo tells what to try. */
  guide?: string
}

export interface AppState extends AppPage {
  signedIn?: { claims: IDToken }
  told?: string
  error?: string
}

/** The demo app's first page. */
export function homePage(state: AppState): string {
  const t = appTexts[state.locale]
  const claims = state.signedIn?.claims
  return page(
    state,
    claims,
    `<h1>Demo App</h1>
${state.told ? `<p class="note" role="status">${t.ended}</p>` : ''}
${state.error ? `<p class="note" role="alert">${faultOf(state.error, t)}</p>` : ''}
${claims ? signedInPart(claims, state, t) : signedOutPart(state.issuer, t)}`,
  )
}

/** What went wrong at the app itself is said in words; anything else is the provider's word. */
const faultOf = (error: string, t: AppTexts): string =>
  t.faults[error] ?? `${t.failed} <code>${escaped(error)}</code>`

function signedOutPart(issuer: string, t: AppTexts): string {
  return `<p>${t.nobody(`<code>${escaped(issuer)}</code>`)}</p>
<section class="card"><p class="actions"><a class="button" href="/login">${t.signIn}</a> <span class="hint">${t.signInHint}</span></p>
<p class="actions"><a class="button quiet" href="/login?level=any">${t.anyWay}</a> <span class="hint">${t.anyWayHint}</span></p></section>`
}

function signedInPart(claims: IDToken, state: AppState, t: AppTexts): string {
  return `<p>${t.you(`<strong>${escaped(claims.name)}</strong>`, escaped(claims.email))}</p>
<section class="card"><h2>${t.how}</h2>${inWords(claims, state, t)}</section>
<section class="card"><h2>${t.figures}</h2><p class="hint">${t.figuresHint}</p><form action="/figures"><button>${t.showFigures}</button></form></section>
<section class="card"><h2>${t.more}</h2><p class="actions"><a class="button quiet" href="/login">${t.again.mfa}</a>
<a class="button quiet" href="/login?level=phr">${t.again.passkey}</a>
<a class="button quiet" href="/login?level=any&amp;again=yes">${t.again.any}</a></p></section>
<section class="card"><h2>${t.token}</h2>${claimsTable(claims)}<pre id="id-token">${escaped(JSON.stringify(claims, null, 2))}</pre></section>`
}

/** What the API answered. */
export function figuresPage(figures: { [name: string]: unknown }, claims: IDToken, state: AppPage): string {
  const t = appTexts[state.locale]
  return page(
    state,
    claims,
    `<h1>${t.figures}</h1>
<section class="card">${table(Object.entries(figures))}</section>
<section class="card"><p>${t.took}</p>${inWords(claims, state, t)}${claimsTable(claims)}</section>
<p><a class="button quiet" href="/">${t.back}</a></p>`,
  )
}

/** What the token says, for people. */
function inWords({ acr, amr, auth_time }: IDToken, { locale, now }: AppPage, t: AppTexts): string {
  const shown = ((amr ?? []) as string[]).flatMap((one) => t.amr[one] ?? [])
  const list = new Intl.ListFormat(locale, { type: 'conjunction' }).format(shown)
  const facts = [
    [t.assurance, t.acr[String(acr)] ?? t.unknown],
    [t.ways, list || t.unknown],
    ...(auth_time === undefined ? [] : [[t.at, whenOf(Number(auth_time), now, locale)]]),
  ]
  return `<dl>${facts.map(([term, words]) => `<div><dt>${term}</dt><dd>${words}</dd></div>`).join('')}</dl>`
}

function whenOf(at: number, now: number, locale: AppLocale): string {
  const style = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' } as const
  const time = new Intl.DateTimeFormat(locale, style).format(at * 1000)
  const minutes = Math.max(0, Math.floor((now - at) / 60))
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const ago =
    minutes < 120 ? relative.format(-minutes, 'minute') : relative.format(-Math.floor(minutes / 60), 'hour')
  return `${ago} (${time} UTC)`
}

const claimsTable = ({ acr, amr, auth_time }: IDToken): string =>
  table([
    ['acr', acr],
    ['amr', (amr as string[] | undefined)?.join(', ')],
    ['auth_time', auth_time && new Date(Number(auth_time) * 1000).toISOString()],
  ])

function table(rows: [string, unknown][]): string {
  const cells = rows.map(
    ([name, value]) => `<tr><th scope="row">${escaped(name)}</th><td>${escaped(value ?? '–')}</td></tr>`,
  )
  return `<table>${cells.join('')}</table>`
}

function page(state: AppPage, claims: IDToken | undefined, main: string): string {
  const t = appTexts[state.locale]
  const who =
    claims &&
    `<span class="who">${t.signedInAs} <strong>${escaped(claims.name)}</strong></span><form method="post" action="/logout"><button class="quiet">${t.signOut}</button></form>`
  const account = `<a href="${escaped(state.issuer.replace(/\/$/, ''))}/security">${t.account}</a>`
  const guide = state.guide && `<a href="${escaped(state.guide)}">${t.guide}</a>`
  return `<!doctype html>
<html lang="${state.locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Demo App</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/app.css">
</head><body><header class="bar"><div><span class="logo">Demo App</span>${who ?? ''}</div></header><main>
${main}
</main><footer>${claims ? account : ''} ${guide ?? ''}
<span class="tongues"><a href="/?ui_locales=en" lang="en">English</a> <a href="/?ui_locales=ja" lang="ja">日本語</a></span></footer></body></html>`
}
