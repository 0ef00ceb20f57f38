import { mongo } from '../support/stores.ts'
import { crashesOn } from './crashes.ts'

if (mongo !== undefined) crashesOn(mongo)
