import { lmdb } from '../support/stores.ts'
import { crashesOn } from './crashes.ts'

crashesOn(lmdb)
