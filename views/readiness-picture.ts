import { escapeHtml } from './html.ts'

/** A way back in, as the picture has it. */
export interface DrawnWay {
  way: string
  /** The first of those who would be asked, by name. */
  asked: string[]
  /** How many more. */
  others: number
  approvals: number
  /** Milliseconds. */
  hold: number
}

/** A box of the picture: what it is, and what is said below. */
export interface Box {
  title: string
  lines: string[]
  /** It depends on somebody else. */
  people: boolean
}

const width = 460
const first = 76
const lineHeight = 24
const gap = 14
const left = 44

/**
 * "If this person lost their phone now", drawn: the loss at the top, each way back below it, the quickest first. All of it
 * stands in words beside it, so it is one picture to a screen reader.
 */
export function readinessPicture(start: string[], boxes: Box[], label: string): string {
  let height = first + gap
  const ways = boxes
    .map((box) => {
      const top = height
      height += heightOf(box) + gap
      return wayOf(box, top)
    })
    .join('')
  return `<svg class="picture" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(label)}"><g class="lost-phone"><rect x="2" y="2" width="${width - 4}" height="${first - 10}" rx="10"/>${linesOf(start, 18, first / 2 - 3)}</g>${ways}</svg>`
}

const heightOf = ({ lines }: Pick<Box, 'lines'>): number => 20 + (lines.length + 1) * lineHeight

function wayOf({ title, lines, people }: Box, top: number): string {
  const boxHeight = heightOf({ lines })
  const middle = top + boxHeight / 2
  const way = `M20 ${first - 8} V ${middle} H ${left - 4}`
  const head = `M${left - 11} ${middle - 5} l7 5 l-7 5`
  return `<path class="way" d="${way}"/><path class="way" d="${head}"/><g class="${people ? 'asks' : 'alone'}"><rect x="${left}" y="${top}" width="${width - left - 2}" height="${boxHeight}" rx="10"/>${linesOf([title, ...lines], left + 16, middle)}</g>`
}

function linesOf(lines: string[], x: number, middle: number): string {
  const from = middle - ((lines.length - 1) * lineHeight) / 2 + 6
  return lines
    .map(
      (line, index) =>
        `<text x="${x}" y="${from + index * lineHeight}"${index === 0 ? ' class="title"' : ''}>${escapeHtml(line)}</text>`,
    )
    .join('')
}

/** A score of a hundred as a ring. */
export function scoreRing(score: number, label: string): string {
  const around = 2 * Math.PI * 42
  const filled = (around * score) / 100
  const tone = score >= 80 ? 'good' : score >= 50 ? 'fair' : 'poor'
  return `<svg class="ring ${tone}" viewBox="0 0 100 100" role="img" aria-label="${escapeHtml(label)}"><circle class="track" cx="50" cy="50" r="42"/><circle class="filled" cx="50" cy="50" r="42" stroke-dasharray="${filled.toFixed(1)} ${around.toFixed(1)}" transform="rotate(-90 50 50)"/><text x="50" y="58" text-anchor="middle">${score}</text></svg>`
}
