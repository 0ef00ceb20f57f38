import type { Lease, RecoveryRoute } from './account.ts'
import type { Origin } from './attempt.ts'
import type { Effect } from './effect.ts'

export type CaseStatus =
  | 'requested'
  | 'awaiting_admin'
  | 'awaiting_identity'
  | 'holding'
  | 'awaiting_support'
  | 'granted'
  | 'completing'
  | 'completed'
  | 'denied'
  | 'cancelled'
  | 'disavowed'
  | 'expired'

/** A request to reset someone's factors. */
export interface RecoveryCase {
  id: string
  account: string
  /** The account again, while the case is open. */
  openFor?: string
  status: CaseStatus
  route?: RecoveryRoute
  /** The organization whose super admins and policy decide. */
  organization?: string
  /** Super admins who were asked, in the order they became it. */
  approvers: string[]
  approvals: Approval[]
  approvalsNeeded: number
  /** Keyed hash of the code the subject was mailed, and how often it was entered wrongly. */
  code: { hash: string; failures: number }
  origin: Origin
  app: string
  /** The sign-in that waits. */
  attempt: string
  openedAt: number
  expiresOn: number
  /** A security delay: from, until. */
  hold?: { from: number; until: number; reminders: number }
  statement?: string
  decision?: { by: string; at: number; outcome: 'approved' | 'denied'; reason: string }
  history: { at: number; status: CaseStatus; by?: string }[]
  completedAt?: number
  /** 'yes' while time will change the case, at wakeAt. */
  waiting?: 'yes'
  wakeAt?: number
  effects: Effect[]
  effectsDue?: 'yes'
  lease?: Lease
}

export interface Approval {
  by: string
  at: number
  reason: string
}
