import { z } from 'zod'
import { readNumber } from '../../account/phone-number.ts'
import { policyPartSchema } from '../../organization/policy-schema.ts'
import { readAddress } from '../../rules/addresses.ts'
import { enrolKinds } from '../../rules/kinds.ts'
import { localeTags } from '../../rules/locale.ts'
import { readForeignHash } from '../../rules/password-hash.ts'
import { readOtpauth } from './otpauth.ts'
import { passkeySchema } from './passkeys.ts'

const name = z.string().trim().min(1).max(120)
const id = z.string().regex(/^[\w-]{1,60}$/, '1 to 60 letters, digits, - or _')
const email = z.string().transform((text, context) => {
  const address = readAddress(text)
  if (address === undefined) context.addIssue({ code: 'custom', message: 'no e-mail address' })
  return address ?? z.NEVER
})
const moment = z.union([z.iso.datetime({ offset: true }).transform(Date.parse), z.int().min(0)], {
  error: 'no date: 2021-05-01T00:00:00Z, or milliseconds since 1970',
})

const number = z.string().transform((text, context) => {
  const read = readNumber(text)
  if (read === undefined) context.addIssue({ code: 'custom', message: 'no number: +81312345678' })
  return read?.number ?? z.NEVER
})

const policy = policyPartSchema.extend({ methods: z.array(z.enum(enrolKinds)).min(1).optional() })

export const organizationSchema = z.strictObject({ id, name, policy: policy.optional() })

export const personSchema = z.strictObject({
  id: id.optional(),
  externalId: z.string().min(1).max(200).optional(),
  email,
  emailVerified: z.boolean().default(true),
  name,
  givenName: name.optional(),
  familyName: name.optional(),
  birthDate: z.iso.date('no date: 1990-12-31').optional(),
  locale: z.enum(localeTags).optional(),
  status: z.enum(['active', 'deactivated', 'removed']).default('active'),
  createdAt: moment.optional(),
  lastSignInAt: moment.optional(),
  password: z.string().min(12, 'shorter than 12 characters').max(1024).optional(),
  passwordHash: z
    .string()
    .superRefine((text, context) => {
      const read = readForeignHash(text)
      if ('fault' in read) context.addIssue({ code: 'custom', message: read.fault })
    })
    .optional(),
  totp: z
    .array(
      z.string().transform((text, context) => {
        const read = readOtpauth(text)
        if ('fault' in read) context.addIssue({ code: 'custom', message: read.fault })
        return 'fault' in read ? z.NEVER : read
      }),
    )
    .max(10)
    .default([]),
  backupCodes: z
    .array(
      z
        .string()
        .regex(
          /[0-9A-Za-z].*[0-9A-Za-z].*[0-9A-Za-z].*[0-9A-Za-z].*[0-9A-Za-z].*[0-9A-Za-z]/,
          'shorter than 6 characters',
        ),
    )
    .max(20)
    .default([]),
  passkeys: z.array(passkeySchema(moment)).max(20).default([]),
  texts: z.array(number).max(5).default([]),
  calls: z.array(number).max(5).default([]),
  phone: number.optional(),
  noticeAddresses: z.array(email).max(4).default([]),
  memberships: z
    .array(
      z.strictObject({
        organization: id,
        role: z.enum(['super_admin', 'member']).default('member'),
        since: moment.optional(),
      }),
    )
    .default([]),
  supportAgent: z.boolean().default(false),
  operator: z.boolean().default(false),
})

export type ImportedPerson = z.output<typeof personSchema>
export type ImportedOrganization = z.output<typeof organizationSchema>

/** What the schema finds wrong, without a value: it may be a secret. */
export const wordsOf = ({ issues }: z.ZodError): string[] =>
  issues.flatMap((issue) => {
    const path = issue.path.join('.')
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => `${path ? `${path}.` : ''}${key}: no such field`)
    if (path === '' && issue.code === 'invalid_type') return ['no object, as every entry is: { "email": … }']
    const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
    return [`${path}: ${missing ? 'needed' : issue.message}`]
  })
