import { createHmac } from 'node:crypto'
import type { AuditEvent } from './events.ts'

export type Detail = { [name: string]: string | number | boolean }

/** A fact for the log: no secret, no code, no token. */
export interface Fact {
  event: AuditEvent
  actor?: string
  subject?: string
  case?: string
  detail?: Detail
  /** The effect that causes it; a repeat writes nothing. */
  cause?: string
}

/** One fact of the log, in its place in the chain of the process that wrote it. */
export interface AuditEntry {
  /** From its cause, so that the same cause is written once; else its place. */
  id: string
  /** Orders the log: the writer's time in microseconds, and always more than the entry before in its chain. */
  sequence: number
  at: number
  event: AuditEvent
  actor?: string
  subject?: string
  case?: string
  detail: Detail
  /** How many of the same kind in a row this stands for, where it is more than one. */
  times?: number
  /** What caused it. */
  cause?: string
  chain: string
  /** From 1, without gaps. */
  place: number
  /** The `mac` of the entry before in its chain; empty in the first. */
  previous: string
  /** HMAC-SHA-256 of everything else here: whoever owns the store can't make one. */
  mac: string
  /** The subject again, unless this is a refusal: what strangers cause doesn't hide what was done. */
  done?: string
  /** 'all', so that an index lists the log in order. */
  log: 'all'
}

/** Where a chain ends. */
export interface ChainEnd {
  chain: string
  place: number
  mac: string
}

export function entryMac(key: Buffer, said: Omit<AuditEntry, 'mac'>): string {
  return keyed(key, 'entry', said)
}

/** A keyed hash of a document, members sorted, so that no store's order of members matters. */
export function keyed(key: Buffer, use: string, document: object): string {
  return createHmac('sha256', key)
    .update(`${use}\n${sortedJson(document)}`)
    .digest('base64url')
}

export function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, member) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
}

/** What an entry says of its fact; the rest follows from its place. */
export type Said = Omit<AuditEntry, 'sequence' | 'chain' | 'place' | 'previous' | 'mac'>

/** The next entry of a chain. */
export function chained(key: Buffer, end: ChainEnd & { sequence: number }, said: Said): AuditEntry {
  const entry = {
    ...said,
    sequence: Math.max(end.sequence + 1, said.at * 1000),
    chain: end.chain,
    place: end.place + 1,
    previous: end.mac,
  }
  // As it will be read back: a member that is undefined is not stored.
  const stored = JSON.parse(JSON.stringify(entry))
  return { ...stored, mac: entryMac(key, stored) }
}

export type ChainFault = 'changed' | 'missing' | 'unchained'

/** What is wrong with an entry that comes after `end`. */
export function chainFault(key: Buffer, end: ChainEnd, entry: AuditEntry): ChainFault | undefined {
  const { mac, ...said } = entry
  if (entryMac(key, said) !== mac) return 'changed'
  if (entry.place !== end.place + 1) return 'missing'
  return entry.previous === end.mac ? undefined : 'unchained'
}
