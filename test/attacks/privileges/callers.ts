import { tokenHash } from '../../../adapters/secrets/key-ring.ts'
import { acrRecovered } from '../../../rules/assurance.ts'
import { Browser } from '../../support/browser.ts'
import { givePassword } from '../../support/journeys.ts'
import type { Person, Rekey } from '../../support/rekey.ts'
import { atSecurity } from '../../support/security.ts'

export const kindsOfCallers = [
  'nobody',
  'member',
  'super_admin',
  'elsewhere',
  'suspended',
  'agent',
  'operator',
  'recovered',
  'stale',
] as const

export type KindOfCaller = (typeof kindsOfCallers)[number]

/** Somebody at a browser, with what their forms carry. */
export interface Caller {
  cookie: string
  form: string
}

export interface Cast {
  organization: string
  member: Person
  callers: { readonly [kind in KindOfCaller]: Caller }
  /** A sign-in that somebody else has begun, in a browser of theirs. */
  interaction: string
}

/** One of each, all signed in with what they have. */
export async function castOf(rekey: Rekey): Promise<Cast> {
  const organization = await rekey.organization('Hanami')
  const other = await rekey.organization('Nordlys')
  const admin = () => rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
  const member = await rekey.person({ memberships: [{ organization }] })
  const suspended = await admin()
  await rekey.store.memberships.update(`${organization}:${suspended.id}`, (current) => [
    { ...current!, suspended: { at: rekey.now(), by: 'someone', reason: 'Left.' } },
    undefined,
  ])
  const operator = await rekey.person()
  await rekey.store.protections.update(operator.id, (current) => [
    { ...current!, operator: true as const },
    undefined,
  ])
  const recovered = await callerOf(rekey, await admin())
  await changeSession(rekey, recovered, { acr: acrRecovered })
  const stale = await callerOf(rekey, await admin())
  await changeSession(rekey, stale, { authTime: Math.floor(rekey.now() / 1000) - 9 * 3600 })
  const elsewhere = await rekey.person({ memberships: [{ organization: other, role: 'super_admin' }] })
  const begun = await givePassword(rekey, await rekey.person())
  return {
    organization,
    member,
    interaction: new URL(begun.shown.url).pathname.split('/').at(-1)!,
    callers: {
      nobody: { cookie: '', form: 'none' },
      member: await callerOf(rekey, member),
      super_admin: await callerOf(rekey, await admin()),
      elsewhere: await callerOf(rekey, elsewhere),
      suspended: await callerOf(rekey, suspended),
      agent: await callerOf(rekey, await rekey.person({ supportAgent: true })),
      operator: await callerOf(rekey, operator),
      recovered,
      stale,
    },
  }
}

async function callerOf(rekey: Rekey, person: Person): Promise<Caller> {
  const browser = await atSecurity(rekey, person, '', new Browser())
  const cookie = await browser.jar.getCookieString(`${rekey.issuer}/security`)
  const session = (await rekey.store.consoleSessions.find('account', person.id)).at(-1)!
  return { cookie, form: session.form }
}

async function changeSession(rekey: Rekey, { cookie }: Caller, fields: object): Promise<void> {
  const token = /console=([^;]+)/.exec(cookie)![1]!
  await rekey.store.consoleSessions.update(tokenHash(token), (current) => [
    { ...current!, ...fields },
    undefined,
  ])
}
