import { contrast } from '../rules/contrast.ts'
import type { Brand } from '../rules/settings.ts'

/** What of our own style stands on or under the colors of a brand, on light pages. */
export const ownColors = {
  paper: '#edf1f0',
  card: '#ffffff',
  ink: '#12262b',
  muted: '#4a5c60',
  focus: '#0a5fd1',
} as const

/** WCAG 2.2: 4.5 for text (1.4.3), 3 for what shows where one is (1.4.11). */
const least = { text: 4.5, mark: 3 }

type Pair = [
  color: 'primary' | 'background',
  what: string,
  one: string,
  other: string,
  kind: keyof typeof least,
]

/**
 * Colors that people couldn't read by, each with the figure it has and the one it needs. The text on a button and dark
 * pages aren't here: both are chosen for the color, so that any is readable.
 */
export function contrastFaults({ primary, background }: Brand['colors']): { color: string; fault: string }[] {
  const { paper, card, ink, muted, focus } = ownColors
  const pairs: Pair[] = []
  if (primary !== undefined) pairs.push(['primary', 'as a link on white', primary, card, 'text'])
  if (primary !== undefined && background !== undefined)
    pairs.push(['primary', 'as a link on the background', primary, background, 'text'])
  if (primary !== undefined && background === undefined)
    pairs.push(['primary', 'as a link at the foot of a page', primary, paper, 'text'])
  if (background !== undefined)
    pairs.push(
      ['background', 'under text', background, ink, 'text'],
      ['background', 'under the words at the foot of a page', background, muted, 'text'],
      ['background', 'around what has the focus', background, focus, 'mark'],
    )
  return pairs.flatMap(([color, what, one, other, kind]) => {
    const found = contrast(one, other)
    const fault = `${what} has a contrast of ${twoDigits(found)}:1, and needs ${least[kind]}:1 (WCAG 2.2)`
    // What is no color at all is said as that.
    return found < least[kind] ? [{ color, fault }] : []
  })
}

/** Downwards: 4.499 is no 4.5. */
const twoDigits = (ratio: number): string => String(Math.floor(ratio * 100) / 100)
