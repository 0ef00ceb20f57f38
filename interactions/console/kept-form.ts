import type { Context } from 'koa'
import type { ConsoleSession } from '../../adapters/store/documents.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import { cookieAt } from '../../rules/mount.ts'
import { hasFormToken, readFields, refusedForm } from '../http/form.ts'
import { ownCookie } from '../http/own-cookie.ts'
import type { Services } from '../services.ts'

/** Milliseconds. */
const lifetime = 900_000
/** What a browser keeps of a cookie, and a proxy lets through. */
const longest = 3_500

/** What buttons and hidden fields say: a form with nothing else has nothing that anybody typed. */
const unseen = new Set(
  'form change do decision sure version id retry message end app device factor kind format'.split(' '),
)

interface Kept {
  page: string
  account: string
  until: number
  typed: { [name: string]: string }
}

const cookieOf = ({ config }: Pick<Services, 'config'>) => {
  const { name, path, secure } = cookieAt(config, 'console-typed')
  return { name, options: ownCookie({ path, secure }) }
}

/**
 * A form that came later than the five minutes that a change takes: whoever called a colleague before deciding, or thought
 * about a policy, finds it filled in when they are back from the second factor. It stays in their browser, sealed.
 */
export function keepForm(services: Services, ctx: Context, session: ConsoleSession, page: string): void {
  const fields = readFields(ctx)
  if (!hasFormToken(fields, session.form)) return
  const { typed = {} } = refusedForm({ key: 'typed_again' }, fields)
  if (Object.keys(fields).every((name) => unseen.has(name) || /code$/.test(name))) return
  const until = services.clock() + lifetime
  const kept: Kept = { page, account: session.account, until, typed }
  const { name, options } = cookieOf(services)
  const sealed = services.ring.seal(JSON.stringify(kept), name)
  if (sealed.length <= longest) ctx.cookies.set(name, sealed, { ...options, maxAge: lifetime })
}

/** What was kept of a form of this page, for whoever sent it: once. */
export function keptForm(services: Services, ctx: Context, session: ConsoleSession): PageMessage | undefined {
  const { name, options } = cookieOf(services)
  const kept = readKept(services, ctx.cookies.get(name), name)
  if (kept?.page !== ctx.path || kept.account !== session.account || kept.until < services.clock())
    return undefined
  ctx.cookies.set(name, null, options)
  return { key: 'typed_again', typed: kept.typed }
}

function readKept({ ring }: Services, sealed: string | undefined, name: string): Kept | undefined {
  try {
    return sealed === undefined ? undefined : JSON.parse(ring.open(sealed, name))
  } catch {
    return undefined
  }
}
