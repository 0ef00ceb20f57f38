import type { Context } from 'koa'
import { showPage } from '../http/page.ts'
import type { StepName } from '../rules/step.ts'
import type { Services } from '../services.ts'
import type { PageName, Pages } from '../views/pages.ts'
import { attemptOf, interactionOf } from './attempts.ts'
import { showConsent } from './consent.ts'
import { finish, finishAction, finishUnmet } from './finish.ts'
import { type Room, visitOf } from './room.ts'
import { backupCode } from './rooms/backup-code.ts'
import { backupCodes } from './rooms/backup-codes.ts'
import { checkUp } from './rooms/check-up.ts'
import { codesLeft } from './rooms/codes-left.ts'
import { completionLink } from './rooms/completion-link.ts'
import { enrol } from './rooms/enrol.ts'
import { enrolPasskey } from './rooms/enrol-passkey.ts'
import { enrolPhone } from './rooms/enrol-phone.ts'
import { enrolPush } from './rooms/enrol-push.ts'
import { factors } from './rooms/factors.ts'
import { forgot } from './rooms/forgot.ts'
import { forgotLost } from './rooms/forgot-lost.ts'
import { inactive } from './rooms/inactive.ts'
import { mailCode } from './rooms/mail-code.ts'
import { newPassword } from './rooms/new-password.ts'
import { noCase } from './rooms/no-case.ts'
import { openCase } from './rooms/open-case.ts'
import { pass } from './rooms/pass.ts'
import { passkey } from './rooms/passkey.ts'
import { password } from './rooms/password.ts'
import { phone } from './rooms/phone.ts'
import { push } from './rooms/push.ts'
import { recovery } from './rooms/recovery.ts'
import { recoveryClosed } from './rooms/recovery-closed.ts'
import { recoveryWaiting } from './rooms/recovery-waiting.ts'
import { totp } from './rooms/totp.ts'

/** Every page of a sign-in, by its step. */
export const rooms = {
  password,
  forgot,
  forgot_lost: forgotLost,
  inactive,
  totp,
  phone,
  passkey,
  push,
  backup_code: backupCode,
  recovery,
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
  enrol,
  enrol_phone: enrolPhone,
  enrol_passkey: enrolPasskey,
  enrol_push: enrolPush,
  factors,
  no_case: noCase,
} satisfies { [S in StepName & PageName]: Room<S> }

/** GET /interaction/:uid: asks what is next and shows it. Rooms lead here, never to one another. */
export async function hub(services: Services, ctx: Context): Promise<void> {
  const interaction = await interactionOf(services, ctx)
  const attempt = await attemptOf(services, ctx, interaction)
  if (interaction.prompt.name === 'consent') return showConsent(services, ctx, interaction, attempt)
  // Finished, and yet here again: the browser came back, or the process died before it could send it on.
  if (attempt.finishedAt !== undefined && interaction.result !== undefined)
    return ctx.redirect(interaction.returnTo)
  const visit = await visitOf(services, ctx, attempt)
  if (visit.step.step === 'finish') return finish(visit, visit.step.assurance)
  if (visit.step.step === 'unmet') return finishUnmet(visit)
  if (visit.step.step === 'action_done') return finishAction(visit, visit.step.status)
  const room: Room = rooms[visit.step.step]
  const form = { base: `/interaction/${attempt.id}`, form: attempt.form }
  const locals = {
    ...form,
    ...(attempt.message ? { message: attempt.message } : {}),
    ...(await room.show(visit)),
  }
  const refresh = waits(room.step, locals) ? { refreshSeconds: 10 } : {}
  showPage(ctx, services.views.page(room.step, attempt.locale, locals as Pages[typeof room.step], refresh))
}

/** Pages that something happens to while nobody touches them. */
const waits = (step: StepName, locals: object): boolean =>
  step === 'recovery_waiting' || ('state' in locals && ['waiting', 'number'].includes(String(locals.state)))
