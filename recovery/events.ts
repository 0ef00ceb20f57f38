import { sixDigits } from '../adapters/secrets/six-digits.ts'
import { sealContext } from '../effects/notices.ts'
import { withCaseEffects } from '../rules/case-effects.ts'
import { type Advance, advance } from '../rules/case-events.ts'
import { withCodeAgain } from '../rules/code-again.ts'
import type { CaseEvent, RecoveryCase } from '../rules/recovery-case.ts'
import { withAllowed } from './allowed.ts'
import type { CaseServices, RecoveryServices } from './services.ts'

/** The person's open case. Time may have ended it already; then that is written first. */
export async function openCaseOf(services: CaseServices, account: string): Promise<RecoveryCase | undefined> {
  const [open] = await services.store.cases.find('openFor', account, { limit: 1 })
  if (open === undefined || open.wakeAt === undefined || open.wakeAt > services.clock()) return open
  await applyEvent(services, open.id, { type: 'wake' })
  const [still] = await services.store.cases.find('openFor', account, { limit: 1 })
  return still
}

/**
 * Applies an event inside the store's update, and carries out what the change promises.
 *
 * @param when 'later' leaves that to the caller, who settles the case.
 */
export async function applyEvent(
  services: CaseServices,
  id: string,
  event: CaseEvent,
  when?: 'later',
): Promise<Advance | undefined> {
  const { change, clock } = services
  const asked = await withAllowed(services, id, event)
  const now = clock()
  const rule = (current: RecoveryCase | undefined): [RecoveryCase | undefined, Advance | undefined] => {
    if (current === undefined) return [current, undefined]
    const advanced = advance(current, asked, now)
    return [withCaseEffects(current, advanced.case), advanced]
  }
  return change('cases', id, rule, when)
}

/** Ends a case: for its subject, unless somebody else is named. False where it has come too far, or to another end. */
export async function cancelCase(services: CaseServices, id: string, by?: string): Promise<boolean> {
  const outcome = await applyEvent(services, id, { type: 'cancel', by })
  return outcome?.case.status === 'cancelled'
}

/** Asks the super admins of a case that began with a photo ID: the subject is mailed a new code for it. */
export async function chooseAdmin(services: CaseServices, id: string): Promise<Advance | undefined> {
  const { ring, clock, change } = services
  const code = sixDigits()
  const now = clock()
  return change('cases', id, (current) => {
    if (current === undefined) return [current, undefined]
    const advanced = advance(current, { type: 'choose_admin', code: hashRecoveryCode(ring, id, code) }, now)
    const sealed = ring.seal(code, sealContext({ id: '', case: id }))
    return [withCaseEffects(current, advanced.case, sealed), advanced as Advance | undefined]
  })
}

/** Mails the subject another code in place of the first. Returns what to say, as a message's key. */
export async function sendCodeAgain(
  { ring, clock, change }: CaseServices,
  id: string,
): Promise<'code_sent' | 'not_possible' | 'code_too_soon' | 'code_too_often'> {
  const code = sixDigits()
  const made = {
    hash: hashRecoveryCode(ring, id, code),
    sealed: ring.seal(code, sealContext({ id: '', case: id })),
  }
  const now = clock()
  const reason = await change('cases', id, (current) => {
    const next = withCodeAgain(current, made, now)
    return next.ok ? [next.case, undefined] : [current, next.reason]
  })
  if (reason === undefined) return 'code_sent'
  return reason === 'not_possible' ? reason : `code_${reason}`
}

/** Lets time act on every case it is due for: reminders, holds, expiry. */
export async function wakeCases(services: CaseServices): Promise<void> {
  for (let due = await dueCases(services); due.length > 0; due = await dueCases(services)) {
    for (const { id } of due) await applyEvent(services, id, { type: 'wake' })
  }
}

async function dueCases({ store, clock }: CaseServices): Promise<RecoveryCase[]> {
  const next = await store.cases.find('waiting', 'yes', { limit: 50 })
  return next.filter((one) => one.wakeAt !== undefined && one.wakeAt <= clock())
}

export function hashRecoveryCode(
  ring: RecoveryServices['ring'],
  id: string,
  code: string,
  like?: string,
): string {
  return ring.hash(`recovery-code|${id}|${code}`, like)
}
