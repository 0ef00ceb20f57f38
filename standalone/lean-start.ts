import { registerHooks } from 'node:module'
import { extname } from 'node:path'
import { setFlagsFromString } from 'node:v8'

/** Everything of ours is below it: the sources of a checkout, or what the package compiled of them. */
const own = new URL('..', import.meta.url).href
const ending = extname(import.meta.url)
const format = ending === '.ts' ? 'module-typescript' : 'module'

/**
 * What is imported from now on costs less. An import of ours names a file in full, so nothing needs to be looked for: Node
 * would ask the file system for each of six hundred. And node:http, as whoever imports it reads all it exports, would load
 * Node's fetch for the sake of a WebSocket that nobody takes from there (docs/decisions/start.md).
 */
export function importLean(): void {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier.startsWith('.') && specifier.endsWith(ending) && context.parentURL?.startsWith(own)
        ? { url: new URL(specifier, context.parentURL).href, format, shortCircuit: true }
        : next(specifier, context),
  })
  const http = process.getBuiltinModule('node:http')
  for (const name of ['WebSocket', 'CloseEvent', 'MessageEvent'])
    Object.defineProperty(http, name, { enumerable: false })
}

/**
 * A start makes so many objects at once that V8 gives new ones the room of a busy process, which an idle one then keeps:
 * 30 MB. From now on that room doesn't grow, until the start is over (docs/decisions/start.md).
 */
export const startLean = (): void => setFlagsFromString('--semi-space-growth-factor=1')

export const startIsOver = (): void => setFlagsFromString('--semi-space-growth-factor=2')
