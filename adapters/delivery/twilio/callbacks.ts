import twilio from 'twilio'
import { pressKeys, settleSending } from '../../../rules/sending.ts'
import type { Callback, CallbackAnswer, Speech } from '../delivery.ts'
import { speechContext, voiceUrl } from './addresses.ts'
import type { TwilioOptions } from './settings.ts'
import { askForKeys, sayCode } from './twiml.ts'

const paths = /^twilio\/(status|voice)\/([\w-]{43})$/

/**
 * What Twilio calls. Each request is signed with the account's token over its address and its fields; the address is
 * the one that we gave, made from the issuer and never from the request's Host header.
 */
export function createCallbacks(options: TwilioOptions): (callback: Callback) => Promise<CallbackAnswer> {
  const { settings, issuer } = options
  return async ({ path, fields, header }) => {
    const [, what, id] = paths.exec(path) ?? []
    if (id === undefined) return { outcome: 'unknown' }
    const signature = header('x-twilio-signature')
    if (!twilio.validateRequest(settings.authToken, signature, `${issuer}/delivery/${path}`, fields))
      return { outcome: 'refused' }
    return what === 'voice' ? pressed(options, id, fields.Digits ?? '') : told(options, id, fields)
  }
}

async function told(
  { store }: TwilioOptions,
  id: string,
  fields: Callback['fields'],
): Promise<CallbackAnswer> {
  const said = readStatus(fields)
  if (said !== undefined)
    await store.sendings.update(id, (current) => [current && settleSending(current, said), undefined])
  return { outcome: 'taken' }
}

const good = ['delivered', 'read', 'completed']
const bad = ['undelivered', 'failed', 'canceled', 'busy', 'no-answer']

/** Undefined while a message is on its way. */
function readStatus({
  MessageStatus,
  CallStatus,
  ErrorCode,
}: Callback['fields']): Parameters<typeof settleSending>[1] | undefined {
  const status = MessageStatus ?? CallStatus ?? ''
  if (good.includes(status)) return { delivered: true }
  if (!bad.includes(status)) return undefined
  return { delivered: false, reason: /^\d{4,6}$/.test(ErrorCode ?? '') ? ErrorCode! : status }
}

/**
 * The right keys give the code out, once: whoever sends a captured request again hears nothing. Twilio's signatures
 * don't age, so this is what keeps them from being of use.
 */
async function pressed(
  { store, ring, issuer }: TwilioOptions,
  id: string,
  digits: string,
): Promise<CallbackAnswer> {
  const found = await store.sendings.get(id)
  if (found?.speech === undefined) return { outcome: 'gone' }
  const outcome = await store.sendings.update(id, (current) =>
    current === undefined
      ? [current, { ok: false as const, reason: 'gone' as const }]
      : pressKeys(current, digits),
  )
  if (!outcome.ok && outcome.reason === 'gone') return { outcome: 'gone' }
  const speech: Speech = JSON.parse(ring.open(found.speech, speechContext(id)))
  if (outcome.ok) return { outcome: 'taken', xml: sayCode(speech) }
  return { outcome: 'taken', xml: askForKeys({ ...speech, ask: speech.again }, voiceUrl(issuer, id)) }
}
