import type { Command } from 'commander'
import { createRingCare, isNeeded, type KeyUse } from '../../account/ring-care.ts'
import { releaseKeys } from '../../adapters/secrets/known-keys.ts'
import type { Collection } from '../../adapters/store/port.ts'
import type { Documents } from '../../adapters/store/store.ts'
import type { Writes } from '../../effects/services.ts'
import { createSigningKeys, rotateSigningKeys } from '../../provider/signing-keys.ts'
import { ExplainedRefusal } from '../explained-refusal.ts'
import { checkKeys, checkRing } from '../ring-check.ts'
import { signingOf } from '../signing.ts'
import { type Context, onStore } from './command.ts'
import { answer, createProgress, moment } from './terminal.ts'

export function keysCommands(program: Command): void {
  const keys = program.command('keys').description('signing keys of tokens, and the ring that seals secrets')
  keys
    .command('list')
    .description('the keys that are published, and the ring')
    .action((_options, command: Command) => list(command))
  keys
    .command('rotate')
    .description('make new signing keys, which are published before they sign')
    .option('--withdraw', 'the ones before are void at once: somebody else has them')
    .action((options: { withdraw?: true }, command: Command) => rotate(command, options.withdraw === true))
  keys
    .command('reseal')
    .description('seal everything with the first key of the ring, and say what still needs the others')
    .action((_options, command: Command) => reseal(command))
  keys
    .command('forget')
    .argument('<id>', 'as the start names it')
    .description('give up a key that is lost, and with it all that only it opens')
    .action((id: string, _options, command: Command) => forget(command, id))
}

function reseal(command: Command): Promise<void> {
  return onStore(command, async ({ store, json, config, ring }) => {
    await checkKeys(store, config().keys)
    const change: Writes['change'] = (collection, id, rule) =>
      (store[collection] as Collection<Documents[typeof collection]>).update(id, rule)
    const care = createRingCare({ store, ring: ring(), clock: Date.now, change }, config().keys)
    const progress = createProgress('documents')
    const said = await care.reseal(progress.at)
    progress.end()
    await answer(json, said, [
      `sealed anew: ${said.resealed} documents`,
      ...said.keys.map((use, index) => `${use.id}  ${index === 0 ? 'seals what is new' : needsOf(use)}`),
    ])
    return true
  })
}

function needsOf(use: KeyUse): string {
  if (!isNeeded(use)) return 'nothing needs it any more: take it out of "keys"'
  const { sealed, codes, browsers, passing, until } = use
  const needs = [
    [sealed, 'documents that could not be sealed anew'],
    [codes, 'people with backup codes of its time, until they make new ones'],
    [browsers, 'browsers that have not signed in since'],
    [passing, 'things that end by themselves'],
  ] as const
  const named = needs.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
  return `needed by ${named.join(', ')}${until === undefined ? '' : `; what ends has ended by ${moment(until)}`}`
}

function forget(command: Command, id: string): Promise<void> {
  return onStore(command, async ({ store, json, config }) => {
    if (config().keys.some((key) => key.id === id))
      throw new ExplainedRefusal(`${id} is on the ring; take it out of "keys" first`)
    await releaseKeys(store, [id])
    await answer(
      json,
      { forgotten: id },
      `${id} is given up: what only it opens is lost, and nobody asks for it`,
    )
    return true
  })
}

function list(command: Command): Promise<void> {
  return onStore(command, async ({ store, json, config, ring }) => {
    await checkRing(store, ring())
    const signing = (await createSigningKeys(signingFor({ store, config, ring })))
      .jwks()
      .keys.map(({ kid, alg }) => ({ kid, alg }))
    const ringKeys = config().keys.map(({ id }, index) => ({ id, seals: index === 0 }))
    await answer(json, { signing, ring: ringKeys }, [
      ...signing.map(({ kid, alg }) => `signing  ${kid}  ${alg}`),
      ...ringKeys.map(({ id, seals }) => `ring     ${id}${seals ? '  seals what is new' : ''}`),
    ])
    return true
  })
}

function rotate(command: Command, withdraw: boolean): Promise<void> {
  return onStore(command, async ({ store, json, config, ring }) => {
    await checkRing(store, ring())
    await rotateSigningKeys(signingFor({ store, config, ring }), withdraw)
    const { publishHours } = config().signing
    const words = withdraw
      ? 'new signing keys sign from now on, and the ones before are not published any more'
      : `new signing keys are published, and sign in ${publishHours} hours`
    await answer(json, { rotated: true, withdrawn: withdraw }, words)
    return true
  })
}

const signingFor = ({ store, config, ring }: Pick<Context, 'store' | 'config' | 'ring'>) => ({
  store,
  ring: ring(),
  clock: Date.now,
  ...signingOf(config()),
})
