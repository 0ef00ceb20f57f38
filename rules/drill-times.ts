/** A test of how soon those who would be asked answer: nobody's factors are touched. */
export interface Drill {
  id: string
  by: string
  at: number
  /** Who was mailed. */
  asked: string[]
  answers: { by: string; at: number }[]
}

/** How long to wait between two drills: mails that come too often are read no more. Milliseconds. */
export const drillEvery = 86_400_000

/** How long it took until enough of them had answered, so that a request could have been approved. */
export function drillTime(
  { at, answers }: Pick<Drill, 'at' | 'answers'>,
  needed: number,
): number | undefined {
  const times = answers.map((answer) => answer.at - at).sort((a, b) => a - b)
  return times[needed - 1]
}
