/**
 * Reads each thing once, for as long as whoever asks keeps the answer. A reading that fails stays a failure.
 *
 * @param most how many are remembered, where strangers choose what is read: after so many it begins anew.
 */
export function remembered<T, Id extends string = string>(
  read: (id: Id) => T,
  most = Number.POSITIVE_INFINITY,
): (id: Id) => T {
  const known = new Map<Id, { read: T }>()
  return (id) => {
    const before = known.get(id)
    if (before !== undefined) return before.read
    if (known.size >= most) known.clear()
    const now = { read: read(id) }
    known.set(id, now)
    return now.read
  }
}
