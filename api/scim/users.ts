import { z } from 'zod'
import type { Membership } from '../../rules/membership.ts'
import type { OwnPerson } from '../../rules/own-person.ts'
import type { Names } from '../../rules/person-change.ts'
import { isSeen } from '../version.ts'
import { byDirectory, membershipIn, type ScimAnswer, type ScimCall } from './call.ts'
import { noSuch, ScimFault } from './fault.ts'
import { fits } from './filter.ts'
import { flattened, onlyValue, type PatchStep, patched, patchSteps } from './patch.ts'
import {
  firstMail,
  isActive,
  mailOf,
  mainMail,
  readUser,
  scimUser,
  type UserSaid,
  userVersion,
} from './user.ts'

interface Found {
  person: OwnPerson
  membership: Membership
}

/** Somebody of the organization. Whoever was removed is there no more, for a directory. */
export async function findUser(call: ScimCall, id: string): Promise<Found | undefined> {
  const [person, membership] = await Promise.all([call.services.store.people.get(id), membershipIn(call, id)])
  if (person === undefined || membership === undefined || person.status === 'removed') return undefined
  return { person, membership }
}

async function userOf(call: ScimCall, id: string): Promise<Found> {
  const found = await findUser(call, id)
  if (found === undefined) throw noSuch('user')
  return found
}

export async function getUser(call: ScimCall, id: string): Promise<ScimAnswer> {
  const { person, membership } = await userOf(call, id)
  return { status: 200, body: scimUser(call, person, membership) }
}

const resource = z.record(z.string(), z.unknown())

function read(body: unknown): { [name: string]: unknown } {
  const result = resource.safeParse(body)
  if (!result.success) throw new ScimFault(400, 'the body is no resource', 'invalidSyntax')
  return flattened(result.data)
}

/** Makes somebody whose address is the organization's; or lets somebody in who has such an account already. */
export async function createUser(call: ScimCall, body: unknown): Promise<ScimAnswer> {
  const said = readUser(read(body))
  if (said.userName === undefined) throw new ScimFault(400, '`userName` is missing', 'invalidValue')
  const { name = said.userName, ...names } = said.names
  const { accounts } = call.services.use
  const made = await accounts.create(
    { ...names, name, login: said.userName, invite: said.active !== false },
    byDirectory(call),
  )
  const id = made.ok ? made.person : await existing(call, said.userName, made.reason)
  if (said.active === false) await suspend(call, id)
  return { ...(await getUser(call, id)), status: 201 }
}

const createFaults: {
  [reason: string]: [status: number, detail: string, type?: 'invalidValue' | 'uniqueness']
} = {
  unreadable: [400, '`userName` is no e-mail address', 'invalidValue'],
  name: [400, 'the name can’t be read', 'invalidValue'],
  taken: [409, 'there is somebody with that `userName`', 'uniqueness'],
  not_yours: [400, 'the domain of the address isn’t the organization’s', 'invalidValue'],
  unknown: [404, 'there is no such organization'],
}

/** Somebody with an account of the organization's domain who isn't a member (any more) becomes one. */
async function existing(call: ScimCall, login: string, reason: string): Promise<string> {
  const [status, detail, type] = createFaults[reason]!
  const { services, organization } = call
  const account = reason === 'taken' ? await services.accounts.find(login.trim()) : undefined
  if (account === undefined || account.status !== 'active' || (await membershipIn(call, account.id)))
    throw new ScimFault(status, detail, type)
  const domain = account.email.slice(account.email.lastIndexOf('@') + 1)
  const [owner] = await services.store.organizations.find('domain', domain, { limit: 1 })
  if (owner?.id !== organization.id) throw new ScimFault(status, detail, type)
  const joined = await services.use.organizations.join(organization.id, account.id)
  if (!joined.ok) throw new ScimFault(status, detail, type)
  return account.id
}

/** PUT: what isn't said stays as it is, as directories send what they know and no more. */
export async function replaceUser(call: ScimCall, id: string, body: unknown): Promise<ScimAnswer> {
  return apply(call, await userOf(call, id), readUser(read(body)))
}

export async function patchUser(call: ScimCall, id: string, body: unknown): Promise<ScimAnswer> {
  const found = await userOf(call, id)
  const steps = patchSteps(body)
  const touched = new Set(steps.map(({ attribute }) => attribute))
  const { displayName, ...before } = scimUser(call, found.person, found.membership)
  // The name is said in either way: whichever is changed is meant.
  const base = touched.has('name.formatted') ? before : { ...before, displayName }
  const said = readUser(patched(base, steps))
  return apply(call, found, {
    ...said,
    userName: touched.has('username') ? said.userName : mailIn(steps, found.person.login),
    active: touched.has('active') ? said.active : undefined,
  })
}

/** Where the mail is changed and `userName` isn't, it is what is meant; another mail than that at work is not. */
function mailIn(steps: readonly PatchStep[], login: string): string | undefined {
  const mails = steps.flatMap(({ op, attribute, which, value }) => {
    if (op === 'remove' || !['emails', 'emails.value'].includes(attribute)) return []
    if (which !== undefined) return fits(which, mailOf(login)) ? [onlyValue(value)] : []
    return [mainMail(value) ?? (op === 'replace' ? firstMail(value) : undefined)]
  })
  const mail = mails.findLast((one) => one !== undefined && one !== null)
  return mail === undefined ? undefined : String(mail)
}

async function apply(call: ScimCall, found: Found, said: UserSaid): Promise<ScimAnswer> {
  const { person, membership } = found
  await rename(call, found, said)
  if (said.userName !== undefined) await askForLogin(call, person, said.userName)
  if (said.active !== undefined && said.active !== isActive(person, membership))
    await (said.active ? reinstate(call, person, membership) : suspend(call, person.id))
  return getUser(call, person.id)
}

async function rename(
  call: ScimCall,
  { person, membership }: Found,
  { names, gone }: UserSaid,
): Promise<void> {
  const said = [
    ...Object.entries(names).filter(([, value]) => value !== undefined),
    ...gone.map((one) => [one, undefined] as const),
  ]
  const differs = said.filter(([name, value]) => person[name as keyof OwnPerson] !== value)
  if (differs.length === 0) return
  const seen = (current: OwnPerson) => isSeen(call.ifMatch, userVersion(call, current, membership))
  const wanted: Partial<Names> = Object.fromEntries(differs)
  const done = await call.services.use.accounts.rename(person.id, wanted, byDirectory(call), seen)
  if (!done.ok) throw scimRefusal(done.reason)
}

/** Another address counts once the person has proven it. */
async function askForLogin(call: ScimCall, { id, login }: OwnPerson, userName: string): Promise<void> {
  if (userName.trim().toLowerCase() === login) return
  const done = await call.services.use.accounts.changeLogin(id, userName, byDirectory(call))
  if (!done.ok && done.reason !== 'same') throw scimRefusal(done.reason)
}

/** The sessions first: what ends them is said again where a crash comes in between. */
export async function suspend(call: ScimCall, account: string): Promise<void> {
  const { organizations } = call.services.use
  const about = { ...byDirectory(call), account }
  await organizations.change('end_sessions', about)
  const done = await organizations.change('suspend', about)
  if (!done.ok && done.reason !== 'not_possible') throw scimRefusal(done.reason)
}

async function reinstate(call: ScimCall, person: OwnPerson, membership: Membership): Promise<void> {
  const { organizations } = call.services.use
  const about = { ...byDirectory(call), account: person.id }
  if (membership.suspended !== undefined) {
    const done = await organizations.change('reinstate', about)
    if (!done.ok && done.reason !== 'not_possible') throw scimRefusal(done.reason)
  }
  if (person.status !== 'deactivated') return
  const done = await organizations.change('reactivate', about)
  if (!done.ok && done.reason !== 'not_possible') throw scimRefusal(done.reason)
}

/** What recovery and the log need is kept, as with any removal. */
export async function deleteUser(call: ScimCall, id: string): Promise<ScimAnswer> {
  const { person } = await userOf(call, id)
  const about = { ...byDirectory(call), account: person.id }
  const done = await call.services.use.organizations.change('remove', about)
  if (!done.ok) throw scimRefusal(done.reason)
  return { status: 204 }
}

const refusals: {
  [reason: string]: [status: number, detail: string, type?: 'mutability' | 'invalidValue' | 'uniqueness']
} = {
  last_super_admin: [409, 'nobody would be left to decide for the organization', 'mutability'],
  elsewhere: [403, 'the account isn’t the organization’s', 'mutability'],
  taken: [409, 'somebody else has that address', 'uniqueness'],
  not_yours: [400, 'the domain of the address isn’t the organization’s', 'invalidValue'],
  unreadable: [400, '`userName` is no e-mail address', 'invalidValue'],
  name: [400, 'the name can’t be read', 'invalidValue'],
  precondition_failed: [412, 'it has changed since'],
  busy: [503, 'something else is being changed; try again'],
  not_possible: [409, 'this can’t be done now', 'mutability'],
}

export function scimRefusal(reason: string): ScimFault {
  const [status, detail, type] = refusals[reason] ?? [404, 'there is no such user']
  return new ScimFault(status, detail, type)
}
