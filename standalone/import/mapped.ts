export type MappedFields = { [field: string]: unknown }

/** A person in our words, or why the entry is none. */
export type Mapped = MappedFields | { leftOut: string }
