import type { Context } from 'koa'
import { keepWaiting } from '../../provider/unfinished.ts'
import type { Assurance } from '../../rules/assurance.ts'
import { nextStep } from '../../rules/next-step.ts'
import type { StepName } from '../../rules/step.ts'
import type { PageName, Pages } from '../../views/pages.ts'
import { formLocals } from '../http/form.ts'
import { seeOther, showPage } from '../http/page.ts'
import type { Services } from '../services.ts'
import { keepWhose } from './anew.ts'
import { attemptOf, changeAttempt, changed, interactionOf, sayNext, sayTooLate, toHub } from './attempts.ts'
import { showConsent } from './consent.ts'
import { finish, finishAction, finishUnmet } from './finish.ts'
import { toFirstFactor } from './first-factor.ts'
import { offerOtherLanguages } from './language.ts'
import { goOnWaiting } from './own-request.ts'
import type { Change, Outcome, SignInStep, Visit } from './step.ts'
import { backupCode } from './steps/backup-code.ts'
import { backupCodes } from './steps/backup-codes.ts'
import { checkUp } from './steps/check-up.ts'
import { codesLeft } from './steps/codes-left.ts'
import { completionLink } from './steps/completion-link.ts'
import { enrolPasskey } from './steps/enrol-passkey.ts'
import { enrolPhone } from './steps/enrol-phone.ts'
import { enrolPush } from './steps/enrol-push.ts'
import { enrolTotp } from './steps/enrol-totp.ts'
import { factors } from './steps/factors.ts'
import { forgot } from './steps/forgot.ts'
import { forgotLost } from './steps/forgot-lost.ts'
import { inactive } from './steps/inactive.ts'
import { mailCode } from './steps/mail-code.ts'
import { newPassword } from './steps/new-password.ts'
import { noCase } from './steps/no-case.ts'
import { openCase } from './steps/open-case.ts'
import { pass } from './steps/pass.ts'
import { passkey } from './steps/passkey.ts'
import { password } from './steps/password.ts'
import { phone } from './steps/phone.ts'
import { push } from './steps/push.ts'
import { recovery } from './steps/recovery.ts'
import { recoveryClosed } from './steps/recovery-closed.ts'
import { recoveryWaiting } from './steps/recovery-waiting.ts'
import { suspended } from './steps/suspended.ts'
import { totp } from './steps/totp.ts'
import { upstream } from './steps/upstream.ts'
import { whoseCase } from './steps/whose-case.ts'
import { visitOf } from './visit.ts'

/** Every page of a sign-in, by its step. */
export const signInSteps = {
  password,
  upstream,
  forgot,
  forgot_lost: forgotLost,
  inactive,
  suspended,
  totp,
  phone,
  passkey,
  push,
  backup_code: backupCode,
  recovery,
  whose_case: whoseCase,
  recovery_waiting: recoveryWaiting,
  recovery_closed: recoveryClosed,
  pass,
  open_case: openCase,
  completion_link: completionLink,
  mail_code: mailCode,
  new_password: newPassword,
  backup_codes: backupCodes,
  codes_left: codesLeft,
  check_up: checkUp,
  enrol_totp: enrolTotp,
  enrol_phone: enrolPhone,
  enrol_passkey: enrolPasskey,
  enrol_push: enrolPush,
  factors,
  no_case: noCase,
} satisfies { [S in StepName & PageName]: SignInStep<S> }

/** GET /interaction/:uid: asks what is next and shows it. Steps lead here or end the sign-in, never to one another. */
export async function hub(services: Services, ctx: Context): Promise<void> {
  const interaction = await interactionOf(services, ctx)
  const attempt = await attemptOf(services, ctx, interaction)
  if (interaction.prompt.name === 'consent') return showConsent(services, ctx, interaction, attempt)
  // Finished, and yet here again: the browser came back, or the process died before it could send it on.
  if (attempt.finishedAt !== undefined && interaction.result !== undefined)
    return ctx.redirect(interaction.returnTo)
  const visit = await visitOf(services, ctx, attempt)
  if (visit.step.step === 'finish') {
    if (!(await finish(visit, visit.step.assurance))) toHub(visit)
    return
  }
  if (visit.step.step === 'unmet') return finishUnmet(visit)
  if (visit.step.step === 'action_done') return finishAction(visit, visit.step.status)
  if (visit.step.step === 'recovery_waiting' && (await goOnWaiting(visit))) return toHub(visit)
  const { firstFactor } = services.config
  if (visit.step.step === 'password' && firstFactor !== undefined)
    return toFirstFactor(ctx, firstFactor.url, attempt)
  if (attempt.message !== undefined) services.happened?.({ said: attempt.message.key })
  const shown: SignInStep = signInSteps[visit.step.step]
  const form = formLocals(`/interaction/${attempt.id}`, attempt.form, attempt.message)
  const locals = { ...form, ...(await shown.show(visit)) }
  if (shown.step === 'recovery_waiting') keepWaiting(ctx, services.provider, services.config.base, attempt.id)
  const refresh = waits(shown.step, locals) ? { refreshSeconds: 10 } : {}
  offerOtherLanguages(ctx, attempt)
  keepWhose(visit)
  showPage(ctx, services.views.page(shown.step, attempt.locale, locals as Pages[typeof shown.step], refresh))
}

/** Carries out what an action came to, once, against the attempt that the action has seen; then asks what is next. */
export async function carryOut(visit: Visit, outcome: Outcome): Promise<void> {
  const { services, ctx, attempt } = visit
  switch (outcome.does) {
    case 'stay':
      return toHub(visit)
    case 'say':
      await sayNext(services, attempt, outcome.message)
      return toHub(visit)
    case 'change':
      return goOn(visit, outcome)
    case 'leave':
      await changeAttempt(services, attempt, outcome.change)
      return seeOther(ctx, outcome.to)
  }
}

/** What a change comes to. One that the sign-in ends with is written as its end, and the person is sent on at once. */
async function goOn(visit: Visit, { change, lost }: Extract<Outcome, { does: 'change' }>): Promise<void> {
  const { services, attempt } = visit
  const ended = await endedBy(visit, change)
  if (ended !== undefined && (await finish(...ended, change))) return
  const done = ended === undefined && (await changeAttempt(services, attempt, change))
  if (!done && lost !== undefined) await sayTooLate(services, attempt, { key: lost })
  toHub(visit)
}

/** The visit as the change would leave it, where nothing is left to be done then: read again, as the person has changed. */
async function endedBy(visit: Visit, change: Change): Promise<[Visit, Assurance] | undefined> {
  const { services, ctx, situation, account } = visit
  if (account === undefined) return undefined
  const attempt = changed(visit.attempt, change)
  if (nextStep({ ...situation, attempt }).step !== 'finish') return undefined
  const next = await visitOf(services, ctx, attempt)
  return next.step.step === 'finish' ? [next, next.step.assurance] : undefined
}

/** Pages that something happens to while nobody touches them. */
const waits = (step: StepName, locals: object): boolean =>
  step === 'recovery_waiting' || ('state' in locals && ['waiting', 'number'].includes(String(locals.state)))
