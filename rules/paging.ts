/** A page of a list of which one more than is shown was read: where that is there, `last` is the last one shown. */
export function cutTo<T>(found: readonly T[], size: number): { shown: T[]; last: T | undefined } {
  const shown = found.slice(0, size)
  return { shown, last: found.length > size ? shown.at(-1) : undefined }
}
