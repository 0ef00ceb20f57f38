import { lmdb } from '../support/stores.ts'
import { deeds } from './deeds.ts'
import { killsOn } from './kills.ts'

killsOn(lmdb, deeds)
