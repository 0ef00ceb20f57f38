import type { Context } from 'koa'
import type { Attempt } from '../../rules/attempt.ts'
import type { Fields } from '../http/form.ts'
import { seeOther, showPage } from '../http/page.ts'
import type { Services } from '../services.ts'
import { aboutApp, allowPicture } from './app-about.ts'
import type { Interaction } from './attempts.ts'
import { offerOtherLanguages } from './language.ts'

/** What the library found missing from the grant. */
interface Missing {
  missingOIDCScope?: string[]
  missingOIDCClaims?: string[]
  missingResourceScopes?: { [resource: string]: string[] }
}

/** The library's second prompt: the person agrees to what an app will see. */
export async function showConsent(
  services: Services,
  ctx: Context,
  interaction: Interaction,
  attempt: Attempt,
): Promise<void> {
  const { params } = interaction
  const account = await services.accounts.get(interaction.session!.accountId)
  const about = await aboutApp(services, attempt.ask.client)
  allowPicture(ctx, about.logo)
  const page = services.views.page('consent', attempt.locale, {
    base: `/interaction/${attempt.id}`,
    form: attempt.form,
    app: attempt.ask.app,
    about,
    scopes: String(params.scope ?? '')
      .split(' ')
      .filter(Boolean),
    email: account?.email ?? '',
    appHost: URL.canParse(String(params.redirect_uri)) ? new URL(String(params.redirect_uri)).host : '',
  })
  offerOtherLanguages(ctx, attempt)
  showPage(ctx, page)
}

/** Records what was agreed to in a grant, or tells the app that it was not. */
export async function decideConsent(
  services: Services,
  ctx: Context,
  interaction: Interaction,
  fields: Fields,
): Promise<void> {
  const { provider } = services
  const result =
    fields.decision === 'allow'
      ? { consent: { grantId: await agreed(provider, interaction) } }
      : { error: 'access_denied', error_description: 'the person did not agree' }
  seeOther(ctx, await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: true }))
}

async function agreed(provider: Services['provider'], interaction: Interaction): Promise<string> {
  const { grantId, params, session, prompt } = interaction
  const existing = grantId === undefined ? undefined : await provider.Grant.find(grantId)
  const grant =
    existing ?? new provider.Grant({ accountId: session!.accountId, clientId: String(params.client_id) })
  const { missingOIDCScope, missingOIDCClaims, missingResourceScopes } = prompt.details as Missing
  if (missingOIDCScope) grant.addOIDCScope(missingOIDCScope.join(' '))
  if (missingOIDCClaims) grant.addOIDCClaims(missingOIDCClaims)
  for (const [resource, scopes] of Object.entries(missingResourceScopes ?? {})) {
    grant.addResourceScope(resource, scopes.join(' '))
  }
  return grant.save()
}
