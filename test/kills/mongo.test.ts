import { mongo } from '../support/stores.ts'
import { deeds } from './deeds.ts'
import { killsOn } from './kills.ts'

if (mongo !== undefined) killsOn(mongo, deeds)
