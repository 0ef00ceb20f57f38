import type { AdapterPayload } from 'oidc-provider'

/** Of documents that the store returns again and again, and nobody can change. `nested` are the members that aren't plain. */
const payloads = new WeakMap<object, { payload: AdapterPayload; nested: string[] }>()

/** What a document keeps for the library: its own copy, as the library changes it. Copying takes a fourth of the time of parsing. */
export function payloadOf(document: { payload: string }): AdapterPayload {
  if (!Object.isFrozen(document)) return JSON.parse(document.payload)
  const { payload, nested } = payloads.get(document) ?? parsed(document)
  const copy = { ...payload }
  for (const name of nested) copy[name] = copied(payload[name])
  return copy
}

function parsed(document: { payload: string }) {
  const payload: AdapterPayload = JSON.parse(document.payload)
  const nested = Object.keys(payload).filter((name) => typeof payload[name] === 'object')
  const known = { payload, nested }
  payloads.set(document, known)
  return known
}

function copied<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copied) as T
  // A member called `__proto__` is one like any other here, as in what was parsed.
  const copy = { ...value }
  for (const name in copy) {
    const part = copy[name]
    if (typeof part === 'object') copy[name] = copied(part)
  }
  return copy
}
