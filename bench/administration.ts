import { randomToken, tokenHash } from '../adapters/secrets/key-ring.ts'
import type { Store } from '../adapters/store/store.ts'
import { acrMultiFactor } from '../rules/assurance.ts'
import { aim, isSlow, organization, scaleOf, timed, withMembers } from './members.ts'

/**
 * `npm run bench:administration -- [--people 100000] [--rounds 20]`: one organization with as many members, and how long the
 * server takes for each page of its administration. The aim is 100 ms for any of them.
 */
const { people, rounds } = scaleOf()

await withMembers(people, {}, async (issuer, store) => {
  const cookie = await signedIn(store)
  console.log('| Page | p50 ms | most ms |\n| --- | ---: | ---: |')
  const slow: string[] = []
  for (const [name, path] of pages()) {
    const url = `${issuer}/administration/${organization}${path}`
    const times = await timed(rounds, () => fetch(url, { headers: { cookie } }))
    if (isSlow(name, times)) slow.push(name)
  }
  if (slow.length > 0) throw new Error(`over ${aim} ms: ${slow.join(', ')}`)
})

function pages(): [name: string, path: string][] {
  return [
    ['all, as they joined', ''],
    ['all, by name', '?sort=name'],
    ['all, by the last sign-in', '?sort=signed_in'],
    ['one method only', '?methods=one&sort=name'],
    ['no codes, active', '?methods=no_codes&status=active'],
    ['away for 90 days', '?signed=away'],
    ['search: a common name', '?q=tanaka'],
    ['search: a part of two', '?q=ana+mik'],
    ['search: one letter', '?q=m'],
    ['search: an address', '?q=person77777'],
    ['search: a domain', '?q=example.com'],
    ['search and filter', '?q=klein&methods=none&signed=never'],
    ['search: nobody', '?q=zzzzzz'],
    ['one member', '/members/person777'],
    ['readiness', '/readiness'],
    ['requests', '/requests'],
    ['what happened', '/audit'],
    ['invitations', '/invitations'],
  ]
}

/** A super admin's session at our own pages, as the sign-in leaves it. */
async function signedIn({ consoleSessions, sessions, protections }: Store): Promise<string> {
  const account = 'person2'
  const now = Math.floor(Date.now() / 1000)
  const token = randomToken()
  const rests = { id: 'rests', session: 'rests', retired: [], payload: '{}', account, usedAt: Date.now() }
  await protections.update(account, (current) => [current && { ...current, validAfter: 0 }, undefined])
  await sessions.insert(rests)
  const expiresAt = Date.now() + 8 * 3_600_000
  const session = { account, acr: acrMultiFactor, authTime: now, providerSession: 'rests', form: 'form' }
  await consoleSessions.insert({ id: tokenHash(token), ...session, expiresAt })
  return `console=${token}`
}
