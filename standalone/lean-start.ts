import { setFlagsFromString } from 'node:v8'

/**
 * A start makes so many objects at once that V8 gives new ones the room of a busy process, which an idle one then keeps:
 * 30 MB. From now on that room doesn't grow, until the start is over (docs/decisions/start.md).
 */
export const startLean = (): void => setFlagsFromString('--semi-space-growth-factor=1')

export const startIsOver = (): void => setFlagsFromString('--semi-space-growth-factor=2')
