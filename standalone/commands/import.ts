import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { createPasswords } from '../../adapters/secrets/passwords.ts'
import { importPeople } from '../import.ts'
import { onStore } from './command.ts'
import { answer } from './terminal.ts'

export function importCommand(program: Command): void {
  program
    .command('import')
    .argument('<file>', 'organizations and people as JSON (docs/operating.md)')
    .description('add organizations and people')
    .action((file: string, _options, command: Command) => importFile(command, file))
}

function importFile(command: Command, file: string): Promise<void> {
  return onStore(
    command,
    async ({ store, json }) => {
      const input: unknown = JSON.parse(await readFile(file, 'utf8'))
      const imported = await importPeople(store, createPasswords(), input, Date.now())
      await answer(json, imported, [
        `${imported.organizations} organizations, ${imported.people} people`,
        ...imported.skipped.map((email) => `skipped, as the address is taken: ${email}`),
      ])
      return true
    },
    { makes: true },
  )
}
