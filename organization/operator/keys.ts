import { createRingCare } from '../../account/ring-care.ts'
import type { Done } from '../../account/use-cases.ts'
import { type By, type Deeds, promise } from './deeds.ts'

export interface KeysState {
  /** Missing where the host signs with keys of its own. */
  signing?: { kid: string; alg: string; signsFrom: number; signs: boolean }[] | undefined
  /** Names of the ring's keys; the first seals what is new. */
  ring: readonly string[]
}

interface RingCared {
  at: number
  resealed: number
  keys: { id: string; needed: number }[]
}

const careSetting = 'ring-care'

export function keysState({ signingKeys, ring }: Deeds): KeysState {
  const signing = signingKeys?.algorithms.flatMap((alg) =>
    signingKeys
      .published(alg)
      .map(({ kid, signsFrom }, index) => ({ kid, alg, signsFrom, signs: index === 0 })),
  )
  return { signing, ring: ring.ids }
}

/** The last time that everything was sealed anew, and how many things each key was needed by then. */
export async function lastResealing({ store }: Pick<Deeds, 'store'>): Promise<RingCared | undefined> {
  const found = await store.settings.get(careSetting)
  return found && JSON.parse(found.value)
}

/** Seals everything that lasts with the first key of the ring, and keeps what still needs the others. */
export async function resealNow(
  services: Deeds,
  by: By,
  seen?: (documents: number) => void,
): Promise<RingCared> {
  const { ring, clock } = services
  const at = clock()
  const { resealed, keys } = await createRingCare(
    services,
    ring.ids.map((id) => ({ id })),
  ).reseal(seen)
  const needed = keys.map(({ id, sealed, codes, browsers, passing }) => ({
    id,
    needed: sealed + codes + browsers + passing,
  }))
  const cared = { at, resealed, keys: needed }
  await promise(services, by, 'keys.resealed', { documents: resealed }, () => ({
    kind: 'keep_setting',
    setting: careSetting,
    value: JSON.stringify(cared),
  }))
  return cared
}

/** New signing keys before their time. With `withdraw` what the others have signed counts no more. */
export async function rotateKeys(services: Deeds, by: By, withdraw: boolean): Promise<Done<'host'>> {
  if (services.signingKeys === undefined) return { ok: false, reason: 'host' }
  await promise(services, by, 'keys.rotated', { withdraw }, () => ({ kind: 'rotate_keys', withdraw }))
  return { ok: true }
}
