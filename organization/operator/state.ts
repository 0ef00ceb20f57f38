import { release } from '../../adapters/release.ts'
import { agentsFor } from '../../recovery/agents.ts'
import { chainState } from './audit.ts'
import type { Deeds } from './deeds.ts'
import { keysState } from './keys.ts'
import { listStaff } from './staff.ts'

/** Messages are counted so far, as counting costs. */
const mostCounted = 1_000

export type PartHealth = 'ok' | 'look' | 'bad'

/** How the installation is, at a glance. */
export interface InstallationState {
  versions: { rekey: string; node: string }
  issuer: string
  /** How long the store took to answer, in milliseconds. */
  store: number
  outbox: { waiting: number; dead: number; oldest?: number | undefined; most: number }
  signedAt?: number | undefined
  /** When the log was last held against its chains, and whether it was as it was written. */
  verified?: { at: number; good: boolean } | undefined
  /** When the newest signing key begins, or began, to sign. */
  keysFrom?: number | undefined
  ring: readonly string[]
  agents: number
  operators: number
  health: { [part in 'store' | 'outbox' | 'audit' | 'support']: PartHealth }
}

const late = 3_600_000
const slow = 500

export async function installationState(services: Deeds): Promise<InstallationState> {
  const { store, clock, config } = services
  const before = performance.now()
  await store.settings.get('schema')
  const took = Math.round(performance.now() - before)
  const [waiting, dead, chains, agents, operators] = await Promise.all([
    store.outbox.find('state', 'queued', { limit: mostCounted }),
    store.outbox.find('state', 'dead', { limit: mostCounted }),
    chainState(services),
    agentsFor(services, ''),
    listStaff(services, 'operator'),
  ])
  const oldest = waiting[0]?.createdAt
  const isLate = oldest !== undefined && clock() - oldest > late
  const { signing, ring } = keysState(services)
  const good = chains.verified === undefined || chains.verified.fault === undefined
  return {
    versions: { rekey: release, node: process.version },
    issuer: config.issuer,
    store: took,
    outbox: { waiting: waiting.length, dead: dead.length, oldest, most: mostCounted },
    signedAt: chains.signedAt,
    verified: chains.verified && { at: chains.verified.at, good },
    keysFrom: signing && Math.max(...signing.map(({ signsFrom }) => signsFrom)),
    ring,
    agents: agents.length,
    operators: operators.length,
    health: {
      store: took > slow ? 'look' : 'ok',
      outbox: isLate ? 'bad' : dead.length > 0 ? 'look' : 'ok',
      audit: good ? 'ok' : 'bad',
      support: agents.length === 0 ? 'look' : 'ok',
    },
  }
}
