import type { AdapterPayload } from 'oidc-provider'

/** Of documents that the store returns again and again, and nobody can change. */
const payloads = new WeakMap<object, AdapterPayload>()

/** What a document keeps for the library: its own copy, as the library changes it. Copying takes a fourth of the time of parsing. */
export function payloadOf(document: { payload: string }): AdapterPayload {
  if (!Object.isFrozen(document)) return JSON.parse(document.payload)
  const known = payloads.get(document)
  if (known !== undefined) return copied(known)
  const payload: AdapterPayload = JSON.parse(document.payload)
  payloads.set(document, payload)
  return copied(payload)
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
