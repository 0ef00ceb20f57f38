import type { Command } from 'commander'
import { createSigningKeys, rotateSigningKeys } from '../../provider/signing-keys.ts'
import { checkRing } from '../ring-check.ts'
import { signingOf } from '../signing.ts'
import { type Context, onStore } from './command.ts'
import { answer } from './terminal.ts'

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
