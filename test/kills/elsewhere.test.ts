import { lmdb } from '../support/stores.ts'
import { elsewhereDeeds, everythingOutside } from './elsewhere.ts'
import { killsOn } from './kills.ts'

killsOn(lmdb, elsewhereDeeds, everythingOutside)
