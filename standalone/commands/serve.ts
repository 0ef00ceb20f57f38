import type { Command } from 'commander'
import { startIsOver, startLean } from '../lean-start.ts'
import { createLifecycle, stopOnSignals } from '../lifecycle.ts'
import { readProductConfig } from '../product-config.ts'
import { commandSettings } from './command.ts'

export function serveCommand(program: Command): void {
  program
    .command('serve')
    .description('run the identity provider')
    .option('-p, --port <port>', 'where to listen (or REKEY_PORT)')
    .action(async ({ port }: { port?: string }, command: Command) => {
      if (port !== undefined) process.env.REKEY_PORT = port
      const config = readProductConfig(await commandSettings(command))
      startLean()
      const { startProduct } = await import('../serve.ts')
      const { createLog } = await import('../observe/log.ts')
      const log = createLog()
      const lifecycle = createLifecycle()
      stopOnSignals(lifecycle, (signal) => log.info({ signal }, 'stopping'))
      try {
        await startProduct(config, lifecycle, log)
        startIsOver()
      } catch (error) {
        await lifecycle.stop()
        throw error
      }
    })
}
