import type { Context } from 'koa'
import type { Attempt } from '../../rules/attempt.ts'
import type { Fields } from '../http/form.ts'
import { keepLanguage, offerLanguages } from '../http/languages.ts'
import type { Services } from '../services.ts'

/** The choice of a language at the foot of every page of a sign-in. */
export const offerOtherLanguages = (ctx: Context, { id, form, locale }: Attempt): void =>
  offerLanguages(ctx, locale, { action: `/interaction/${id}/language`, form })

/**
 * POST language: locale. Of this sign-in, whatever language the app has asked for, and of this browser. Nothing was
 * decided by it: what is being said stays on the page, and so does the revision.
 */
export async function speak(services: Services, ctx: Context, seen: Attempt, fields: Fields): Promise<void> {
  const wanted = keepLanguage(services.config, ctx, fields)
  if (wanted === undefined) return
  await services.change('attempts', seen.id, (current) => [
    current && { ...current, locale: wanted },
    undefined,
  ])
}
