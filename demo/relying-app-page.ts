import type { IDToken, UserInfoResponse } from 'openid-client'

export interface AppState {
  issuer: string
  signedIn?: { claims: IDToken; person: UserInfoResponse; idToken: string }
  told?: string
  error?: string
}

const escaped = (text: unknown): string =>
  String(text).replace(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`)

/** The demo app's only page. */
export function appPage(state: AppState): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Demo App</title><link rel="icon" href="data:,"><style>
:root { color-scheme: light dark; font: 17px/1.5 system-ui, sans-serif }
body { max-width: 44rem; margin: 3rem auto; padding: 0 1.25rem }
a.button, button { display: inline-block; font: inherit; padding: .6rem 1.1rem; margin: .25rem .5rem .25rem 0; border-radius: .5rem; border: 1px solid #5b50c8; background: #5b50c8; color: #fff; text-decoration: none; cursor: pointer }
a.quiet { background: transparent; color: inherit }
table { border-collapse: collapse; width: 100% } th { text-align: left; padding-right: 1rem; white-space: nowrap } td { overflow-wrap: anywhere }
td, th { border-top: 1px solid #8884; padding-block: .4rem; vertical-align: top } pre { overflow: auto; background: #8882; padding: 1rem; border-radius: .5rem }
.note { border-left: .3rem solid #c0392b; padding-left: 1rem }
</style></head><body><main><h1>Demo App</h1>
${state.told ? `<p class="note" role="status">${escaped(state.told)}</p>` : ''}
${state.error ? `<p class="note" role="alert">The sign-in did not succeed: <code>${escaped(state.error)}</code></p>` : ''}
${state.signedIn ? signedInPart(state.signedIn) : signedOutPart(state.issuer)}
</main></body></html>`
}

function signedOutPart(issuer: string): string {
  return `<p>An app that trusts <code>${escaped(issuer)}</code> and asks it who you are.</p>
<p><a class="button" href="/login">Sign in</a> insists on a second factor.</p>
<p><a class="button quiet" href="/login?level=any">Sign in, any way</a> takes what there is.</p>`
}

function signedInPart({ claims, person }: NonNullable<AppState['signedIn']>): string {
  const rows = [
    ['acr', claims.acr],
    ['amr', (claims.amr as string[] | undefined)?.join(', ')],
    ['auth_time', claims.auth_time && new Date(Number(claims.auth_time) * 1000).toISOString()],
  ]
  const cells = rows.map(
    ([name, value]) => `<tr><th scope="row">${name}</th><td>${escaped(value ?? '–')}</td></tr>`,
  )
  return `<p>You are <strong>${escaped(person.name)}</strong> (${escaped(person.email)}). How you signed in:</p>
<table>${cells.join('')}</table>
<h2>Your ID token</h2><pre id="id-token">${escaped(JSON.stringify(claims, null, 2))}</pre>
<form method="post" action="/logout"><button>Sign out</button></form>
<p><a class="button quiet" href="/login">Sign in again with a second factor</a></p>`
}
