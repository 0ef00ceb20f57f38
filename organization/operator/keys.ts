import type { Done } from '../../account/use-cases.ts'
import { type By, type Deeds, promise } from './deeds.ts'

export interface KeysState {
  /** Missing where the host signs with keys of its own. */
  signing?: { kid: string; alg: string; signsFrom: number; signs: boolean }[] | undefined
  /** Names of the ring's keys; the first seals what is new. */
  ring: readonly string[]
}

export function keysState({ signingKeys, ring }: Deeds): KeysState {
  const signing = signingKeys?.algorithms.flatMap((alg) =>
    signingKeys
      .published(alg)
      .map(({ kid, signsFrom }, index) => ({ kid, alg, signsFrom, signs: index === 0 })),
  )
  return { signing, ring: ring.ids }
}

/** New signing keys before their time. With `withdraw` what the others have signed counts no more. */
export async function rotateKeys(services: Deeds, by: By, withdraw: boolean): Promise<Done<'host'>> {
  if (services.signingKeys === undefined) return { ok: false, reason: 'host' }
  await promise(services, by, 'keys.rotated', { withdraw }, () => ({ kind: 'rotate_keys', withdraw }))
  return { ok: true }
}
