type Test = (value: unknown) => boolean

const isFunction: Test = (value) => typeof value === 'function'
const isObject = (value: unknown): value is { [name: string]: unknown } =>
  typeof value === 'object' && value !== null
const isPlain: Test = (value) => isObject(value) && !Array.isArray(value)
const isList: Test = (value) => Array.isArray(value) || value instanceof Set
const isObjects: Test = (value) => Array.isArray(value) && value.every(isPlain)
const isLifetime: Test = (value) =>
  isFunction(value) || (Number.isSafeInteger(value) && (value as number) > 0)
const isParameters: Test = (value) =>
  isList(value) ||
  (isObject(value) &&
    Object.values(value).every((one) => one === null || one === undefined || isFunction(one)))

/** Of what type each setting is that Rekey adds to or reads. The library says the same of all others. */
const types: [said: string, test: Test, paths: string[]][] = [
  [
    'an object',
    isPlain,
    [
      'claims',
      'clientDefaults',
      'cookies',
      'enabledJWA',
      'extraClientMetadata',
      'features',
      'interactions',
      'jwks',
      'routes',
      'ttl',
    ],
  ],
  ['an array or a Set', isList, ['acrValues', 'clientAuthMethods', 'scopes', 'subjectTypes']],
  [
    'an array',
    Array.isArray,
    [
      'responseTypes',
      'enabledJWA.idTokenSigningAlgValues',
      'extraClientMetadata.properties',
      'interactions.policy',
    ],
  ],
  ['an array of objects', isObjects, ['clients', 'jwks.keys']],
  ['an array, a Set, or functions by name', isParameters, ['extraParams']],
  [
    'a function',
    isFunction,
    [
      'adapter',
      'extraClientMetadata.validator',
      'extraTokenClaims',
      'fetch',
      'findAccount',
      'interactions.url',
      'loadExistingGrant',
      'pairwiseIdentifier',
    ],
  ],
  [
    'seconds, or a function',
    isLifetime,
    ['ttl.AccessToken', 'ttl.Interaction', 'ttl.RefreshToken', 'ttl.Session'],
  ],
]

/** What a host has given of another type than it can be: added to, it would be hidden from the library, which says so. */
export function typeFaults(own: unknown): string[] {
  if (!isPlain(own)) return ['configuration: an object']
  return types.flatMap(([said, test, paths]) =>
    paths
      .filter((path) => {
        const value = path.split('.').reduce((at, name) => (isObject(at) ? at[name] : undefined), own)
        return value !== undefined && !test(value)
      })
      .map((path) => `${path}: ${said}`),
  )
}
