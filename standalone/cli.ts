import { runProgram } from './program.ts'

// Whoever reads has seen enough: `rekey people list | head`.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1))
await runProgram(process.argv)
