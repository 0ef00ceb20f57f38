import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Locale } from '../../rules/account.ts'
import { type Asset, assetOf, assets } from '../../views/assets.ts'
import { withFrame, withLanguages } from '../../views/frame.ts'
import type { Frame } from '../../views/locals/parts.ts'
import type { Views } from '../../views/render.ts'
import { type Sample, samples } from './samples.ts'

/** What the product sends with every page; a page that breaks it shows so in the browser's console. */
export const contentSecurityPolicy =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'"

/** A browser asks for the style of all pages once, and keeps its scripts compiled. */
const kept = { 'cache-control': 'public, max-age=3600' }

/** The logo of the app that the samples are signed in to. */
const ledger = assetOf('ledger.svg', readFileSync(new URL('./brands/ledger.svg', import.meta.url)))

export interface Gallery {
  address(name: string, locale: Locale): string
  /** A page with nothing but a frame, named `page`. */
  frame: string
  close(): Promise<void>
}

/** Serves every sample as a page of its own, with the assets, so that a browser can look at them. */
export async function serveSamples(
  views: Views,
  more: ReadonlyMap<string, Asset> = new Map(),
): Promise<Gallery> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://gallery')
    if (url.pathname.endsWith('/passkey/options')) {
      response.writeHead(204).end()
      return
    }
    // Nothing changes while a page is looked at, however long that takes.
    if (url.pathname.endsWith('/status')) {
      const [, locale = '', name] = new URL(request.headers.referer ?? '/', 'http://gallery').pathname.split(
        '/',
      )
      const shown = samples.find((candidate) => candidate.name === name)
      const page = shown === undefined ? '' : renderSample(views, shown, locale as Locale)
      const status = /data-status="([^"]*)"/.exec(page)?.[1]
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ status }))
      return
    }
    if (url.pathname === '/frame') {
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<!doctype html><link rel="icon" href="data:,"><iframe name="page"></iframe>')
      return
    }
    const file = url.pathname.replace('/assets/', '')
    const asset = assets.get(file) ?? more.get(file) ?? (file === 'ledger.svg' ? ledger : undefined)
    if (asset !== undefined) {
      response.writeHead(200, { 'content-type': asset.type, ...kept }).end(asset.body)
      return
    }
    const [, locale, name] = url.pathname.split('/')
    const sample = samples.find((candidate) => candidate.name === name)
    const headers = {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy,
    }
    if (sample === undefined) response.writeHead(404).end()
    else response.writeHead(200, headers).end(renderSample(views, sample, locale as Locale))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    address: (name, locale) => `http://127.0.0.1:${port}/${locale}/${name}`,
    frame: `http://127.0.0.1:${port}/frame`,
    close: () => new Promise((closed) => server.close(() => closed())),
  }
}

/** A sample as a page. */
export function renderSample(views: Views, { page, locals }: Sample, locale: Locale): string {
  const shown = views.page(
    page,
    locale,
    locals as never,
    page === 'recovery_waiting' ? { refreshSeconds: 10 } : {},
  )
  return ours.test(page)
    ? withFrame(shown, views.frame(locale, frame))
    : withLanguages(shown, views.languages(locale, { action: '/console/language', form: 'f-7d1c4e' }))
}

/** Pages of our own, which have a frame around them. */
const ours =
  /^(security|admin|member|policy|support_|request|reset_|begin_|readi|person_|audit|operator|confirm|webhook|several|invitations|directory)/

const frame: Frame = {
  here: 'administration',
  places: ['security', 'administration', 'support', 'operator'],
  form: 'f-7d1c4e',
  current: '/administration/hanami',
  back: { name: 'Ledger', href: 'https://ledger.example/' },
}
