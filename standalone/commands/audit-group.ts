import type { Command } from 'commander'
import type { Store } from '../../adapters/store/store.ts'
import {
  type AuditCommand,
  auditCheckpoint,
  auditExport,
  auditKey,
  auditList,
  auditTail,
  auditVerify,
} from './audit.ts'
import { onStore } from './command.ts'
import { answer, tell } from './terminal.ts'

type Verb = (store: Store, command: AuditCommand, ...words: string[]) => Promise<boolean>

export function auditCommands(program: Command): void {
  const audit = program.command('audit').description('the log of what happened')
  const add = (name: string, words: string, verb: Verb) =>
    audit
      .command(name)
      .description(words)
      .action((...given: unknown[]) => {
        const command = given.at(-1) as Command
        return carryOut(command, verb, command.args)
      })
  add('list', 'the log, a line each', auditList).argument('[person]', 'only what is about this id')
  add('export', 'the same as it is stored, one JSON object a line', auditExport).argument(
    '[person]',
    'only what is about this id',
  )
  add('tail', 'entries as they are written, until it is stopped', (store, given) => auditTail(store, given))
  add('verify', 'check that nothing was changed, taken out or put in', auditVerify).argument(
    '[files...]',
    'signed checkpoints that were kept elsewhere',
  )
  add('checkpoint', 'sign how far the log has come, and print that', auditCheckpoint)
  add('key', 'print what checkpoints are checked with', auditKey)
}

/** Verbs print as they go; where JSON is asked for, the words are its lines. Entries are JSON already. */
function carryOut(command: Command, verb: Verb, words: string[]): Promise<void> {
  return onStore(command, async ({ store, json, config, ring }) => {
    const whole =
      json && (command.name() === 'verify' || command.name() === 'key' || command.name() === 'checkpoint')
    const lines: string[] = []
    const print = (line: string) => {
      if (whole) lines.push(line)
      else void tell(line)
    }
    const used = json && command.name() === 'list' ? auditExport : verb
    const ok = await used(store, { ring: ring(), issuer: config().issuer, print }, ...words)
    if (whole) await answer(true, { ok, lines }, [])
    return ok
  })
}
