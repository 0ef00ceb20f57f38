import { forget } from '../../../account/budget.ts'
import { codeNotice } from '../../../effects/notices.ts'
import { withProof } from '../../../rules/attempt.ts'
import { withEffects } from '../../../rules/effect.ts'
import type { Services } from '../../services.ts'
import { guessedRow } from '../guessed-passwords.ts'
import { countMailed, drawCode, failedOnce, isSpent, mayMail, readMailedCode } from '../mailed-codes.ts'
import { type Action, accountOf, change, type SignInStep, say, type Visit } from '../step.ts'

/** Milliseconds. */
const lifetime = 600_000

export const mailCode: SignInStep<'mail_code'> = {
  step: 'mail_code',
  show: async (visit) => ({
    email: accountOf(visit).email,
    sent: visit.attempt.mailCode !== undefined,
    letters: visit.attempt.mailCode?.letters === true,
    why: reasonOf(visit),
  }),
  actions: {
    'mail-code': (visit, fields) => enter(visit, fields),
    'mail-code/send': (visit) => send(visit, {}),
  },
}

function reasonOf(visit: Visit): 'case' | 'guessed' | 'disputed' | 'password' {
  const { choice, mailAsWell } = visit.attempt
  if (choice === 'recovery') return 'case'
  if (mailAsWell) return 'guessed'
  return accountOf(visit).disputed === undefined ? 'password' : 'disputed'
}

const hashCode = ({ ring }: Services, attempt: string, code: string, like?: string): string =>
  ring.hash(`mail-code|${attempt}|${code}`, like)

/** A new code replaces the old one. */
const send: Action = async (visit) => {
  const { services, attempt } = visit
  const account = accountOf(visit)
  // Whoever knows the old password comes as far as this page, and must not fill the mailbox from it.
  if (!(await mayMail(services, account.email, visit.by))) return say('throttled')
  // A form that was sent twice, or again as the process died, mails one code: it is made of what the form was sent on.
  const id = `mail-code:${attempt.id}:${attempt.revision}`
  const code = await drawCode(services, account.email, id)
  const now = services.clock()
  const { id: to, email: only } = account
  // To the sign-in address: one for notices proves nothing, as a thief may have added it.
  const mail = codeNotice(services.ring, 'mail_code', { id, to, only, code, origin: attempt.origin, at: now })
  const hash = hashCode(services, attempt.id, readMailedCode(code))
  const mailCode = { hash, expiresAt: now + lifetime, letters: code.length > 6 }
  // The first one is said by the page itself.
  const message = attempt.mailCode === undefined ? undefined : { key: 'code_sent' as const }
  return change((current) => withEffects({ ...current, mailCode, message }, [mail]))
}

/** Failures are the attempt's: nobody else's guesses use up the person's code. */
const enter: Action = async (visit, fields) => {
  const { services, attempt } = visit
  const account = accountOf(visit)
  const code = readMailedCode(fields.code ?? '')
  if (code === '') return say('code_missing')
  const now = services.clock()
  const { mailCode } = attempt
  if (mailCode === undefined || mailCode.expiresAt <= now) return say('code_expired')
  if (isSpent(mailCode)) return say('code_spent')
  const right = hashCode(services, attempt.id, code, mailCode.hash) === mailCode.hash
  await countMailed(services, account.email, right)
  if (!right)
    return change((current) => ({
      ...current,
      mailCode: failedOnce(mailCode),
      message: { key: 'wrong_code' },
    }))
  // Strangers' guesses of the password are over with, now that the person was here.
  if (attempt.mailAsWell) await forget(services, guessedRow(services, account.email))
  return change((current) => ({ ...withProof(current, 'mail_code', now, account), mailCode: undefined }))
}
