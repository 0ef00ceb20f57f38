import { importLean } from './lean-start.ts'

// Whoever reads has seen enough: `rekey people list | head`.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1))
importLean()
const { runProgram } = await import('./program.ts')
await runProgram(process.argv)
