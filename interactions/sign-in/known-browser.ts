import { type Device, deviceId, remember } from '../../rules/devices.ts'
import { standingProofs } from '../../rules/standing.ts'
import { readBrowserCookie, setBrowserCookie } from '../http/browser-cookie.ts'
import { accountOf, type Visit } from './step.ts'

/**
 * What the browser is known by. A new one's is drawn from what is random in the attempt: after a crash the same sign-in
 * makes the same device of it.
 */
const secretOf = ({ services: { config, ring }, ctx, attempt }: Visit): string =>
  readBrowserCookie(ctx, config) ?? ring.mac(`device-cookie|${attempt.id}|${attempt.form}`)

/** Gives the browser its cookie, or renews it. Only a sign-in that has ended does: whoever fails gets none. */
export function keepDevice(visit: Visit): void {
  setBrowserCookie(visit.ctx, visit.services.config, secretOf(visit))
}

/** Notes that a person has signed in from this browser. */
export async function rememberDevice(visit: Visit): Promise<Device> {
  const { services, attempt, situation } = visit
  const { change, ring, clock } = services
  const account = accountOf(visit).id
  const seen = {
    id: deviceId(secretOf(visit), account, ring.mac),
    account,
    origin: attempt.origin,
    proofs: standingProofs(situation),
    trust: attempt.trust,
    trustDays: situation.trustDays,
  }
  const now = clock()
  return change('devices', seen.id, (current) => {
    const device = remember(current, seen, now)
    return [device, device]
  })
}

/** The word about a new device was given together with the sign-in; until then every sign-in gives it. */
export async function noteAnnounced({ services }: Visit, device: Device): Promise<void> {
  if (device.announced) return
  await services.change('devices', device.id, (current) => [
    current && { ...current, announced: true },
    undefined,
  ])
}
