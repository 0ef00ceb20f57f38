import Router from '@koa/router'
import type { Context } from 'koa'
import { removeIdentity } from '../../account/identity.ts'
import { beginIdentity, settleRun } from '../../recovery/identity.ts'
import type { PageMessage } from '../../rules/attempt.ts'
import { messageFor } from '../../rules/messages.ts'
import { judge, type RunOutcome } from '../../rules/proofing-run.ts'
import { samePerson } from '../../rules/same-person.ts'
import { type Console, freshSecondFactor } from '../console/session.ts'
import { beginnerOf, isBeginner } from '../http/beginner.ts'
import { checkFormToken, formBody, readFields } from '../http/form.ts'
import { seeOther, showPage } from '../http/page.ts'
import { Problem } from '../http/problem.ts'
import { localeOf } from '../http/request.ts'
import type { Enrol } from '../recovery/identity-return.ts'
import type { Services } from '../services.ts'

const path = '/security/identity'

/** Someone signed in shows a photo ID before it is needed: at a recovery the provider must then name the same person. */
export function identityRoutes(services: Services, console: Console): Router {
  const router = new Router({ prefix: path })
  router.get('/', (ctx) => show(services, console, ctx))
  router.post('/', formBody, (ctx) => change(services, console, ctx))
  return router
}

async function show(
  services: Services,
  console: Console,
  ctx: Context,
  message?: PageMessage,
): Promise<void> {
  const session = await console.session(ctx, freshSecondFactor)
  if (session === undefined) return console.signIn(ctx, freshSecondFactor, path)
  const account = await services.accounts.get(session.account)
  if (account === undefined || services.proofing === undefined) throw new Problem(404, 'not_found')
  const said = message ?? messageOf(ctx)
  const page = services.views.page('security_identity', localeOf(ctx), {
    base: path,
    form: session.form,
    message: said,
    email: account.email,
    enrolledAt: account.proofing?.at,
  })
  showPage(ctx, page)
}

/** How a verification ended is told by the address that it leads back to; only known words are shown. */
function messageOf(ctx: Context): PageMessage | undefined {
  const { said } = ctx.query
  return typeof said === 'string' && /^identity_\w{1,40}$/.test(said) ? { key: messageFor(said) } : undefined
}

/** POST: change=enrol | remove. */
async function change(services: Services, console: Console, ctx: Context): Promise<void> {
  const session = await console.session(ctx, freshSecondFactor)
  if (session === undefined) return console.signIn(ctx, freshSecondFactor, path)
  const fields = readFields(ctx)
  checkFormToken(fields, session.form)
  const account = await services.accounts.get(session.account)
  if (account === undefined || services.proofing === undefined) throw new Problem(404, 'not_found')
  if (fields.change === 'remove') {
    await removeIdentity(services, account.id)
    return seeOther(ctx, `${path}?said=identity_removed`)
  }
  const begun = await beginIdentity(services, beginnerOf(services, ctx), { purpose: 'enrolment', account })
  if (begun.ok) return seeOther(ctx, begun.url)
  await show(services, console, ctx, { key: begun.message })
}

/** The end of an enrolment: only in the browser that began, still signed in as the same person. */
export function enrolment(services: Services, console: Console): Enrol {
  return async (ctx, run, callback, kept) => {
    const { clock, proofing, accounts } = services
    const session = await console.session(ctx, { ...freshSecondFactor, maxAge: 8 * 3600 })
    if (session?.account !== run.account || !isBeginner(services, ctx, run))
      throw new Problem(400, 'wrong_person')
    const account = await accounts.get(run.account)
    const result = await proofing!.finish(callback, kept, clock())
    if (account === undefined) throw new Problem(400, 'expired')
    const outcome: RunOutcome = result.ok
      ? judge(
          {
            provedAs: '',
            identified: true,
            person: samePerson(account, result.verified.claims, result.verified.matched),
            ambiguous: false,
            decidedByPeople: false,
          },
          result.verified,
        )
      : result
    const at = clock()
    await settleRun(services, run, outcome, ({ id }) => {
      if (!outcome.ok || !result.ok) return []
      const { subject, issuer } = result.verified
      return [{ kind: 'enrol_identity', id: `${id}:enrolled`, account: account.id, subject, issuer, at }]
    })
    if (!outcome.ok) return seeOther(ctx, `${path}?said=identity_${outcome.reason}`)
    seeOther(ctx, `${path}?said=identity_enrolled`)
  }
}
