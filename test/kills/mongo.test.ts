import { mongo } from '../support/stores.ts'
import { killsOn } from './kills.ts'

if (mongo !== undefined) killsOn(mongo)
