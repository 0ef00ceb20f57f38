import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Passwords } from '../adapters/secrets/passwords.ts'
import { Conflict } from '../adapters/store/port.ts'
import type { Store } from '../adapters/store/store.ts'
import { type Account, agent, type Membership, type Organization } from '../rules/account.ts'
import { enrolKinds } from '../rules/kinds.ts'
import { policyLimits } from '../rules/policy-change.ts'

const name = z.string().trim().min(1).max(120)
const email = z
  .email()
  .max(254)
  .transform((text) => text.toLowerCase())

function within(setting: keyof typeof policyLimits) {
  const [least, most] = policyLimits[setting]
  return z.number().min(least).max(most).optional()
}

/** What `rekey import` reads: organizations, and people with a password or an argon2id hash they had elsewhere. */
export const importSchema = z.strictObject({
  organizations: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[\w-]{1,60}$/),
        name,
        policy: z
          .strictObject({
            requireSecondFactor: z.boolean().optional(),
            routesOff: z.array(z.enum(['admin', 'identity', 'support'])).optional(),
            preferIdentity: z.boolean().optional(),
            approvals: z.union([z.literal(1), z.literal(2)]).optional(),
            holdAfterApprovalHours: within('holdAfterApprovalHours'),
            supportHoldHours: within('supportHoldHours'),
            afterReset: z.enum(['password', 'password_and_mail']).optional(),
            methods: z.array(z.enum(enrolKinds)).min(1).optional(),
            trustedDeviceDays: within('trustedDeviceDays'),
            trustedDevicesForAdmins: z.boolean().optional(),
          })
          .default({}),
      }),
    )
    .default([]),
  people: z
    .array(
      z.strictObject({
        id: z
          .string()
          .regex(/^[\w-]{1,60}$/)
          .optional(),
        name,
        email,
        password: z.string().min(12).max(1024).optional(),
        passwordHash: z.string().startsWith('$argon2id$').optional(),
        locale: z.enum(['en', 'ja']).optional(),
        supportAgent: z.literal(true).optional(),
        noticeAddresses: z.array(email).max(4).default([]),
        memberships: z
          .array(
            z.strictObject({
              organization: z.string(),
              role: z.enum(['super_admin', 'member']).default('member'),
              since: z.iso.datetime().optional(),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
})

export type Imported = { organizations: number; people: number; skipped: string[] }

/**
 * Adds organizations and people to a store. People whose address is taken are skipped and named; an organization that
 * exists gets the new name and policy. Throws ZodError on a file that isn't as it should be, before anything is written.
 */
export async function importPeople(
  store: Store,
  passwords: Passwords,
  input: unknown,
  now: number,
): Promise<Imported> {
  const { organizations, people } = importSchema.parse(input)
  for (const { id, ...given } of organizations) {
    await store.organizations.update(id, (current): [Organization, undefined] => [
      { ...current, id, createdAt: current?.createdAt ?? now, ...given },
      undefined,
    ])
  }
  const skipped: string[] = []
  for (const person of people) {
    if (!(await addPerson(store, passwords, person, now))) skipped.push(person.email)
  }
  return { organizations: organizations.length, people: people.length - skipped.length, skipped }
}

type ImportedPerson = z.output<typeof importSchema>['people'][number]

async function addPerson(
  store: Store,
  passwords: Passwords,
  person: ImportedPerson,
  now: number,
): Promise<boolean> {
  const { id = randomUUID(), memberships, password, passwordHash, noticeAddresses, ...given } = person
  const account: Account = {
    id,
    ...given,
    ...(given.supportAgent ? agent : {}),
    status: 'active',
    createdAt: now,
    // Someone without a password gets one that nobody knows.
    passwordHash: passwordHash ?? (await passwords.hash(password ?? randomUUID())),
    addresses: [given.email, ...noticeAddresses].map((address) => ({ address, verifiedAt: now })),
    factors: [],
    throttles: {},
    validAfter: now,
    effects: [],
  }
  try {
    await store.accounts.insert(account)
  } catch (error) {
    if (error instanceof Conflict) return false
    throw error
  }
  for (const membership of memberships) await store.memberships.insert(membershipOf(id, membership, now))
  return true
}

function membershipOf(
  account: string,
  given: ImportedPerson['memberships'][number],
  now: number,
): Membership {
  const { organization, role } = given
  const since = given.since === undefined ? now : Date.parse(given.since)
  const membership = { id: `${organization}:${account}`, organization, account, role, since }
  return role === 'super_admin'
    ? { ...membership, superAdminOf: organization, superAdminSince: since }
    : membership
}
