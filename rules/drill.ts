import { type Drill, drillEvery } from './drill-times.ts'
import { type Effect, withEffects } from './effect.ts'
import { isLately } from './lately.ts'
import type { Organization } from './organization.ts'
import { mailed, told } from './told.ts'

export type DrillBegun = { ok: true; drill: Drill } | { ok: false; reason: 'too_soon' | 'nobody' }

/** Mails a test to everybody who would be asked for an approval. */
export function beginDrill(
  current: Organization,
  about: { id: string; by: string; byName: string; asked: string[]; at: number },
): [Organization, DrillBegun] {
  const { id, by, asked, at } = about
  if (current.drill !== undefined && isLately(current.drill.at, drillEvery, at))
    return [current, { ok: false, reason: 'too_soon' }]
  if (asked.length === 0) return [current, { ok: false, reason: 'nobody' }]
  const drill: Drill = { id, by, at, asked, answers: [] }
  const data = { at, by: about.byName, organization: current.name, organizationId: current.id }
  const effects: Effect[] = [
    ...told({ actor: by }, { id, event: 'drill.begun', detail: detailOf(current, asked.length) }),
    ...asked.map((to) => mailed('drill', to, { id: `${id}:notice:${to}`, data })),
  ]
  return [withEffects({ ...current, drill }, effects), { ok: true, drill }]
}

/** Somebody who was asked has found the page: counts once. */
export function answerDrill(current: Organization, by: string, at: number): [Organization, boolean] {
  const { drill } = current
  if (drill === undefined || !drill.asked.includes(by) || drill.answers.some((answer) => answer.by === by))
    return [current, false]
  const answered = { ...drill, answers: [...drill.answers, { by, at }] }
  const seconds = Math.round((at - drill.at) / 1000)
  const detail = { ...detailOf(current, drill.asked.length), seconds }
  const effects = told({ actor: by }, { id: `${drill.id}:answer:${by}`, event: 'drill.answered', detail })
  return [withEffects({ ...current, drill: answered }, effects), true]
}

const detailOf = ({ id }: Organization, asked: number) => ({ organization: id, asked })
