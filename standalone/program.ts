import { Command, CommanderError } from 'commander'
import { release as version } from '../adapters/release.ts'
import { explainFailure } from './commands/explain.ts'

type Adds = (program: Command) => void

/** One file a group in commands/, by the words that it is called by. */
const groups: [words: string[], load: () => Promise<Adds>][] = [
  [['serve'], async () => (await import('./commands/serve.ts')).serveCommand],
  [['init'], async () => (await import('./commands/init.ts')).initCommand],
  [['check', 'doctor'], async () => (await import('./commands/check.ts')).checkCommands],
  [['import'], async () => (await import('./commands/import.ts')).importCommand],
  [['export'], async () => (await import('./commands/export.ts')).exportCommand],
  [['backup', 'restore', 'move'], async () => (await import('./commands/backup.ts')).backupCommands],
  [['people'], async () => (await import('./commands/people.ts')).peopleCommands],
  [['org'], async () => (await import('./commands/org.ts')).orgCommands],
  [['case'], async () => (await import('./commands/case.ts')).caseCommands],
  [['client'], async () => (await import('./commands/client.ts')).clientCommands],
  [['keys'], async () => (await import('./commands/keys.ts')).keysCommands],
  [['audit'], async () => (await import('./commands/audit-group.ts')).auditCommands],
  [['outbox'], async () => (await import('./commands/outbox.ts')).outboxCommands],
  // It says what all of them are, so it is found among all.
  [[], async () => (await import('./commands/completion.ts')).completionCommand],
]

/** `npx rekey …`: the program and what an operator does beside running it. */
async function createProgram(argv: string[]): Promise<Command> {
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
  program.exitOverride()
  for (const add of await askedFor(program, argv)) add(program)
  forEachCommand(program, (command) => command.exitOverride())
  return program
}

/** Each brings its own libraries along: only the one that is asked for is loaded, and all for whoever asks what there is. */
async function askedFor(program: Command, argv: string[]): Promise<Adds[]> {
  const [word = ''] = program.parseOptions(argv.slice(2)).operands
  const asked = groups.filter(([words]) => words.includes(word))
  return Promise.all((asked.length > 0 ? asked : groups).map(([, load]) => load()))
}

function forEachCommand(command: Command, apply: (command: Command) => unknown): void {
  apply(command)
  for (const inner of command.commands) forEachCommand(inner, apply)
}

/** Runs a command line; what it comes to is the exit code of the process. */
export async function runProgram(argv: string[]): Promise<void> {
  try {
    await (await createProgram(argv)).parseAsync(argv)
  } catch (error) {
    // The library has said what was wrong with the command line, or has shown the help that was asked for.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
    else {
      process.stderr.write(explainFailure(error, argv.includes('--json')))
      process.exitCode = 1
    }
  }
}
