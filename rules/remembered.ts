/** Reads each thing once, for as long as whoever asks keeps the answer. A reading that fails stays a failure. */
export function remembered<T>(read: (id: string) => Promise<T>): (id: string) => Promise<T> {
  const known = new Map<string, Promise<T>>()
  return (id) => {
    if (!known.has(id)) known.set(id, read(id))
    return known.get(id)!
  }
}
