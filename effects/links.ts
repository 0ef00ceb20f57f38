import { type KeyRing, tokenHash } from '../adapters/secrets/key-ring.ts'
import type { MailedLink } from '../adapters/store/documents.ts'
import { Conflict } from '../adapters/store/port.ts'
import type { Store } from '../adapters/store/store.ts'
import type { ProofingRun } from '../rules/proofing-run.ts'

type LinkOf = Omit<MailedLink, 'id'>

/**
 * The token of a link sent by mail, 256 bits. It is derived, not drawn, so that an effect that is repeated after a crash
 * writes the same link; only its hash is stored.
 */
export async function mailedToken({ links }: Store, ring: KeyRing, link: LinkOf): Promise<string> {
  const token = ring.mac(['link', link.purpose, link.account, link.case ?? '', link.about ?? ''].join('|'))
  try {
    await links.insert({ ...link, id: tokenHash(token) })
  } catch (error) {
    if (!(error instanceof Conflict)) throw error
  }
  return token
}

/** The link that a token opens, unless it is unknown, for something else, or expired. */
export async function findLink(
  { links }: Store,
  purpose: MailedLink['purpose'],
  token: string,
): Promise<MailedLink | undefined> {
  if (!/^[\w-]{43}$/.test(token)) return undefined
  const link = await links.get(tokenHash(token))
  return link?.purpose === purpose ? link : undefined
}

/** The token of the page on which a verification that came back in another browser is confirmed. */
export async function confirmToken(
  { store, ring, clock }: { store: Store; ring: KeyRing; clock: () => number },
  run: Pick<ProofingRun, 'id' | 'account' | 'case' | 'expiresAt'>,
): Promise<string> {
  const { account, case: one, id: about, expiresAt } = run
  return mailedToken(store, ring, {
    purpose: 'identity',
    account,
    case: one,
    about,
    createdAt: clock(),
    expiresAt,
  })
}
