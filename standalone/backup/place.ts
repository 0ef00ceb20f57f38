import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ExplainedRefusal } from '../explained-refusal.ts'
import type { StorePlace } from '../open-store.ts'

/** `lmdb:folder`, a mongodb:// or a postgres:// URI. */
export function namedPlace(named: string): StorePlace {
  if (named.startsWith('lmdb:') && named.length > 5) return { store: 'lmdb', data: resolve(named.slice(5)) }
  if (/^(mongodb(\+srv)?|postgres(ql)?):\/\/./.test(named)) return { store: named, data: '' }
  throw new ExplainedRefusal(`${named} is no store: write lmdb:<folder>, a mongodb:// or a postgres:// URI`)
}

export const hasFolder = ({ store, data }: StorePlace): boolean =>
  store !== 'lmdb' || existsSync(join(data, 'data.mdb'))
