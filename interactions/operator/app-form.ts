import type { Services } from '../services.ts'

/** An app as its form has it: everything is text, lists are lines. */
export interface AppForm {
  client_id: string
  client_name: string
  /** `web` keeps a secret, `native` and `browser` can't. */
  kind: string
  redirect_uris: string
  post_logout_redirect_uris: string
  backchannel_logout_uri: string
  client_uri: string
  require_consent: string
  logout_within_days: string
  allowed_organizations: string
  /** Addresses. */
  allowed_people: string
}

type Metadata = { [member: string]: unknown }

const lines = (value: unknown): string => (Array.isArray(value) ? value.join('\n') : '')
const text = (value: unknown): string => (value === undefined ? '' : String(value))

/** The form as it is filled in for an app; people by their ids, until they are looked up. */
export function formOf(metadata: Metadata): AppForm {
  return {
    client_id: text(metadata.client_id),
    client_name: text(metadata.client_name),
    kind: kindOf(metadata),
    redirect_uris: lines(metadata.redirect_uris),
    post_logout_redirect_uris: lines(metadata.post_logout_redirect_uris),
    backchannel_logout_uri: text(metadata.backchannel_logout_uri),
    client_uri: text(metadata.client_uri),
    require_consent: metadata.require_consent === true ? 'yes' : '',
    logout_within_days: text(metadata.logout_within_days),
    allowed_organizations: lines(metadata.allowed_organizations),
    allowed_people: lines(metadata.allowed_people),
  }
}

const kindOf = ({ token_endpoint_auth_method: method, application_type: type }: Metadata): string => {
  if (method !== 'none') return 'web'
  return type === 'native' ? 'native' : 'browser'
}

const listed = (typed: string): string[] | undefined => {
  const found = typed.split(/[\s,]+/).filter(Boolean)
  return found.length === 0 ? undefined : found
}

/** What the form says of the app, or who in it isn't there. What the form doesn't know stays as it is. */
export async function metadataOf(
  services: Pick<Services, 'store' | 'accounts'>,
  form: AppForm,
): Promise<{ metadata: Metadata } | { unknown: { field: 'organization' | 'person'; value: string } }> {
  const organizations = listed(form.allowed_organizations)
  for (const value of organizations ?? [])
    if ((await services.store.organizations.get(value)) === undefined)
      return { unknown: { field: 'organization', value } }
  const people: string[] = []
  for (const value of listed(form.allowed_people) ?? []) {
    const found = (await services.accounts.find(value.toLowerCase())) ?? (await services.accounts.get(value))
    if (found === undefined) return { unknown: { field: 'person', value } }
    people.push(found.id)
  }
  const isPublic = form.kind !== 'web'
  return {
    metadata: {
      client_name: form.client_name.trim() || undefined,
      redirect_uris: listed(form.redirect_uris) ?? [],
      post_logout_redirect_uris: listed(form.post_logout_redirect_uris) ?? [],
      backchannel_logout_uri: form.backchannel_logout_uri.trim() || undefined,
      client_uri: form.client_uri.trim() || undefined,
      application_type: form.kind === 'native' ? 'native' : 'web',
      token_endpoint_auth_method: isPublic ? 'none' : 'client_secret_basic',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      require_consent: form.require_consent === 'yes' ? true : undefined,
      logout_within_days: form.logout_within_days.trim() === '' ? undefined : Number(form.logout_within_days),
      allowed_organizations: organizations,
      allowed_people: people.length === 0 ? undefined : people,
    },
  }
}
