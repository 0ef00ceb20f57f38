import { randomUUID } from 'node:crypto'
import type Router from '@koa/router'
import type { Context } from 'koa'
import { toldOf } from '../../account/told.ts'
import type { Protection } from '../../rules/account.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import { countCodesLeft, proveBackupCodes, type Redemption } from '../../rules/backup-codes.ts'
import { withEffects } from '../../rules/effect.ts'
import type { MessageKey } from '../../rules/messages.ts'
import { neededFor } from '../../rules/own-account.ts'
import type { Console } from '../console/session.ts'
import { formBody, formLocals } from '../http/form.ts'
import { seeOther, showPage } from '../http/page.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { actingOn, changing, looking, messageOf, type Owner, sentBy, signedInOwner } from './owner.ts'

const path = '/security/codes'

/** Backup codes: whether they are at hand, and a new set. They are shown only when they are made. */
export function codesRoutes(router: Router, services: Services, console: Console): void {
  router.get('/codes', (ctx) => show(services, console, ctx))
  router.post('/codes', formBody, (ctx) => prove(services, console, ctx))
  router.post('/codes/new', formBody, (ctx) => makeNew(services, console, ctx))
}

async function show(services: Services, console: Console, ctx: Context): Promise<void> {
  const owner = await signedInOwner(services, console, ctx, changing, path)
  if (owner !== undefined) showCodes(services, ctx, owner, messageOf(services, ctx, owner))
}

/** POST: leads to the sign-in, which has the page that makes a set, with its PDF and its text file. */
async function makeNew(services: Services, console: Console, ctx: Context): Promise<void> {
  const sent = await sentBy(services, console, ctx, path, looking)
  if (sent === undefined) return
  const need = { acr: neededFor(sent.account), maxAge: changing }
  const done = `${path}?said=codes_made`
  await console.signIn(ctx, need, path, { email: sent.account.email, action: 'backup_codes', done })
}

const messages: { [R in Exclude<Redemption, { ok: true }>['reason']]: MessageKey } = {
  throttled: 'throttled',
  wrong: 'wrong_backup_code',
  used: 'used_backup_code',
  none: 'no_backup_codes',
}

/** POST: code. */
async function prove(services: Services, console: Console, ctx: Context): Promise<void> {
  const sent = await sentBy(services, console, ctx, path)
  if (sent === undefined) return
  const outcome = await proveOwn(services, ctx, sent, sent.fields.code ?? '')
  if (outcome.ok) return seeOther(ctx, `${path}?said=codes_proven`)
  showCodes(services, ctx, sent, { key: messages[outcome.reason] })
}

async function proveOwn(services: Services, ctx: Context, owner: Owner, typed: string): Promise<Redemption> {
  const { change, ring, clock } = services
  const by = actingOn(services, ctx, owner)
  const now = clock()
  const id = `codes-proven:${randomUUID()}`
  return change('protections', by.account, (current): [Protection | undefined, Redemption] => {
    if (current === undefined) return [current, { ok: false, reason: 'none' }]
    const [next, redemption] = proveBackupCodes(current, typed, ring.hash, now)
    if (!redemption.ok) return [next, redemption]
    const happening = { id, event: 'backup_codes.proven' as const, detail: { set: redemption.set } }
    return [withEffects(next, toldOf(by, happening, now)), redemption]
  })
}

function showCodes(
  services: Services,
  ctx: Context,
  { session, account }: Owner,
  message?: PageMessage,
): void {
  const { backupCodes: codes } = account
  const page = services.views.page('security_codes', localeOf(ctx), {
    ...formLocals(path, session.form, message),
    email: account.email,
    set: codes?.number,
    createdAt: codes?.createdAt,
    provenAt: codes?.provenAt,
    left: countCodesLeft(account),
    canMake: account.factors.length > 0,
  })
  showPage(ctx, page)
}
