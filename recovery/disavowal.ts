import type { MailedLink } from '../adapters/store/documents.ts'
import { disavowLifetime } from '../effects/notices.ts'
import type { Protection } from '../rules/account.ts'
import { browserIn } from '../rules/browsers.ts'
import { distrust, type Suspicion } from '../rules/distrust.ts'
import { type Effect, type SignalEvent, withEffects } from '../rules/effect.ts'
import type { Factor } from '../rules/factor.ts'
import type { RecoveryCase } from '../rules/recovery-case.ts'
import { credentialsDistrusted } from '../rules/signals.ts'
import { mailed, told } from '../rules/told.ts'
import { applyEvent } from './events.ts'
import type { CaseServices } from './services.ts'

/**
 * "This wasn't me": ends the case while it is open. Whatever it was about, everyone is signed out and the next sign-in
 * sets a new password, since whoever did it knows the present one. Pressing twice does it once.
 */
export async function disavow(services: CaseServices, link: MailedLink): Promise<void> {
  const ended =
    link.case === undefined ? undefined : await applyEvent(services, link.case, { type: 'disavow' }, 'later')
  // What the case still promises comes last: a reset that was granted must not be carried out by the one who stops it.
  if (!ended?.ok && ended?.case.status !== 'disavowed') await disavowAccount(services, link, ended?.case)
  if (link.case !== undefined) await services.effects.settle('cases', link.case)
}

/** Whether it was pressed already: pressing it again does nothing more. `one` is the case of the link, if it has one. */
export const wasDisavowed = (
  link: MailedLink,
  { expiries }: Pick<Protection, 'expiries'>,
  one: RecoveryCase | undefined,
): boolean => one?.status === 'disavowed' || expiries?.includes(causeOf(link)) === true

const causeOf = ({ id }: MailedLink): string => `disavow:${id}`

async function disavowAccount(
  services: CaseServices,
  link: MailedLink,
  one: RecoveryCase | undefined,
): Promise<void> {
  const id = causeOf(link)
  const suspicion = await suspicionOf(services, link)
  const now = services.clock()
  await services.change('protections', link.account, (current) => {
    if (
      current === undefined ||
      current.expiries?.includes(id) ||
      current.effects.some((effect) => effect.id === id)
    ) {
      return [current, undefined]
    }
    const stopped = withResetStopped(current, one)
    const distrusted = distrust(stopped, suspicion, now)
    const revoked = credentialsDistrusted(current, distrusted, now)
    const effects = [...disavowal(current.id, id, revoked, one), ...forgotten(link, id)]
    return [withEffects(distrusted, effects), undefined]
  })
}

/** Between the decision and the reset, the account says which came first: the reset, or the owner who stops it. */
function withResetStopped(account: Protection, one: RecoveryCase | undefined): Protection {
  const granted = one?.status === 'completing' && account.lastReset !== one.id
  return granted ? { ...account, stoppedReset: one.id } : account
}

/**
 * What the person says is not theirs: the factor that the notice was about, and whatever came after a reset that they
 * did not ask for. Without this, a thief's own factor would be the proof with which the new password is set.
 */
async function suspicionOf(
  { store, clock }: CaseServices,
  { account, case: id, about = '' }: MailedLink,
): Promise<Suspicion> {
  const completedAt = id === undefined ? undefined : (await store.cases.get(id))?.completedAt
  if (completedAt !== undefined) {
    const factor = ({ createdAt }: Factor) => createdAt >= completedAt
    return { factor, codes: true, reset: true, address: ({ verifiedAt }) => verifiedAt >= completedAt }
  }
  const [notice, effect] = about.split('|')
  const added = notice === 'factor_added'
  return {
    factor: (factor) => added && effect === `${factor.id}:notice`,
    codes: added || notice === 'backup_code_used' || notice === 'backup_codes_created',
    reset: added && (await wasResetLately(store, account, clock())),
    address: ({ addition }) => notice === 'address_added' && effect === `${addition}:notice`,
  }
}

/** Whether a reset may be what the factor rests on: one whose own notice can still be disavowed. */
async function wasResetLately({ protections, cases }: CaseServices['store'], account: string, now: number) {
  const last = (await protections.get(account))?.lastReset
  const completedAt = last === undefined ? undefined : (await cases.get(last))?.completedAt
  return completedAt !== undefined && completedAt > now - disavowLifetime
}

/** A browser that the person doesn't know: should it come again, they are told again. */
function forgotten({ account, about = '' }: MailedLink, id: string): Effect[] {
  const browser = browserIn(about.split('|')[1] ?? '')
  return browser === undefined
    ? []
    : [{ kind: 'forget_device', id: `${id}:device`, account, device: browser }]
}

function disavowal(
  account: string,
  id: string,
  revoked: SignalEvent[],
  one: RecoveryCase | undefined,
): Effect[] {
  return [
    { kind: 'expire_password', id, account },
    { kind: 'end_attempts', id: `${id}:attempts`, account },
    { kind: 'end_sessions', id: `${id}:sessions`, account },
    ...told(
      { subject: account },
      {
        id,
        event: 'sign_in.disavowed',
        notice: 'sign_in_disavowed',
        signals: revoked.length === 0 ? undefined : revoked,
      },
    ),
    // Whoever was asked about a case that is over may have been deceived.
    ...(one?.approvers ?? []).map((to) =>
      mailed('approval_disavowed', to, { id: `${id}:approver:${to}`, case: one!.id, data: {} }),
    ),
  ]
}
