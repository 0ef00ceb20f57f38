import { Command, CommanderError } from 'commander'
import { release as version } from '../adapters/release.ts'
import { auditCommands } from './commands/audit-group.ts'
import { backupCommands } from './commands/backup.ts'
import { caseCommands } from './commands/case.ts'
import { checkCommands } from './commands/check.ts'
import { clientCommands } from './commands/client.ts'
import { completionCommand } from './commands/completion.ts'
import { explainFailure } from './commands/explain.ts'
import { exportCommand } from './commands/export.ts'
import { importCommand } from './commands/import.ts'
import { initCommand } from './commands/init.ts'
import { keysCommands } from './commands/keys.ts'
import { orgCommands } from './commands/org.ts'
import { outboxCommands } from './commands/outbox.ts'
import { peopleCommands } from './commands/people.ts'
import { serveCommand } from './commands/serve.ts'

/** `npx rekey …`: the program and what an operator does beside running it. One file a group in commands/. */
export function createProgram(): Command {
  const program = new Command('rekey')
    .description('Sign-in with second factors that can be recovered')
    .version(version, '-V, --version', 'say which release this is')
    .option('-c, --config <file>', 'settings: JSON, or a module that exports `config` (or REKEY_CONFIG)')
    .option('-d, --data <folder>', 'the folder of the embedded store (or REKEY_DATA)')
    .option('--url <issuer>', 'work on a Rekey that runs there, by its API (or REKEY_URL)')
    .option('--client <id>', 'the client that signs in there; rekey-cli if left out (or REKEY_CLIENT)')
    .option('--json', 'answer in JSON')
    .helpOption('-h, --help', 'say how a command is used')
    .helpCommand('help [command]', 'say how a command is used')
    .addHelpText(
      'after',
      '\nIt ends with 0 when all is well, 1 when something is not, 2 when it was called wrongly.',
    )
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError(true)
  for (const add of [
    serveCommand,
    initCommand,
    checkCommands,
    importCommand,
    exportCommand,
    backupCommands,
    peopleCommands,
    orgCommands,
    caseCommands,
    clientCommands,
    keysCommands,
    auditCommands,
    outboxCommands,
    completionCommand,
  ])
    add(program)
  forEachCommand(program, (command) => command.exitOverride())
  return program
}

function forEachCommand(command: Command, apply: (command: Command) => unknown): void {
  apply(command)
  for (const inner of command.commands) forEachCommand(inner, apply)
}

/** Runs a command line; what it comes to is the exit code of the process. */
export async function runProgram(argv: string[]): Promise<void> {
  try {
    await createProgram().parseAsync(argv)
  } catch (error) {
    // The library has said what was wrong with the command line, or has shown the help that was asked for.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
    else {
      process.stderr.write(explainFailure(error, argv.includes('--json')))
      process.exitCode = 1
    }
  }
}
