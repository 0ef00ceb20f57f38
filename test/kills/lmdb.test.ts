import { lmdb } from '../support/stores.ts'
import { killsOn } from './kills.ts'

killsOn(lmdb)
