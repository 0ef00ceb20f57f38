// `npm start`. Not in TypeScript, so that nothing is loaded before what was compiled at an earlier start can be read back.
import { enableCompileCache } from 'node:module'

enableCompileCache()
const { importLean, startLean } = await import('./lean-start.ts')
importLean()
startLean()
await import('./main.ts')
