import type { CaughtMessage } from '../../adapters/delivery/delivery.ts'
import { assetPath } from '../../views/assets.ts'
import { escapeHtml, linkify } from '../../views/html.ts'
import { type GuidePerson, guidePeople } from './guide-people.ts'
import { type DemoPlace, type GuideLocale, type GuideTexts, guideTexts, type Trial } from './guide-texts.ts'

export interface Guide {
  locale: GuideLocale
  brand: string
  people: GuidePerson[]
  /** Oldest first. */
  messages: CaughtMessage[]
  now: number
  /** How far the demo is ahead of real time, in milliseconds. */
  offset: number
  /** Where the links lead; what isn't there has none. */
  places: { [place in DemoPlace]?: string }
  /** What can't be tried in this demo. */
  without: Trial[]
  /** Puts a path where the pages are mounted. */
  here(path: string): string
}

/** The newcomer's page: what to try, who is who, what was sent, and the clock. It runs no script of its own. */
export function guidePage(guide: Guide): string {
  const { locale, brand, here } = guide
  const t = guideTexts[locale]
  return `<!doctype html>
<html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${t.title} · ${escapeHtml(brand)}</title><meta name="color-scheme" content="light dark">
<link rel="icon" href="${here(assetPath('favicon.svg'))}">
<link rel="stylesheet" href="${here(assetPath('rekey.css'))}"><link rel="stylesheet" href="${here('/dev/guide.css')}">
</head><body class="page-guide">
<header class="brand"><div class="brand-inner"><img src="${here(assetPath('logo.svg'))}" alt="" width="32" height="32"><span>${escapeHtml(brand)}</span></div></header>
<main id="main"><header><h1>${t.title}</h1><p class="lead">${t.lead}</p></header>
<div class="beside"><section aria-labelledby="try"><h2 id="try">${t.try}</h2>${trials(guide, t)}</section>${inbox(guide, t)}</div>
${clock(guide, t)}
${guidePeople(guide, t)}
${places(guide, t)}</main>
<footer><p class="tongues"><a href="?ui_locales=en" lang="en">English</a> <a href="?ui_locales=ja" lang="ja">日本語</a></p></footer>
</body></html>`
}

function trials(guide: Guide, t: GuideTexts): string {
  const steps = t.steps.filter(({ name }) => !guide.without.includes(name))
  const items = steps.map(({ title, text }) => `<li><h3>${title}</h3><p>${marked(text, guide)}</p></li>`)
  return `<ol class="plan">${items.join('')}</ol>`
}

/** The marks of our own texts, as HTML. */
const marked = (text: string, { places }: Guide): string =>
  escapeHtml(text)
    .replace(/\*\*(.+?)\*\*/g, '<b>$1</b>')
    .replace(/`(.+?)`/g, '<code class="copy">$1</code>')
    .replace(/\[(.+?)\]\((#?)(\w+)\)/g, (_, words: string, anchor: string, to: string) =>
      anchor ? `<a href="#${to}">${words}</a>` : outside(places[to as DemoPlace] ?? '', words),
    )

/** In a tab of its own: this page stays at hand. */
const outside = (href: string, words: string): string =>
  `<a href="${escapeHtml(href)}" target="_blank" rel="noopener">${words}</a>`

/** So many messages are what one trial sends. */
const shown = 6

function inbox({ messages, places, here, locale }: Guide, t: GuideTexts): string {
  const newest = messages.slice(-shown).toReversed()
  return `<aside aria-labelledby="inbox"><h2 id="inbox">${t.inbox}</h2><p class="hint">${t.inboxLead}</p>
<p><a class="button secondary small" href="${here(`/dev?ui_locales=${locale}`)}">${t.look}</a> ${outside(places.inbox ?? '', t.all)}</p>
${newest.length === 0 ? `<p>${t.empty}</p>` : newest.map((message, index) => caught(message, index === 0, t)).join('\n')}</aside>`
}

function caught({ to, subject, text, links, at }: CaughtMessage, open: boolean, t: GuideTexts): string {
  const body = linkify(text, links).html.replaceAll('<a ', '<a target="_blank" rel="noopener" ')
  return `<article class="caught"><h3>${escapeHtml(subject || text.slice(0, 60))}</h3>
<p class="hint">${t.to} ${escapeHtml(to)} · ${time(Date.parse(at))}</p>
<details${open ? ' open' : ''}><summary>${escapeHtml(to)}</summary><pre>${body}</pre></details></article>`
}

const time = (at: number): string => {
  const iso = new Date(at).toISOString()
  return `<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`
}

function clock({ now, offset, here, locale }: Guide, t: GuideTexts): string {
  const hours = String(Math.round(offset / 36_000) / 100)
  const buttons = Object.entries(t.forward).map(
    ([seconds, words]) =>
      `<button class="secondary small" name="advance" value="${seconds}">+ ${words}</button>`,
  )
  return `<section aria-labelledby="clock"><h2 id="clock">${t.clock}</h2><p class="hint">${t.clockLead}</p>
<p>${time(now)}${offset > 0 ? ` (${t.ahead(hours)})` : ''}</p>
<form class="forward" method="post" action="${here('/dev/clock')}"><input type="hidden" name="back" value="${locale}">${buttons.join('')}</form></section>`
}

function places({ places: to }: Guide, t: GuideTexts): string {
  const links = (Object.keys(t.place) as DemoPlace[]).flatMap((place) =>
    to[place] === undefined ? [] : [`<li>${outside(to[place], t.place[place])}</li>`],
  )
  return `<section aria-labelledby="places"><h2 id="places">${t.places}</h2><ul class="links">${links.join('')}</ul><p class="hint">${t.metrics}</p></section>`
}
