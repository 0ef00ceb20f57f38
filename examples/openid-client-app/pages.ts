import type { SignedIn } from './sessions.ts'

const escaped = (text: unknown): string =>
  String(text).replace(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`)

/** A page of the app: what is trusted HTML is put together here, everything else is escaped on the way in. */
function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>:root { color-scheme: light dark; font: 17px/1.5 system-ui, sans-serif } body { max-width: 40rem; margin: 3rem auto; padding: 0 1.25rem } dd { overflow-wrap: anywhere }</style>
</head><body><main><h1>${escaped(title)}</h1>
${body}
</main></body></html>`
}

const toHome = '<p><a href="/">Back</a></p>'

export function homePage(signedIn: SignedIn | undefined, told: string | undefined): string {
  const note = told === undefined ? '' : `<p role="status">${escaped(told)}</p>`
  if (signedIn === undefined) return page('Example Bank', `${note}<p><a href="/login">Sign in</a></p>`)
  const { claims } = signedIn
  return page(
    'Example Bank',
    `${note}<p>You are <strong>${escaped(claims.name ?? claims.sub)}</strong>.</p>
<dl><dt>acr</dt><dd id="acr">${escaped(claims.acr)}</dd><dt>amr</dt><dd>${escaped(claims.amr)}</dd></dl>
<ul><li><a href="/balance">Balance</a></li>
<li><a href="/statements">Statements</a>: takes a second factor</li>
<li><a href="/pay">Pay</a>: takes a second factor of the last five minutes</li>
<li><a href="/profile">Profile</a>: the app's own page, for a second factor of the last five minutes</li></ul>
<form method="post" action="/logout"><button>Sign out</button></form>`,
  )
}

export function answerPage(title: string, answer: unknown): string {
  return page(title, `<pre>${escaped(JSON.stringify(answer, null, 2))}</pre>${toHome}`)
}

export function payPage(): string {
  return page(
    'Pay',
    `<form method="post" action="/pay"><p>42.00 EUR</p><button>Pay now</button></form>${toHome}`,
  )
}

export function faultPage(title: string, text: string): string {
  return page(title, `<p role="alert">${escaped(text)}</p>${toHome}`)
}
