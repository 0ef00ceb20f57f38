import type { z } from 'zod'

type Issue = z.core.$ZodIssue

/** What a schema finds wrong, where it is: of a setting that takes several kinds of values, by the kind that was given. */
export function flatIssues(issues: readonly Issue[]): Issue[] {
  return issues.flatMap((issue) => {
    const meant = issue.code === 'invalid_union' ? issue.errors.find(isMeant) : undefined
    if (meant === undefined) return [issue]
    return flatIssues(meant).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }))
  })
}

/** Nothing was wrong with the kind of the value itself. */
const isMeant = (issues: readonly Issue[]): boolean =>
  issues.every(({ path, code }) => path.length > 0 || code !== 'invalid_type')
