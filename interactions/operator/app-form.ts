import { foldAddress } from '../../rules/addresses.ts'
import type { Services } from '../services.ts'

/** Members that the form has as they are: one text each. */
const texts = [
  'client_uri',
  'logo_uri',
  'policy_uri',
  'tos_uri',
  'initiate_login_uri',
  'backchannel_logout_uri',
  'jwks_uri',
  'id_token_signed_response_alg',
  'userinfo_signed_response_alg',
  'subject_type',
  'sector_identifier_uri',
] as const

/** Lists, of which each line is one. */
const lists = [
  'redirect_uris',
  'post_logout_redirect_uris',
  'contacts',
  'default_acr_values',
  'request_uris',
] as const

const ticks = [
  'require_consent',
  'require_auth_time',
  'id_token_claims',
  'backchannel_logout_session_required',
  'require_pushed_authorization_requests',
] as const

const numbers = ['logout_within_days', 'default_max_age'] as const

type Plain = (typeof texts | typeof lists | typeof ticks | typeof numbers)[number]

/** An app as its form has it: everything is text, lists are lines. */
export type AppForm = {
  [field in Plain]: string
} & {
  client_id: string
  client_name: string
  /** `web` keeps a secret or a key, `native` and `browser` can't. */
  kind: string
  token_endpoint_auth_method: string
  /** `yes`, `no`, or what holds for all. */
  require_pkce: string
  allowed_organizations: string
  /** Addresses. */
  allowed_people: string
}

type Metadata = { [member: string]: unknown }

const lines = (value: unknown): string => (Array.isArray(value) ? value.join('\n') : '')
const text = (value: unknown): string => (value === undefined ? '' : String(value))

const each = <Name extends string, Value>(names: readonly Name[], of: (name: Name) => Value) =>
  Object.fromEntries(names.map((name) => [name, of(name)])) as { [name in Name]: Value }

/** The form as it is filled in for an app; people by their ids, until they are looked up. */
export function formOf(metadata: Metadata): AppForm {
  const { token_endpoint_auth_method: method, require_pkce: pkce } = metadata
  return {
    client_id: text(metadata.client_id),
    client_name: text(metadata.client_name),
    kind: kindOf(metadata),
    ...each(texts, (name) => text(metadata[name])),
    ...each(lists, (name) => lines(metadata[name])),
    ...each(ticks, (name) => (metadata[name] === true ? 'yes' : '')),
    ...each(numbers, (name) => text(metadata[name])),
    token_endpoint_auth_method: method === 'none' ? '' : text(method),
    require_pkce: pkce === undefined ? '' : pkce === true ? 'yes' : 'no',
    allowed_organizations: lines(metadata.allowed_organizations),
    allowed_people: lines(metadata.allowed_people),
  }
}

const kindOf = ({ token_endpoint_auth_method: method, application_type: type }: Metadata): string => {
  if (method !== 'none') return 'web'
  return type === 'native' ? 'native' : 'browser'
}

const listed = (typed: string, between = /[\s,]+/): string[] | undefined => {
  const found = typed.split(between).filter(Boolean)
  return found.length === 0 ? undefined : found
}

const number = (typed: string): number | undefined => (typed.trim() === '' ? undefined : Number(typed))

const choice: { [typed: string]: boolean } = { yes: true, no: false }

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
    const found = (await services.accounts.find(foldAddress(value))) ?? (await services.accounts.get(value))
    if (found === undefined) return { unknown: { field: 'person', value } }
    people.push(found.id)
  }
  return {
    metadata: {
      client_name: form.client_name.trim() || undefined,
      ...each(texts, (name) => form[name].trim() || undefined),
      ...each(lists, (name) => listed(form[name], /\s+/)),
      ...each(ticks, (name) => form[name] === 'yes' || undefined),
      ...each(numbers, (name) => number(form[name])),
      redirect_uris: listed(form.redirect_uris, /\s+/) ?? [],
      application_type: form.kind === 'native' ? 'native' : 'web',
      token_endpoint_auth_method:
        form.kind === 'web' ? form.token_endpoint_auth_method || 'client_secret_basic' : 'none',
      require_pkce: choice[form.require_pkce],
      allowed_organizations: organizations,
      allowed_people: people.length === 0 ? undefined : people,
    },
  }
}
