import type { ScimCall } from './call.ts'
import { groupSchema } from './groups.ts'
import { response } from './list.ts'
import { userSchema } from './user.ts'

export const mostOperations = 100
const mostBytes = 1_048_576

const providerSchema = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'
const typeSchema = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType'
const schemaSchema = 'urn:ietf:params:scim:schemas:core:2.0:Schema'

/** RFC 7643 §5. */
export const serviceProviderConfig = ({ base }: ScimCall) => ({
  schemas: [providerSchema],
  documentationUri: 'https://datatracker.ietf.org/doc/html/rfc7644',
  patch: { supported: true },
  bulk: { supported: true, maxOperations: mostOperations, maxPayloadSize: mostBytes },
  filter: { supported: true, maxResults: 200 },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: true },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'OAuth Bearer Token',
      description: 'An access token of this provider, by client credentials.',
      primary: true,
    },
  ],
  meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
})

const typeOf = (base: string, name: 'User' | 'Group', schema: string) => ({
  schemas: [typeSchema],
  id: name,
  name,
  endpoint: `/${name}s`,
  schema,
  meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${name}` },
})

export const resourceTypes = ({ base }: ScimCall) => [
  typeOf(base, 'User', userSchema),
  typeOf(base, 'Group', groupSchema),
]

interface Attribute {
  name: string
  type: 'string' | 'boolean' | 'complex' | 'reference'
  multiValued: boolean
  required: boolean
  caseExact: boolean
  mutability: 'readOnly' | 'readWrite' | 'immutable'
  returned: 'default' | 'always'
  uniqueness: 'none' | 'server'
  subAttributes?: Attribute[]
}

const attributeOf = (name: string, more: Partial<Attribute> = {}): Attribute => ({
  ...{ name, type: 'string', multiValued: false, required: false, caseExact: false },
  ...{ mutability: 'readWrite', returned: 'default', uniqueness: 'none' },
  ...more,
})

const complex = (name: string, subAttributes: Attribute[], more: Partial<Attribute> = {}): Attribute =>
  attributeOf(name, { type: 'complex', ...more, subAttributes })

const reading: Partial<Attribute> = { mutability: 'readOnly' }

const userAttributes = [
  attributeOf('userName', { required: true, uniqueness: 'server' }),
  complex('name', [attributeOf('formatted'), attributeOf('givenName'), attributeOf('familyName')]),
  attributeOf('displayName'),
  attributeOf('preferredLanguage'),
  attributeOf('locale'),
  attributeOf('active', { type: 'boolean' }),
  complex(
    'emails',
    [attributeOf('value'), attributeOf('type'), attributeOf('primary', { type: 'boolean' })],
    {
      multiValued: true,
    },
  ),
  complex('groups', [attributeOf('value', reading), attributeOf('$ref', { ...reading, type: 'reference' })], {
    ...reading,
    multiValued: true,
  }),
]

const groupAttributes = [
  attributeOf('displayName', { ...reading, required: true }),
  complex(
    'members',
    [attributeOf('value', { mutability: 'immutable' }), attributeOf('$ref', { type: 'reference' })],
    {
      multiValued: true,
    },
  ),
]

const schemaOf = (base: string, id: string, name: string, attributes: Attribute[]) => ({
  schemas: [schemaSchema],
  ...{ id, name, attributes },
  meta: { resourceType: 'Schema', location: `${base}/Schemas/${id}` },
})

export const scimSchemas = ({ base }: ScimCall) => [
  schemaOf(base, userSchema, 'User', userAttributes),
  schemaOf(base, groupSchema, 'Group', groupAttributes),
]

export const listed = (all: object[]) => response(all, all.length)
