import type Router from '@koa/router'
import type { Context } from 'koa'
import { addAddress, askAddress, dropAddress } from '../../account/addresses.ts'
import { mostAddresses } from '../../rules/addresses.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import type { Console } from '../console/session.ts'
import { formBody, formLocals, refusedForm } from '../http/form.ts'
import { seeOther, showPage } from '../http/page.ts'
import { localeOf } from '../http/request.ts'
import type { Services } from '../services.ts'
import { actingOn, changing, messageOf, type Owner, sentBy, signedInOwner } from './owner.ts'

const path = '/security/addresses'

/** Where notices go: the address that signs in, and others that a mailed code has proven. */
export function addressRoutes(router: Router, services: Services, console: Console): void {
  router.get('/addresses', (ctx) => show(services, console, ctx))
  router.post('/addresses', formBody, (ctx) => change(services, console, ctx))
}

async function show(services: Services, console: Console, ctx: Context): Promise<void> {
  const owner = await signedInOwner(services, console, ctx, changing, path)
  if (owner !== undefined) await showAddresses(services, ctx, owner, messageOf(services, ctx, owner))
}

/** POST: change=ask (address) | prove (code) | remove (address). */
async function change(services: Services, console: Console, ctx: Context): Promise<void> {
  const sent = await sentBy(services, console, ctx, path)
  if (sent === undefined) return
  const { fields } = sent
  const by = actingOn(services, ctx, sent)
  const typed = fields.address ?? ''
  switch (fields.change) {
    case 'ask': {
      const refused = await askAddress(services, by, sent.account.mail, typed)
      // The first one is said by the page itself.
      const again = sent.account.pendingAddress === undefined ? '' : '?said=code_sent'
      if (refused === undefined) return seeOther(ctx, `${path}${again}`)
      return showAddresses(services, ctx, sent, refusedForm({ key: `address_${refused}` }, fields))
    }
    case 'prove': {
      const refused = await addAddress(services, by, fields.code ?? '')
      if (refused === undefined) return seeOther(ctx, `${path}?said=address_added`)
      return showAddresses(services, ctx, sent, { key: messages[refused] })
    }
    case 'remove': {
      const gone = await dropAddress(services, by, typed)
      return seeOther(ctx, `${path}?said=${gone ? 'address_removed' : 'already_gone'}`)
    }
    default:
      return showAddresses(services, ctx, sent, { key: 'unknown' })
  }
}

const messages = { wrong: 'wrong_mail_code', expired: 'code_expired', throttled: 'throttled' } as const

async function showAddresses(
  services: Services,
  ctx: Context,
  { session, account: { id } }: Owner,
  message?: PageMessage,
): Promise<void> {
  const account = await services.accounts.get(id)
  if (account === undefined) return seeOther(ctx, '/security')
  const { addresses, email, pendingAddress: pending } = account
  const waiting = pending !== undefined && pending.expiresAt > services.clock()
  const page = services.views.page('security_addresses', localeOf(ctx), {
    ...formLocals(path, session.form, message),
    email,
    addresses: addresses.map(({ address }) => ({ address, signIn: address === email })),
    pending: waiting ? pending.address : undefined,
    full: addresses.length >= mostAddresses,
  })
  showPage(ctx, page)
}
