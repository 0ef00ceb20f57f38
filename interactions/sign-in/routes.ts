import Router from '@koa/router'
import type { Context } from 'koa'
import type { Attempt, PageMessage } from '../../rules/attempt.ts'
import { kindsOfFactors } from '../../rules/kinds.ts'
import type { StepName } from '../../rules/step.ts'
import { drawsSheets } from '../../views/backup-codes-fonts.ts'
import { checkFormToken, type Fields, formBody, readFields, refusedForm } from '../http/form.ts'
import { Problem } from '../http/problem.ts'
import type { Services } from '../services.ts'
import { beginAnew } from './anew.ts'
import { useAnotherAccount } from './another-account.ts'
import { attemptOf, changeAttempt, interactionOf, sayTooLate, toHub } from './attempts.ts'
import { choose } from './choose.ts'
import { decideConsent } from './consent.ts'
import { chooseKind, skipEnrolment } from './enrolled.ts'
import { takeFirstFactor } from './first-factor.ts'
import { recallPassword } from './forgotten.ts'
import { carryOut, hub, signInSteps } from './hub.ts'
import { speak } from './language.ts'
import { sendOptions } from './passkeys.ts'
import { type Action, type Outcome, type SignInStep, say, type Visit } from './step.ts'
import { sendSheet } from './steps/backup-codes.ts'
import { whoseCase } from './steps/whose-case.ts'
import { takeUpstreamAnswer } from './upstream.ts'
import { visitOf } from './visit.ts'

const allKinds = Object.values(kindsOfFactors)

/** Pages on which a second factor is proven. */
const proofs: StepName[] = [...allKinds.map(({ step }) => step), 'backup_code', 'pass']

/** Pages on which one may turn to another way. */
const choosable: StepName[] = [
  ...proofs,
  'completion_link',
  'forgot_lost',
  'recovery',
  'whose_case',
  'recovery_waiting',
  'recovery_closed',
]

/** Pages that set a factor up. */
const enrolments: StepName[] = allKinds.map(({ enrolStep }) => enrolStep)

/** Pages that know whose sign-in it is. */
const afterAddress: StepName[] = Object.values(signInSteps)
  .map(({ step }) => step)
  .filter((step) => step !== 'password')

/** Every action of a sign-in, by its path, and the steps on whose pages it stands. */
const actions: { [path: string]: { action: Action; steps: StepName[] } } = {
  ...Object.fromEntries(
    Object.values(signInSteps).flatMap((step) =>
      Object.entries(step.actions).map(([path, action]) => [path, { action, steps: [step.step] }]),
    ),
  ),
  'whose-case': { action: whoseCase.actions['whose-case']!, steps: ['whose_case', ...proofs] },
  choose: { action: choose, steps: choosable },
  'another-account': { action: useAnotherAccount, steps: afterAddress },
  'forgot/leave': { action: recallPassword, steps: ['forgot', 'forgot_lost'] },
  'enrol/choose': { action: chooseKind, steps: enrolments },
  'enrol/skip': { action: skipEnrolment, steps: enrolments },
}

/** All pages of a sign-in live below /interaction/:uid, the path of the library's cookie. */
export function interactionRoutes(services: Services): Router {
  const router = new Router({ prefix: '/interaction/:uid' })
  // Not where a script of the page asks: that shows nothing to anybody.
  const anew = beginAnew(services)
  router.get('/', anew, (ctx) => hub(services, ctx))
  router.get('/passed', anew, (ctx) => takeFirstFactor(services, ctx))
  router.get('/upstream/:id', anew, (ctx) => takeUpstreamAnswer(services, ctx))
  router.get('/passkey/options', async (ctx) => sendOptions(await loginVisit(services, ctx), ctx))
  router.get('/status', (ctx) => status(services, ctx))
  for (const kind of ['pdf', 'txt'] as const)
    router.get(`/backupCodes.${kind}`, async (ctx) =>
      sendSheet(await sheetVisit(services, ctx, kind), ctx, kind),
    )
  router.post('/language', anew, formBody, (ctx) => language(services, ctx))
  router.post('/consent', anew, formBody, (ctx) => consent(services, ctx))
  for (const path of Object.keys(actions)) router.post(`/${path}`, anew, formBody, actionOf(services, path))
  return router
}

/**
 * Whoever sends a password gets nothing done before that can be hashed soon: many at once would be read from the store one
 * and all, with every token request between them.
 */
function actionOf(services: Services, path: string): (ctx: Context) => Promise<void> {
  const { action } = actions[path]!
  const { inTurn } = services
  if (path !== 'password' || inTurn === undefined) return (ctx) => act(services, ctx, path, action)
  return (ctx) =>
    inTurn(
      () => act(services, ctx, path, action),
      () => act(services, ctx, path, async () => say('busy')),
    )
}

/**
 * A form of a sign-in. It must belong to this attempt, and stand on the page that is shown now: a second submit, or
 * one from an old page, changes nothing and shows where things are.
 */
async function act(services: Services, ctx: Context, path: string, action: Action): Promise<void> {
  const { steps } = actions[path]!
  const visit = await loginVisit(services, ctx)
  const fields = readFields(ctx)
  if (isIdle(visit.attempt, fields)) {
    await begunAgain(visit, path, fields)
    return toHub(visit)
  }
  checkFormToken(fields, visit.attempt.form)
  if (visit.attempt.finishedAt !== undefined) return toHub(visit)
  const sent = whatWasSent(services, path, fields)
  if (steps.includes(visit.step.step))
    return carryOut(visit, noting(withTyped(await action(visit, fields), fields), sent))
  if (visit.attempt.sent !== sent) await sayWhereThingsAre(visit)
  toHub(visit)
}

/** What tells a form that is sent a second time from another one; nothing that is secret is kept of it. */
function whatWasSent({ ring }: Services, path: string, fields: Fields): string {
  return ring.mac(
    JSON.stringify([path, Object.entries(refusedForm({ key: 'idle' }, fields).typed ?? {}).sort()]),
  )
}

/** The form that came last to something: sent again, from an impatient finger or another tab, it has nothing to say. */
function noting(outcome: Outcome, sent: string): Outcome {
  if (outcome.does !== 'change' && outcome.does !== 'leave') return outcome
  return { ...outcome, change: (attempt) => ({ ...outcome.change(attempt), sent }) }
}

/**
 * The page was open for so long that its sign-in is over, and another has begun in its place: nothing of the form is
 * taken, whoever has sent it, and the page is shown again, ready to use.
 */
function isIdle({ form, account, proofs, revision }: Attempt, fields: Fields): boolean {
  const begun = account !== undefined || proofs.length > 0 || revision > 0
  return !begun && fields.form !== undefined && fields.form.length === form.length && fields.form !== form
}

/** Says why the first page comes again, with what was typed there; who is somebody else finds it empty. */
async function begunAgain({ services, attempt }: Visit, path: string, fields: Fields): Promise<void> {
  const idle: PageMessage = { key: 'idle' }
  if (path === 'another-account')
    await changeAttempt(services, attempt, (current) => ({ ...current, typed: undefined }))
  else await sayTooLate(services, attempt, fields.email === undefined ? idle : refusedForm(idle, fields))
}

/** Someone who isn't past the password learns nothing; others are told that the page was old. */
async function sayWhereThingsAre(visit: Visit): Promise<void> {
  if (visit.attempt.account !== undefined)
    await sayTooLate(visit.services, visit.attempt, { key: 'not_possible' })
}

async function loginVisit(services: Services, ctx: Context): Promise<Visit> {
  const interaction = await interactionOf(services, ctx)
  if (interaction.prompt.name === 'consent') throw new Problem(400, 'expired')
  return visitOf(services, ctx, await attemptOf(services, ctx, interaction))
}

async function consent(services: Services, ctx: Context): Promise<void> {
  const interaction = await interactionOf(services, ctx)
  if (interaction.prompt.name !== 'consent') throw new Problem(400, 'expired')
  const attempt = await attemptOf(services, ctx, interaction)
  const fields = readFields(ctx)
  checkFormToken(fields, attempt.form)
  await decideConsent(services, ctx, interaction, fields)
}

/** The one form that stands on every page of a sign-in, that of consent included. */
async function language(services: Services, ctx: Context): Promise<void> {
  const attempt = await attemptOf(services, ctx, await interactionOf(services, ctx))
  const fields = readFields(ctx)
  if (isIdle(attempt, fields)) await sayTooLate(services, attempt, { key: 'idle' })
  else checkFormToken(fields, attempt.form)
  await speak(services, ctx, attempt, fields)
  toHub({ ctx, attempt })
}

/** What a page asks for that waits for somebody or something: where its step stands, or that there is another one now. */
async function status(services: Services, ctx: Context): Promise<void> {
  const visit = await loginVisit(services, ctx)
  const shown: SignInStep | undefined = signInSteps[visit.step.step as keyof typeof signInSteps]
  ctx.set('Cache-Control', 'no-store')
  ctx.body = { status: (await shown?.status?.(visit)) ?? visit.step.step }
}

async function sheetVisit(services: Services, ctx: Context, kind: 'pdf' | 'txt'): Promise<Visit> {
  const visit = await loginVisit(services, ctx)
  const drawn = kind === 'txt' || drawsSheets()
  if (visit.step.step !== 'backup_codes' || visit.attempt.codes === undefined || !drawn)
    throw new Problem(404, 'not_found')
  return visit
}

/** What is refused comes back on the page that says so. */
function withTyped(outcome: Outcome, fields: Fields): Outcome {
  if (outcome.does === 'say') return { ...outcome, message: refusedForm(outcome.message, fields) }
  if (outcome.does !== 'change') return outcome
  return {
    ...outcome,
    change: (attempt) => {
      const next = outcome.change(attempt)
      return next.message === undefined ? next : { ...next, message: refusedForm(next.message, fields) }
    },
  }
}
