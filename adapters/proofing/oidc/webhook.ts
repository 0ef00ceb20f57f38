import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { WebhookResult } from '../proofing.ts'
import type { WebhookSettings } from './settings.ts'
import { type Demands, readStatement } from './verified-claims.ts'

/** Reads a webhook: who sent it first, then what it says, by the same rules as an ID token. */
export function readWebhook(
  settings: WebhookSettings | undefined,
  issuer: string,
  demands: Demands,
  headers: { readonly [name: string]: unknown },
  body: Buffer,
  now: number,
): WebhookResult {
  if (settings === undefined || !isAuthentic(settings, headers, body))
    return { ok: false, reason: 'unauthenticated' }
  const said = parsed(body)
  if (said === undefined) return { ok: false, reason: 'malformed' }
  const at = (path: string): unknown => memberAt(said, path)
  const state = at(settings.state)
  if (typeof state !== 'string') return { ok: true }
  if (at(settings.error) !== undefined)
    return { ok: true, state, judge: () => ({ ok: false, reason: 'refused' }) }
  // Events on the way, such as "in progress", say nothing about claims.
  if (at(settings.verifiedClaims) === undefined) return { ok: true }
  const statement = {
    iss: issuer,
    sub: String(at(settings.subject) ?? ''),
    verified_claims: at(settings.verifiedClaims),
    reference: at(settings.reference),
  }
  return { ok: true, state, judge: (sent) => readStatement(statement, sent, demands, now) }
}

/** Everything that is configured must be right; nothing configured lets nobody in. */
function isAuthentic(
  { authorization, secret, signatureHeader }: WebhookSettings,
  headers: { readonly [name: string]: unknown },
  body: Buffer,
): boolean {
  const checks: boolean[] = []
  if (authorization !== undefined) checks.push(same(String(headers.authorization ?? ''), authorization))
  if (secret !== undefined) {
    const given = String(headers[signatureHeader.toLowerCase()] ?? '').replace(/^sha256=/, '')
    const mac = createHmac('sha256', secret).update(body)
    const digest = mac.digest()
    checks.push(same(given, digest.toString('hex')) || same(given, digest.toString('base64')))
  }
  return checks.length > 0 && checks.every(Boolean)
}

/** In constant time, whatever the lengths. */
function same(given: string, wanted: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(given), hash(wanted))
}

function parsed(body: Buffer): object | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function memberAt(value: object, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (current, name) =>
        typeof current === 'object' && current !== null && Object.hasOwn(current, name)
          ? (current as { [member: string]: unknown })[name]
          : undefined,
      value,
    )
}
