/** What is wrong with a request of an app, for the people who build it: a key of the locale's `app_fault` section. */
export type AppFault =
  | 'client_id_missing'
  | 'client_id_unknown'
  | 'redirect_uri'
  | 'post_logout_redirect_uri'
  | 'id_token_hint'
  | 'request_uri'
  | 'parameter_missing'
  | 'parameter_twice'
  | 'other'

/** What the provider says of it: an error by its standard name, and its own words. */
export interface Refusal {
  error: string
  description: string
  detail: string
}

/** The first that fits. */
const faults: [AppFault, (refusal: Refusal) => boolean][] = [
  ['client_id_missing', ({ description }) => /missing required parameter.*'client_id'/.test(description)],
  ['parameter_missing', ({ description }) => description.startsWith('missing required parameter')],
  ['parameter_twice', ({ description }) => description.includes('must not be provided twice')],
  ['redirect_uri', ({ error }) => error === 'invalid_redirect_uri'],
  ['post_logout_redirect_uri', ({ description }) => description.includes('post_logout_redirect_uri')],
  ['id_token_hint', ({ description }) => description.includes('id_token_hint')],
  ['request_uri', ({ error, description }) => /request_uri/.test(`${error} ${description}`)],
  ['client_id_unknown', ({ error, detail }) => error === 'invalid_client' && detail === 'client not found'],
]

export function appFault(refusal: Refusal): AppFault {
  return faults.find(([, fits]) => fits(refusal))?.[0] ?? 'other'
}
