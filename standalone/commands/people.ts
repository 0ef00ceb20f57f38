import { randomUUID } from 'node:crypto'
import { type Command, Option } from 'commander'
import type { Store } from '../../adapters/store/store.ts'
import { type Account, freshProtection, type Protection } from '../../rules/account.ts'
import { withEffects } from '../../rules/effect.ts'
import { type ChangeBy, deactivated, reactivatedBy, removed } from '../../rules/member-change.ts'
import type { OwnPerson } from '../../rules/own-person.ts'
import { type Staff, withStaff } from '../../rules/staff.ts'
import { told } from '../../rules/told.ts'
import { ExplainedRefusal } from '../explained-refusal.ts'
import { operator } from '../operator.ts'
import { accountsOf } from './accounts.ts'
import { type Context, onStore } from './command.ts'
import { everyDocument } from './every.ts'
import { answer, answerList, described, moment } from './terminal.ts'

const day = 86_400_000
const carriedOut = 'a running server carries it out within seconds, or the next one at its start'

export function peopleCommands(program: Command): void {
  const people = program.command('people').description('who signs in')
  people
    .command('list')
    .description('all of them, by id')
    .addOption(new Option('--status <status>', 'only these').choices(['active', 'deactivated', 'removed']))
    .action((options: { status?: string }, command: Command) => list(command, options))
  people
    .command('show')
    .argument('<person>', 'an e-mail address or an id')
    .description('how somebody gets in, and where they belong; no secret')
    .action((person: string, _options, command: Command) => show(command, person))
  for (const [verb, words] of [
    ['deactivate', 'keep somebody out until they are reactivated; ends all sessions'],
    ['reactivate', 'let somebody in again who was deactivated or removed'],
    ['remove', 'as deactivate, and forget them when `keepRemovedDays` are over'],
  ] as const)
    people
      .command(verb)
      .argument('<person>', 'an e-mail address or an id')
      .requiredOption('--reason <words>', 'why: the person and the log are told')
      .description(words)
      .action((person: string, { reason }: { reason: string }, command: Command) =>
        changeStatus(command, verb, person, reason),
      )
  people
    .command('sign-out')
    .argument('<person>', 'an e-mail address or an id')
    .description('end all sessions and tokens of somebody')
    .action((person: string, _options, command: Command) => signOut(command, person))
  people
    .command('support-agent')
    .argument('<person>', 'an e-mail address or an id')
    .addArgument(people.createArgument('<change>', 'on or off').choices(['on', 'off']))
    .description('whether somebody decides the cases that no super admin can')
    .action((person: string, change: 'on' | 'off', _options, command: Command) =>
      setStaff(command, 'supportAgent', person, change === 'on'),
    )
  people
    .command('operator')
    .argument('<person>', 'an e-mail address or an id')
    .addArgument(people.createArgument('<change>', 'on or off').choices(['on', 'off']))
    .description('whether somebody looks after the installation, at /operator')
    .action((person: string, change: 'on' | 'off', _options, command: Command) =>
      setStaff(command, 'operator', person, change === 'on'),
    )
}

function list(command: Command, { status }: { status?: string }): Promise<void> {
  return onStore(command, async ({ store, json }) => {
    await answerList(json, listed(store, status), (one) => [one.id, one.email, one.status, one.name])
    return true
  })
}

async function* listed({ people }: Store, status?: string) {
  for await (const one of everyDocument(people)) {
    if (status !== undefined && one.status !== status) continue
    const { id, login: email, name } = one
    yield { id, email, name, status: one.status, createdAt: moment(one.createdAt) }
  }
}

/** By e-mail address or id. */
export async function personOf(store: Store, named: string): Promise<Account> {
  const accounts = accountsOf(store)
  const found = (await accounts.find(named.trim().toLowerCase())) ?? (await accounts.get(named))
  if (found === undefined) throw new ExplainedRefusal(`nobody has the address or the id ${named}`)
  return found
}

function show(command: Command, named: string): Promise<void> {
  return onStore(command, async ({ store, json }) => {
    const shown = await shownPerson(store, await personOf(store, named))
    await answer(json, shown, described(shown))
    return true
  })
}

async function shownPerson(store: Store, one: Account) {
  const { id, email, name, status, locale, phone, addresses, factors, backupCodes } = one
  const { supportAgent, operator: isOperator } = one
  const memberships = await store.memberships.find('account', id)
  const [openCase] = await store.cases.find('openFor', id, { limit: 1 })
  return {
    id,
    email,
    name,
    status,
    locale,
    phone,
    supportAgent,
    operator: isOperator,
    createdAt: moment((await store.people.get(id))?.createdAt ?? 0),
    lastSignInAt: one.lastSignInAt && moment(one.lastSignInAt),
    passwordExpired: one.passwordExpired,
    addresses: addresses.map(({ address }) => address),
    factors: factors.map(({ kind, disabledAt }) => (disabledAt === undefined ? kind : `${kind} (disabled)`)),
    backupCodes: backupCodes?.codes.filter(({ usedAt }) => usedAt === undefined).length,
    memberships: memberships.map(({ organization, role }) => `${organization} (${role})`),
    recovered: one.recovered && `by ${one.recovered.route}, ${moment(one.recovered.at)}`,
    openCase: openCase && `${openCase.id} (${openCase.status})`,
  }
}

const allowed = {
  deactivate: ['active'],
  reactivate: ['deactivated', 'removed'],
  remove: ['active', 'deactivated'],
} as const

function changeStatus(
  command: Command,
  verb: keyof typeof allowed,
  named: string,
  reason: string,
): Promise<void> {
  return onStore(command, async (context) => {
    const { store, json } = context
    const { id, email } = await personOf(store, named)
    const by: ChangeBy = {
      id: `operator:${randomUUID()}`,
      by: operator,
      reason,
      organization: '',
      at: Date.now(),
    }
    const outcome = await store.people.update(id, (current): [OwnPerson | undefined, string | undefined] => {
      if (current === undefined) return [current, 'there is no such person any more']
      if (!(allowed[verb] as readonly string[]).includes(current.status))
        return [current, `${email} is ${current.status}`]
      return [changed(context, verb, current, by), undefined]
    })
    if (outcome !== undefined) throw new ExplainedRefusal(outcome)
    await answer(json, { id, email, done: verb }, `${email}: ${verb}d; ${carriedOut}`)
    return true
  })
}

function changed(context: Context, verb: keyof typeof allowed, current: OwnPerson, by: ChangeBy): OwnPerson {
  if (verb === 'deactivate') return deactivated(current, by)
  if (verb === 'reactivate') return reactivatedBy(current, by)
  return removed(current, by, context.config().keepRemovedDays * day)
}

function signOut(command: Command, named: string): Promise<void> {
  return onStore(command, async ({ store, json }) => {
    const { id, email } = await personOf(store, named)
    const cause = `operator:${randomUUID()}`
    await store.protections.update(id, (current) => [
      signedOut(current ?? freshProtection(id), cause, Date.now()),
      undefined,
    ])
    await answer(json, { id, email, done: 'sign-out' }, `${email}: signed out everywhere; ${carriedOut}`)
    return true
  })
}

const signedOut = (current: Protection, id: string, at: number): Protection =>
  withEffects({ ...current, validAfter: at }, [
    { kind: 'end_attempts', id: `${id}:attempts`, account: current.id },
    { kind: 'end_sessions', id: `${id}:sessions`, account: current.id },
    ...told(
      { actor: operator, subject: current.id, at },
      { id, event: 'sessions.ended', notice: 'sessions_ended' },
    ),
  ])

function setStaff(command: Command, what: Staff, named: string, on: boolean): Promise<void> {
  return onStore(command, async ({ store, json }) => {
    const { id, email } = await personOf(store, named)
    const cause = `operator:${randomUUID()}`
    await store.protections.update(id, (current) => [
      withStaff(current ?? freshProtection(id), what, on, { id: cause, by: operator, reason: '' }),
      undefined,
    ])
    const words = { supportAgent: 'support agent', operator: 'operator' }[what]
    await answer(json, { id, email, [what]: on }, `${email}: ${on ? 'is' : 'is no'} ${words} now`)
    return true
  })
}
