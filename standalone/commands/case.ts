import type { Command } from 'commander'
import type { Store } from '../../adapters/store/store.ts'
import { withCaseEffects } from '../../rules/case-effects.ts'
import { advance, type CaseRefusal } from '../../rules/case-events.ts'
import type { CaseEvent, RecoveryCase } from '../../rules/recovery-case.ts'
import { ExplainedRefusal } from '../explained-refusal.ts'
import { operator } from '../operator.ts'
import { accountsOf } from './accounts.ts'
import { onStore } from './command.ts'
import { everyDocument } from './every.ts'
import { answer, answerList, described, moment } from './terminal.ts'

export function caseCommands(program: Command): void {
  const cases = program.command('case').description('requests to reset sign-in methods')
  cases
    .command('list')
    .description('those that are open')
    .option('--all', 'those that have ended as well')
    .action((options: { all?: true }, command: Command) => list(command, options.all === true))
  cases
    .command('show')
    .argument('<id>')
    .description('what is known of one')
    .action((id: string, _options, command: Command) => show(command, id))
  for (const [verb, words] of [
    ['approve', 'grant a request that waits for support: nobody else decides it'],
    ['deny', 'refuse a request that waits for support'],
    ['cancel', 'end a request, whoever decides it'],
  ] as const)
    cases
      .command(verb)
      .argument('<id>')
      .requiredOption('--reason <words>', 'why: for the log')
      .option('--code <code>', 'with --url: what the person has told you, to approve')
      .description(words)
      .action((id: string, { reason }: { reason: string }, command: Command) =>
        decide(command, verb, id, reason),
      )
}

function list(command: Command, all: boolean): Promise<void> {
  return onStore(command, async ({ store, json }) => {
    await answerList(json, listed(store, all), (one) => [one.openedAt, one.id, one.status, one.email])
    return true
  })
}

async function* listed(store: Store, all: boolean) {
  for await (const one of everyDocument(store.cases)) {
    if (!all && one.openFor === undefined) continue
    const email = (await accountsOf(store).get(one.account))?.email ?? ''
    const { id, account, status, route, organization } = one
    yield { id, account, email, status, route, organization, openedAt: moment(one.openedAt) }
  }
}

async function caseOf({ cases }: Store, id: string): Promise<RecoveryCase> {
  const found = await cases.get(id)
  if (found === undefined) throw new ExplainedRefusal(`there is no case ${id}`)
  return found
}

function show(command: Command, id: string): Promise<void> {
  return onStore(command, async ({ store, json }) => {
    const one = await caseOf(store, id)
    const { account, status, route, offers, organization, app, statement, hold, verification, decision } = one
    const shown = {
      id,
      account,
      email: (await accountsOf(store).get(account))?.email,
      status,
      route,
      offers,
      organization,
      app,
      openedAt: moment(one.openedAt),
      expiresAt: moment(one.expiresOn),
      holdUntil: hold && moment(hold.until),
      network: one.origin.address,
      statement,
      verification: verification?.reference,
      decision,
      history: one.history.map(({ at, status: then }) => `${moment(at)} ${then}`),
    }
    await answer(json, shown, described(shown))
    return true
  })
}

const refusals: { [reason in CaseRefusal]: string } = {
  not_possible: 'the case is not at a point where this can be done',
  own_case: 'nobody decides their own case',
  not_asked: 'super admins were asked; only they decide it',
  wrong_code: 'only the super admin to whom the person says the code decides it',
  already_approved: 'it was approved already',
}

/** The operator decides what support would: cases that super admins were asked about stay theirs. */
function decide(
  command: Command,
  verb: 'approve' | 'deny' | 'cancel',
  id: string,
  reason: string,
): Promise<void> {
  return onStore(command, async ({ store, json }) => {
    await caseOf(store, id)
    const at = Date.now()
    const event: CaseEvent =
      verb === 'cancel' ? { type: 'cancel', by: operator } : { type: verb, by: operator, reason }
    const refused = await store.cases.update(
      id,
      (current): [RecoveryCase | undefined, CaseRefusal | undefined] => {
        if (current === undefined) return [current, 'not_possible']
        if (verb !== 'cancel' && current.status !== 'awaiting_support') return [current, waitsFor(current)]
        const next = advance(current, event, at)
        return next.ok ? [withCaseEffects(current, next.case), undefined] : [current, next.reason]
      },
    )
    if (refused !== undefined) throw new ExplainedRefusal(refusals[refused])
    await answer(
      json,
      { id, done: verb },
      'done; a running server carries it out within seconds, or the next one at its start',
    )
    return true
  })
}

const waitsFor = ({ status }: RecoveryCase): CaseRefusal =>
  status === 'awaiting_admin' ? 'not_asked' : 'not_possible'
