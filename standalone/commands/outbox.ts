import type { Command } from 'commander'
import type { Outgoing } from '../../adapters/store/documents.ts'
import type { Store } from '../../adapters/store/store.ts'
import { retried } from '../../rules/outgoing.ts'
import { onStore } from './command.ts'
import { pages } from './pages.ts'
import { answer, answerList, moment } from './terminal.ts'

export function outboxCommands(program: Command): void {
  const outbox = program.command('outbox').description('what is on its way: mails, texts, word to apps')
  outbox
    .command('list', { isDefault: true })
    .description('what waits')
    .action((_options, command: Command) => list(command, 'queued'))
  outbox
    .command('dead')
    .description('what was given up')
    .action((_options, command: Command) => list(command, 'dead'))
  outbox
    .command('retry')
    .argument('<id>', 'as the list has it')
    .description('try again what was given up')
    .action((id: string, _options, command: Command) => retry(command, id))
}

function list(command: Command, state: 'queued' | 'dead'): Promise<void> {
  return onStore(command, async ({ store, json }) => {
    await answerList(json, listed(store, state), (one) => [
      one.createdAt,
      one.id,
      one.recipient,
      `${one.tries} tries`,
      one.lastError ?? '',
    ])
    return true
  })
}

async function* listed(store: Store, state: Outgoing['state']) {
  for await (const { id, recipient, tries, createdAt, nextAt, lastError } of pages(
    store.outbox,
    'state',
    state,
  )) {
    yield { id, recipient, state, tries, createdAt: moment(createdAt), nextAt: moment(nextAt), lastError }
  }
}

function retry(command: Command, id: string): Promise<void> {
  return onStore(command, async ({ store, json }) => {
    const found = await store.outbox.update(id, (current) => {
      if (current?.state !== 'dead') return [current, false]
      return [retried(current, Date.now()), true]
    })
    await answer(
      json,
      { id, retried: found },
      found ? 'will be tried again' : `no message ${id} was given up`,
    )
    return found
  })
}
