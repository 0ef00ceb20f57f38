import { type HTMLElement, parse } from 'node-html-parser'
import { CookieJar } from 'tough-cookie'

export interface Shown {
  url: string
  status: number
  headers: Headers
  text: string
  document: HTMLElement
}

/** Fields of a form by name; a button by its `name=value` or its text. */
export interface Filled {
  [field: string]: string
}

/**
 * A browser without script: cookies, redirects, links and forms. It sends what a form on the page would send, so a
 * test can't get anywhere a person without JavaScript couldn't.
 */
export class Browser {
  readonly jar = new CookieJar()
  readonly headers: { [name: string]: string }
  /** Every address that was asked for since the last page was opened. */
  trail: string[] = []
  shown!: Shown

  constructor(headers: { [name: string]: string } = {}) {
    this.headers = {
      accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      ...headers,
    }
  }

  /** Opens an address and follows redirects, until `stopAt` is about to be asked for. */
  async open(
    url: string,
    init: { stopAt?: string; method?: string; body?: URLSearchParams | string } = {},
  ): Promise<Shown> {
    this.trail = []
    return this.#go(url, init)
  }

  async #go(
    url: string,
    init: { stopAt?: string; method?: string; body?: URLSearchParams | string; type?: string },
  ): Promise<Shown> {
    let next = url
    let { method = 'GET', body } = init
    for (let hops = 0; hops < 20; hops += 1) {
      this.trail.push(next)
      if (init.stopAt !== undefined && next.startsWith(init.stopAt)) {
        return this.#show(next, 0, new Headers(), '')
      }
      const response = await fetch(next, {
        method,
        redirect: 'manual',
        headers: {
          ...this.headers,
          cookie: await this.jar.getCookieString(next),
          ...(body === undefined ? {} : { 'content-type': init.type ?? 'application/x-www-form-urlencoded' }),
        },
        ...(body === undefined ? {} : { body: String(body) }),
      })
      for (const cookie of response.headers.getSetCookie())
        await this.jar.setCookie(cookie, next, { ignoreError: true })
      const location = response.headers.get('location')
      if (location === null || response.status < 300 || response.status > 399) {
        return this.#show(next, response.status, response.headers, await response.text())
      }
      await response.body?.cancel()
      next = new URL(location, next).href
      method = 'GET'
      body = undefined
    }
    throw new Error(`too many redirects: ${this.trail.join(' → ')}`)
  }

  #show(url: string, status: number, headers: Headers, text: string): Shown {
    this.shown = { url, status, headers, text, document: parse(text, readNoscript) }
    return this.shown
  }

  get heading(): string {
    return this.shown.document.querySelector('h1')?.text.trim() ?? ''
  }

  /** What the page says in so many words, white space folded. */
  get words(): string {
    return (this.shown.document.querySelector('main') ?? this.shown.document).textContent
      .replace(/\s+/g, ' ')
      .trim()
  }

  /** What an error or a note at the top of the page says. */
  get said(): string {
    return this.shown.document
      .querySelectorAll('[role=alert],[role=status]')
      .map((one) => one.text.trim())
      .join(' ')
      .trim()
  }

  /** Presses a button, by its text, with the fields of its form filled in. */
  async press(button: string, fields: Filled = {}, init: { stopAt?: string } = {}): Promise<Shown> {
    const { action, body, method } = this.form(button, fields)
    this.trail = []
    return method === 'post'
      ? this.#go(action, { method: 'POST', body, ...init })
      : this.#go(`${action}?${body}`, init)
  }

  /** What pressing a button would send. */
  form(button: string, fields: Filled = {}): { action: string; body: URLSearchParams; method: string } {
    const pressed = this.shown.document.querySelectorAll('button').find((one) => one.text.trim() === button)
    if (pressed === undefined)
      throw new Error(`no button "${button}" on "${this.heading}" (${this.shown.status}):\n${this.words}`)
    const form = pressed.closest('form')!
    const body = new URLSearchParams()
    for (const input of form.querySelectorAll('input, textarea, select')) {
      const name = input.getAttribute('name')
      const value = name === undefined ? undefined : sentBy(input, fields[name])
      if (name !== undefined && value !== undefined) body.append(name, value)
    }
    const unknown = Object.keys(fields).filter((name) => !body.has(name))
    if (unknown.length > 0) throw new Error(`the form of "${button}" has no field ${unknown.join(', ')}`)
    const name = pressed.getAttribute('name')
    if (name) body.append(name, pressed.getAttribute('value') ?? '')
    const method = form.getAttribute('method')?.toLowerCase() ?? 'get'
    return { action: new URL(form.getAttribute('action')!, this.shown.url).href, body, method }
  }

  /** Sends something that no form of the page would send, from this browser. */
  async send(url: string, body: URLSearchParams | string, type?: string): Promise<Shown> {
    this.trail = []
    return this.#go(new URL(url, this.shown?.url).href, { method: 'POST', body, ...(type ? { type } : {}) })
  }

  /** What a download link of the page leads to, as bytes. */
  async download(link: string): Promise<{ status: number; headers: Headers; bytes: Uint8Array }> {
    const url = this.link(link)
    const response = await fetch(url, {
      headers: { ...this.headers, cookie: await this.jar.getCookieString(url) },
    })
    const { status, headers } = response
    return { status, headers, bytes: new Uint8Array(await response.arrayBuffer()) }
  }

  /** Where a link of the page leads to. */
  link(link: string): string {
    const found = this.shown.document.querySelectorAll('a').find((one) => one.text.trim() === link)
    if (found === undefined) throw new Error(`no link "${link}" on "${this.heading}"`)
    return new URL(found.getAttribute('href')!, this.shown.url).href
  }

  async follow(link: string): Promise<Shown> {
    return this.open(this.link(link))
  }
}

/** Without script, what stands in <noscript> is part of the page. */
const readNoscript = { blockTextElements: { script: true, style: true, pre: true } }

/** What a field of a form sends: what was filled in, or what stands there. */
function sentBy(input: HTMLElement, filled: string | undefined): string | undefined {
  const stands = input.getAttribute('value')
  const type = input.getAttribute('type')
  if (type === 'checkbox' || type === 'radio') {
    const chosen = filled === undefined ? input.hasAttribute('checked') : filled === (stands ?? 'on')
    return chosen ? (stands ?? 'on') : undefined
  }
  if (filled !== undefined) return filled
  if (input.tagName === 'TEXTAREA') return input.textContent
  if (input.tagName !== 'SELECT') return stands ?? ''
  const option = input.querySelector('option[selected]') ?? input.querySelector('option')
  return option?.getAttribute('value') ?? option?.textContent
}
