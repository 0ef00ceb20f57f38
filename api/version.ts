/** Whether the caller has seen what there is now. `*` is whatever there is. */
export const isSeen = (ifMatch: string | undefined, now: string): boolean =>
  ifMatch === undefined || ifMatch === '*' || ifMatch.split(',').some((one) => one.trim() === now)

/** `W/"a", "b"` as `a, b`. */
export const tagsIn = (header: string | undefined): string | undefined =>
  header?.replaceAll(/W\/(?=")|"/g, '') || undefined
