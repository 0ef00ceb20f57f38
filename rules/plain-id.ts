/** Whether a text can be an id: stores take no other, and nothing in it can be seen as something else. */
export const isWellKnown = (id: string): boolean => id.isWellFormed() && !/[\p{Cc}\s]/u.test(id)
