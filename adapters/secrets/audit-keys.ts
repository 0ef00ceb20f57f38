import { hkdfSync, randomBytes } from 'node:crypto'
import { type Signer, signerOf } from '../../rules/audit/note.ts'
import { Conflict } from '../store/port.ts'
import type { Store } from '../store/store.ts'
import type { KeyRing } from './key-ring.ts'

/** What makes the audit log tamper-evident against whoever owns the store alone. */
export interface AuditKeys {
  /** Of the keyed chains. */
  mac: Buffer
  /** Of checkpoints. */
  signer: Signer
}

const setting = 'audit-keys'

/**
 * One secret, made at the first start and kept sealed in the store: it outlives every key of the ring, so that a ring
 * can be renewed without losing what the log proves.
 */
export async function auditKeys(
  store: Pick<Store, 'settings'>,
  ring: KeyRing,
  issuer: string,
): Promise<AuditKeys> {
  const secret = Buffer.from(await auditSecret(store, ring), 'base64url')
  const part = (use: string) => Buffer.from(hkdfSync('sha256', secret, 'rekey audit', use, 32))
  return { mac: part('mac'), signer: signerOf(auditOrigin(issuer), part('sign')) }
}

/** The log's name on checkpoints: the issuer without a scheme (C2SP tlog-checkpoint). */
export const auditOrigin = (issuer: string): string => {
  const { host, pathname } = new URL(issuer)
  return `${host}${pathname.replace(/\/$/, '')}/audit`
}

async function auditSecret(store: Pick<Store, 'settings'>, ring: KeyRing): Promise<string> {
  const { settings } = store
  const stored = await settings.get(setting)
  if (stored === undefined) return makeSecret(store, ring)
  const secret = ring.open(stored.value, setting)
  if (ring.isOld(stored.value))
    await settings.update(setting, (current) => [
      current?.value === stored.value ? { id: setting, value: ring.seal(secret, setting) } : current,
      undefined,
    ])
  return secret
}

async function makeSecret(store: Pick<Store, 'settings'>, ring: KeyRing): Promise<string> {
  const secret = randomBytes(32).toString('base64url')
  try {
    await store.settings.insert({ id: setting, value: ring.seal(secret, setting) })
    return secret
  } catch (error) {
    // Another process started at the same time and was first: its secret counts.
    if (error instanceof Conflict) return auditSecret(store, ring)
    throw error
  }
}
