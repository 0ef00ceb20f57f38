type Defined<T> = { [field in keyof T]: Exclude<T[field], undefined> }

/** Without the fields that say nothing: for whoever takes `undefined` for a value, or spreads them over others. */
export const defined = <T extends object>(fields: T): Defined<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>
