import { browserIds, browserOf } from '../../account/known-browsers.ts'
import { type Browser, rememberBrowser } from '../../rules/browsers.ts'
import { standingProofs } from '../../rules/standing.ts'
import { readBrowserCookie, setBrowserCookie } from '../http/browser-cookie.ts'
import { accountOf, type Visit } from './step.ts'

/**
 * What the browser is known by. A new one's is drawn from what is random in the attempt: after a crash the same sign-in
 * makes the same browser of it.
 */
const secretOf = ({ services: { config, ring }, ctx, attempt }: Visit): string =>
  readBrowserCookie(ctx, config) ?? ring.mac(`device-cookie|${attempt.id}|${attempt.form}`)

/** Gives the browser its cookie, or renews it. Only a sign-in that has ended does: whoever fails gets none. */
export function keepBrowser(visit: Visit): void {
  setBrowserCookie(visit.ctx, visit.services.config, secretOf(visit))
}

/**
 * Notes that a person has signed in from this browser. What it will be, as far as can be told beforehand, is there before
 * it is written, so that what depends on it is written at the same time.
 */
export async function noteBrowser(visit: Visit): Promise<{ expected: Browser; noted: Promise<Browser> }> {
  const { services, attempt, situation } = visit
  const { change, ring, clock } = services
  const account = accountOf(visit).id
  const [id] = browserIds(ring, secretOf(visit), account)
  const seen = {
    id,
    account,
    origin: attempt.origin,
    proofs: standingProofs(situation),
    trust: attempt.trust,
    trustDays: situation.trustDays,
  }
  const now = clock()
  const known = await browserOf(services, secretOf(visit), account)
  const write = async () => {
    const written = await change('devices', id, (current) => {
      const browser = rememberBrowser(current ?? (known && { ...known, id }), seen, now)
      return [browser, browser]
    })
    // Under the name that an earlier key gave it, it must not outlive being forgotten.
    if (known !== undefined && known.id !== id)
      await change('devices', known.id, () => [undefined, undefined])
    return written
  }
  return { expected: rememberBrowser(known && { ...known, id }, seen, now), noted: write() }
}

/** The word about a new browser was given together with the sign-in; until then every sign-in gives it. */
export async function noteAnnounced({ services }: Visit, browser: Browser): Promise<void> {
  if (browser.announced) return
  await services.change('devices', browser.id, (current) => [
    current && { ...current, announced: true },
    undefined,
  ])
}
