import { acrMultiFactor, acrPhishingResistantHardware, rank } from './assurance.ts'
import type { Attempt } from './attempt.ts'
import type { PasskeyFactor } from './factor.ts'
import { usablePasskeys } from './passkeys.ts'
import type { Proof } from './proof.ts'
import type { Situation } from './step.ts'

/** Whether the app insists on a second factor. */
export const needsSecondFactor = ({ ask }: Attempt): boolean =>
  ask.acr !== undefined && rank(ask.acr) >= rank(acrMultiFactor)

/** Whether the app wants what can't be phished, of someone who has it. */
export function asksPasskey(situation: Situation): boolean {
  return wantsPasskey(situation.attempt) && suitablePasskeys(situation).length > 0
}

/** The person's passkeys that are as much as the app wants. */
export function suitablePasskeys({ attempt, account }: Situation): PasskeyFactor[] {
  const passkeys = account === undefined ? [] : usablePasskeys(account)
  return passkeys.filter((one) => isEnough(one, attempt))
}

/** Whether the app insists on what can't be phished. */
export const wantsPasskey = ({ ask }: Pick<Attempt, 'ask'>): boolean => rank(ask.acr) > rank(acrMultiFactor)

/** A class for keys in hardware takes one whose make was attested. */
const isEnough = (passkey: { hardware?: true }, { ask }: Attempt): boolean =>
  ask.acr !== acrPhishingResistantHardware || passkey.hardware === true

/** Whether a passkey was used that is as much as the app wants. */
export const hasPasskey = (attempt: Attempt, proofs: Proof[]): boolean =>
  proofs.some(({ passkey }) => passkey !== undefined && isEnough(passkey, attempt))

/** Whether the app wants what can't be phished, and hasn't got it; nor was a key set up for it that isn't enough. */
export const lacksPasskey = ({ attempt, account }: Situation, proofs: Proof[]): boolean =>
  wantsPasskey(attempt) &&
  !hasPasskey(attempt, proofs) &&
  !usablePasskeys(account!).some(({ createdAt }) => createdAt >= attempt.createdAt)

/** Whether a passkey that is as much as the app wants can be set up here. */
export const canBeStronger = ({ attempt, kinds, attests }: Situation): boolean =>
  kinds.includes('passkey') && (attempt.ask.acr !== acrPhishingResistantHardware || attests)
