import { z } from 'zod'

/** What is wrong, and where in the value. */
export type Misfit = [path: string[], said: string]

/** A value of the host's that no schema describes, checked by a function of ours. */
export const checked = <T>(faultsOf: (value: unknown) => Misfit[]) =>
  z.custom<T>().superRefine((value, { addIssue }) => {
    for (const [path, message] of faultsOf(value)) addIssue({ code: 'custom', path, message })
  })

export const isObject = (value: unknown): value is { [name: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isFunction = (value: unknown): boolean => typeof value === 'function'

interface Methods {
  /** What it is, said where something else was given. */
  said: string
  needed: readonly string[]
  /** May be left out. */
  more?: readonly string[]
}

/** An object of the host's with methods: the one that it lacks is named. */
export function methodFaults(value: unknown, { said, needed, more = [] }: Methods): Misfit[] {
  if (!isObject(value)) return [[[], said]]
  return [
    ...needed.filter((name) => !isFunction(value[name])),
    ...more.filter((name) => value[name] !== undefined && !isFunction(value[name])),
  ].map((name) => [[name], `a function (${said})`])
}
