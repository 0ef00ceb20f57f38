import { readDeviceCookie, setDeviceCookie } from '../http/device-cookie.ts'
import { type Device, deviceId, remember } from '../rules/devices.ts'
import { standingProofs } from '../rules/next-step.ts'
import { accountOf, type Visit } from './room.ts'

/**
 * Notes that a person has signed in from this browser, and gives it its cookie. Only a sign-in that has ended does:
 * whoever knows no more than an address leaves no trace, and gets none.
 */
export async function rememberDevice(visit: Visit): Promise<Device> {
  const { services, ctx, attempt, situation } = visit
  const { store, ring, config, clock } = services
  const account = accountOf(visit).id
  // Drawn from what is random in the attempt: after a crash the same sign-in makes the same device of a new browser.
  const secret =
    readDeviceCookie(ctx, config.issuer) ?? ring.mac(`device-cookie|${attempt.id}|${attempt.form}`)
  const seen = {
    id: deviceId(secret, account, ring.mac),
    account,
    origin: attempt.origin,
    proofs: standingProofs(situation),
    ...(attempt.trust === undefined ? {} : { trust: attempt.trust }),
    trustDays: situation.trustDays,
  }
  const now = clock()
  setDeviceCookie(ctx, config.issuer, secret)
  return store.devices.update(seen.id, (current) => {
    const device = remember(current, seen, now)
    return [device, device]
  })
}

/** The word about a new device was given together with the sign-in; until then every sign-in gives it. */
export async function noteAnnounced({ services }: Visit, device: Device): Promise<void> {
  if (device.announced) return
  await services.store.devices.update(device.id, (current) => [
    current && { ...current, announced: true },
    undefined,
  ])
}
