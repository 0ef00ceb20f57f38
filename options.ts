import type { Logger } from 'pino'
import { pino } from 'pino'
import { z } from 'zod'
import type { Delivery } from './adapters/delivery/delivery.ts'
import type { OpenDelivery } from './adapters/delivery/ways.ts'
import type { OpenProofing } from './adapters/proofing/proofing.ts'
import type { OpenStore } from './adapters/store/store.ts'
import { ConfigError } from './options/config-error.ts'
import { flatIssues } from './options/flat-issues.ts'
import { hostTexts, hostViews } from './options/host-pages.ts'
import { hostOrganizations, hostPeople } from './options/host-people.ts'
import { checked, isObject, methodFaults } from './options/objects.ts'
import { sharedOptions } from './options/shared.ts'

const has = (value: unknown, ...methods: string[]): boolean =>
  isObject(value) && methods.every((method) => typeof value[method] === 'function')

const way = z.custom<Delivery | OpenDelivery>(
  (value) => typeof value === 'function' || has(value, 'send', 'close'),
  'a delivery, such as smtp(…) of "rekey/smtp"',
)

/** What `rekey()` takes. */
export const pluginSchema = z.strictObject({
  ...sharedOptions,
  store: z
    .custom<OpenStore>(
      (value) => typeof value === 'function',
      'an engine, such as lmdb({ path }) of "rekey/lmdb"',
    )
    .describe(
      "Rekey's own collections: `lmdb` of `rekey/lmdb`, `mongo` of `rekey/mongo`, or `postgres` of `rekey/postgres`.",
    ),
  delivery: z
    .strictObject({
      mail: way.describe('`smtp` of `rekey/smtp`, or a delivery of yours.'),
      sms: way
        .optional()
        .describe('`twilio` of `rekey/twilio`, or a delivery of yours; `phone` says where to.'),
      voice: way.optional().describe('The same for calls.'),
      push: way.optional().describe('`webPush` of `rekey/webpush`. Without it there is no authenticator.'),
    })
    .describe('How people are reached.'),
  proofing: z
    .custom<OpenProofing>((value) => typeof value === 'function', 'oidcProofing(…) of "rekey/oidc-proofing"')
    .optional()
    .describe('`oidcProofing` of `rekey/oidc-proofing`: a provider that verifies people by photo ID.'),
  people: hostPeople.describe(
    'Who can sign in: four methods over your table. A Map by id will do to try things out.',
  ),
  organizations: hostOrganizations
    .optional()
    .describe('Who belongs to which organization, if not in `people`.'),
  path: z
    .string()
    .regex(/^\/[\w./~-]*$/, 'a path: /oidc')
    .optional()
    .describe('Where the provider is mounted, if not at the path of the issuer.'),
  firstFactor: z
    .strictObject({
      url: z.url({ protocol: /^https?$/ }).describe('It gets `uid` in its query and ends in `passed`.'),
    })
    .optional()
    .describe('A login page of yours. Rekey asks for the password itself if left out.'),
  views: hostViews.optional().describe('Pages of yours in place of Rekey’s: a function by the name of each.'),
  texts: hostTexts
    .optional()
    .describe('Texts of yours in place of Rekey’s: `{ en: { "password.lead": "…" } }`.'),
  start: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Where a mail sends someone who may sign in now: your app. The security page if left out.'),
  log: checked<Logger>((value) =>
    methodFaults(value, { said: 'a logger like pino', needed: ['info', 'warn', 'error'] }),
  )
    .default(() => pino({ level: 'warn' }))
    .describe('A logger with the interface of pino.'),
  clock: z
    .custom<() => number>((value) => typeof value === 'function', 'a function that returns milliseconds')
    .default(() => Date.now)
    .describe('Milliseconds since 1970; for tests.'),
})

/** Said beside what else is wrong, and not after it was mended: whatever is there may be of any kind. */
const whateverElse = ({ value }: { value: unknown }) => isObject(value)

interface Given {
  people?: unknown
  firstFactor?: unknown
  upstreams?: unknown
}

/** The options as they must fit together. */
const pluginOptions = pluginSchema
  .refine(
    ({ upstreams, firstFactor }: Given) =>
      !Array.isArray(upstreams) || upstreams.length === 0 || firstFactor === undefined,
    {
      path: ['upstreams'],
      error: 'not beside a login page of yours (firstFactor.url), which decides where people sign in',
      when: whateverElse,
    },
  )
  .refine(
    ({ people, firstFactor }: Given) =>
      !has(people, 'get', 'find') ||
      people instanceof Map ||
      has(people, 'verify') ||
      firstFactor !== undefined,
    {
      path: ['people', 'verify'],
      error: 'needed, or a login page of yours: firstFactor.url',
      when: whateverElse,
    },
  )

/** Checks the plugin's options. Throws ConfigError, which never repeats a value: it may be a secret. */
export function readOptions(input: unknown): z.output<typeof pluginSchema> {
  const result = pluginOptions.safeParse(input)
  if (result.success) return result.data
  throw new ConfigError(faultsOf(result.error))
}

/** What a schema finds wrong, by the path of each. A value may be a secret, and is never in it. */
function faultsOf({ issues }: z.ZodError): string[] {
  return flatIssues(issues).flatMap((issue) => {
    const path = issue.path.join('.')
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => `${[...issue.path, key].join('.')}: no option has this name`)
    const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
    return [`${path || 'configuration'}: ${missing ? 'needed' : issue.message}`]
  })
}
