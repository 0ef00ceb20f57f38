import type { Command } from 'commander'
import type { Store } from '../../adapters/store/store.ts'
import { ExplainedRefusal } from '../explained-refusal.ts'
import { accountsOf } from './accounts.ts'
import { onStore } from './command.ts'
import { everyDocument } from './every.ts'
import { pages } from './pages.ts'
import { scimTokenCommands } from './scim-token.ts'
import { answer, answerList, described, moment } from './terminal.ts'

export function orgCommands(program: Command): void {
  const org = program.command('org').description('organizations')
  org
    .command('list')
    .description('all of them')
    .action((_options, command: Command) => list(command))
  org
    .command('show')
    .argument('<id>')
    .description('its policy and how many belong to it')
    .action((id: string, _options, command: Command) => show(command, id))
  org
    .command('members')
    .argument('<id>')
    .description('who belongs to it, in the order in which they joined')
    .action((id: string, _options, command: Command) => members(command, id))
  org
    .command('create')
    .argument('<id>', 'letters, digits, - and _')
    .argument('<name>')
    .description('make one')
    .action((id: string, name: string, _options, command: Command) => create(command, id, name))
  scimTokenCommands(org)
}

function list(command: Command): Promise<void> {
  return onStore(command, async ({ store, json }) => {
    await answerList(json, everyDocument(store.organizations), ({ id, name }) => [id, name])
    return true
  })
}

async function organizationOf(store: Store, id: string) {
  const found = await store.organizations.get(id)
  if (found === undefined) throw new ExplainedRefusal(`there is no organization ${id}`)
  return found
}

function show(command: Command, id: string): Promise<void> {
  return onStore(command, async ({ store, json }) => {
    const { name, policy, createdAt } = await organizationOf(store, id)
    const counted = { members: 0, superAdmins: 0 }
    for await (const { role } of pages(store.memberships, 'organization', id)) {
      counted.members += 1
      if (role === 'super_admin') counted.superAdmins += 1
    }
    const shown = { id, name, createdAt: moment(createdAt), ...counted, policy }
    await answer(json, shown, described(shown))
    return true
  })
}

function members(command: Command, id: string): Promise<void> {
  return onStore(command, async ({ store, json }) => {
    await organizationOf(store, id)
    await answerList(json, membersOf(store, id), ({ email, role, since }) => [email, role, since])
    return true
  })
}

async function* membersOf(store: Store, organization: string) {
  for await (const { account, role, since } of pages(store.memberships, 'organization', organization)) {
    const person = await accountsOf(store).get(account)
    if (person === undefined) continue
    const { id, email, name, status } = person
    yield { id, email, name, status, role, since: moment(since) }
  }
}

function create(command: Command, id: string, name: string): Promise<void> {
  return onStore(command, async ({ store, json }) => {
    if (!/^[\w-]{1,60}$/.test(id)) throw new ExplainedRefusal('an id is 1 to 60 letters, digits, - or _')
    const trimmed = name.trim()
    if (trimmed === '' || trimmed.length > 120) throw new ExplainedRefusal('a name has 1 to 120 characters')
    const made = await store.organizations.update(id, (current) => {
      if (current !== undefined) return [current, false]
      return [{ id, name: trimmed, policy: {}, createdAt: Date.now() }, true]
    })
    if (!made) throw new ExplainedRefusal(`there is an organization ${id} already`)
    await answer(json, { id, name: trimmed }, `made: ${id}`)
    return true
  })
}
