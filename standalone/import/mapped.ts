export type Fields = { [field: string]: unknown }

/** A person in our words, or why the entry is none. */
export type Mapped = Fields | { leftOut: string }
