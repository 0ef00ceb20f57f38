import type { IDToken } from 'openid-client'

export interface AppState {
  issuer: string
  signedIn?: { claims: IDToken }
  told?: string
  error?: string
}

const escaped = (text: unknown): string =>
  String(text).replace(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`)

/** What went wrong at the app itself; anything else is the provider's word. */
const faults: { [error: string]: string } = {
  the_api_failed: 'The API did not answer. Please try again.',
  still_not_enough: 'The API still asks for a stronger sign-in.',
}

/** The demo app's first page. */
export function homePage(state: AppState): string {
  return page(`<h1>Demo App</h1>
${state.told ? `<p class="note" role="status">${escaped(state.told)}</p>` : ''}
${state.error ? `<p class="note" role="alert">${faultOf(state.error)}</p>` : ''}
${state.signedIn ? signedInPart(state.signedIn.claims) : signedOutPart(state.issuer)}`)
}

function faultOf(error: string): string {
  return faults[error] ?? `The sign-in did not succeed: <code>${escaped(error)}</code>`
}

function signedOutPart(issuer: string): string {
  return `<p>An app that trusts <code>${escaped(issuer)}</code> and asks it who you are.</p>
<p><a class="button" href="/login">Sign in</a> insists on a second factor.</p>
<p><a class="button quiet" href="/login?level=any">Sign in, any way</a> takes what there is.</p>`
}

function signedInPart(claims: IDToken): string {
  return `<p>You are <strong>${escaped(claims.name)}</strong> (${escaped(claims.email)}). How you signed in:</p>
${howSignedIn(claims)}
<form action="/figures"><button>Show the figures</button> come from an API that takes a second factor of the last five minutes.</form>
<h2>Your ID token</h2><pre id="id-token">${escaped(JSON.stringify(claims, null, 2))}</pre>
<form method="post" action="/logout"><button>Sign out</button></form>
<p><a class="button quiet" href="/login">Sign in again with a second factor</a>
<a class="button quiet" href="/login?level=phr">Sign in again with a passkey</a></p>`
}

/** What the API answered. */
export function figuresPage(figures: { [name: string]: unknown }, claims: IDToken): string {
  return page(`<h1>Figures</h1>
${table(Object.entries(figures))}
<p>The API took this sign-in:</p>
${howSignedIn(claims)}
<p><a class="button quiet" href="/">Back</a></p>`)
}

function howSignedIn(claims: IDToken): string {
  return table([
    ['acr', claims.acr],
    ['amr', (claims.amr as string[] | undefined)?.join(', ')],
    ['auth_time', claims.auth_time && new Date(Number(claims.auth_time) * 1000).toISOString()],
  ])
}

function table(rows: [string, unknown][]): string {
  const cells = rows.map(
    ([name, value]) => `<tr><th scope="row">${escaped(name)}</th><td>${escaped(value ?? '–')}</td></tr>`,
  )
  return `<table>${cells.join('')}</table>`
}

function page(main: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Demo App</title><link rel="icon" href="data:,"><style>
:root { color-scheme: light dark; font: 17px/1.5 system-ui, sans-serif }
body { max-width: 44rem; margin: 3rem auto; padding: 0 1.25rem }
a.button, button { display: inline-block; font: inherit; padding: .6rem 1.1rem; margin: .25rem .5rem .25rem 0; border-radius: .5rem; border: 1px solid #5b50c8; background: #5b50c8; color: #fff; text-decoration: none; cursor: pointer }
a.quiet { background: transparent; color: inherit }
table { border-collapse: collapse; width: 100%; margin-block: 1rem } th { text-align: left; padding-right: 1rem; white-space: nowrap } td { overflow-wrap: anywhere }
td, th { border-top: 1px solid #8884; padding-block: .4rem; vertical-align: top } pre { overflow: auto; background: #8882; padding: 1rem; border-radius: .5rem }
.note { border-left: .3rem solid #c0392b; padding-left: 1rem }
</style></head><body><main>
${main}
</main></body></html>`
}
