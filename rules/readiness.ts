import type { Protection, RecoveryRoute } from './account.ts'
import { countCodesLeft } from './backup-codes.ts'
import type { Drill } from './drill-times.ts'
import { usableFactors } from './factor.ts'
import { kindsOfFactors } from './kinds.ts'
import { isLately } from './lately.ts'

/** What would keep somebody out on the day they lose something. */
export type Weakness =
  | 'no_second_factor'
  | 'one_method'
  | 'codes_none'
  | 'codes_never_saved'
  | 'codes_low'
  /** Only the operator's support is left, after its hold, or nobody. */
  | 'nobody_near'
  | 'no_route'

/** A way back in for someone who has just lost their phone, the quickest first. */
export interface WayBack {
  way: 'passkey' | 'backup_code' | RecoveryRoute
  /** Who would be asked, by id. */
  asked: string[]
  /** How many of them have to say yes. */
  approvals: number
  /** The security delay that can't be shortened, in milliseconds. */
  hold: number
}

export interface ReadinessFacts {
  protection: Protection
  offers: RecoveryRoute[]
  approvers: string[]
  agents: number
  terms: { approvalsNeeded: number; holdAfterApproval: number; supportHold: number }
}

export interface Readiness {
  /** 0 to 100. */
  score: number
  weaknesses: Weakness[]
  ways: WayBack[]
}

const fewCodes = 3

/** What each weakness costs of a hundred points. */
const costs: { [W in Weakness]: number } = {
  no_second_factor: 60,
  one_method: 20,
  codes_none: 25,
  codes_never_saved: 20,
  codes_low: 10,
  nobody_near: 10,
  no_route: 30,
}

/** How well somebody is prepared for the loss of their phone, and what would happen then. */
export function readinessOf(facts: ReadinessFacts): Readiness {
  const weaknesses = weaknessesOf(facts)
  const lost = weaknesses.reduce((sum, weakness) => sum + costs[weakness], 0)
  return { score: Math.max(0, 100 - lost), weaknesses, ways: waysBack(facts) }
}

function weaknessesOf({ protection, offers, approvers }: ReadinessFacts): Weakness[] {
  const factors = usableFactors(protection)
  const found: Weakness[] = []
  if (factors.length === 0) found.push('no_second_factor')
  else {
    if (factors.length === 1) found.push('one_method')
    const codes = codesWeakness(protection)
    if (codes !== undefined) found.push(codes)
  }
  if (offers.length === 0) found.push('no_route')
  else if (!offers.includes('identity') && approvers.length === 0) found.push('nobody_near')
  return found
}

function codesWeakness(protection: Protection): Weakness | undefined {
  const left = countCodesLeft(protection)
  if (left === 0) return 'codes_none'
  const { confirmedAt, provenAt } = protection.backupCodes!
  if (confirmedAt === undefined && provenAt === undefined) return 'codes_never_saved'
  return left <= fewCodes ? 'codes_low' : undefined
}

function waysBack({ protection, offers, approvers, agents, terms }: ReadinessFacts): WayBack[] {
  const alone = (way: WayBack['way']): WayBack => ({ way, asked: [], approvals: 0, hold: 0 })
  const ways: WayBack[] = []
  if (usableFactors(protection).some(({ kind }) => kindsOfFactors[kind].onPhone !== true))
    ways.push(alone('passkey'))
  if (countCodesLeft(protection) > 0) ways.push(alone('backup_code'))
  for (const route of offers) {
    if (route === 'admin')
      ways.push({
        way: route,
        asked: approvers,
        approvals: terms.approvalsNeeded,
        hold: terms.holdAfterApproval,
      })
    if (route === 'identity') ways.push({ ...alone(route), hold: terms.holdAfterApproval })
    if (route === 'support' && agents > 0)
      ways.push({ ...alone(route), approvals: 1, hold: terms.supportHold })
  }
  return ways
}

/** What an organization as a whole would stumble over. */
export type OrganizationWeakness =
  | 'no_super_admin'
  /** Whom nobody else in the organization can help. */
  | 'one_super_admin'
  /** Two must approve, and for a super admin there is but one other. */
  | 'too_few_approvers'
  | 'factor_not_required'
  | 'never_drilled'
  | 'drill_unanswered'

export interface OrganizationFacts {
  /** Scores of the members that were looked at. */
  scores: number[]
  superAdmins: number
  approvalsNeeded: number
  requireSecondFactor: boolean
  drill?: Pick<Drill, 'asked' | 'answers' | 'at'> | undefined
  now: number
}

const drillLasts = 180 * 86_400_000
const organizationCosts: { [W in OrganizationWeakness]: number } = {
  no_super_admin: 30,
  one_super_admin: 20,
  too_few_approvers: 15,
  factor_not_required: 10,
  never_drilled: 5,
  drill_unanswered: 10,
}

/** The members' average, less what the organization itself lacks: it goes up with everything that is mended. */
export function organizationReadiness(facts: OrganizationFacts): {
  score: number
  weaknesses: OrganizationWeakness[]
} {
  const { scores } = facts
  const average = scores.length === 0 ? 100 : scores.reduce((sum, one) => sum + one, 0) / scores.length
  const weaknesses = organizationWeaknesses(facts)
  const lost = weaknesses.reduce((sum, weakness) => sum + organizationCosts[weakness], 0)
  return { score: Math.max(0, Math.round(average - lost)), weaknesses }
}

function organizationWeaknesses(facts: OrganizationFacts): OrganizationWeakness[] {
  const { superAdmins, approvalsNeeded, requireSecondFactor, drill, now } = facts
  const found: OrganizationWeakness[] = []
  if (superAdmins === 0) found.push('no_super_admin')
  else if (superAdmins === 1) found.push('one_super_admin')
  else if (superAdmins <= approvalsNeeded) found.push('too_few_approvers')
  if (!requireSecondFactor) found.push('factor_not_required')
  if (drill === undefined || !isLately(drill.at, drillLasts, now)) found.push('never_drilled')
  else if (drill.answers.length === 0) found.push('drill_unanswered')
  return found
}
