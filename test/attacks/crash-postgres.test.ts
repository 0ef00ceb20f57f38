import { postgres } from '../support/stores.ts'
import { crashesOn } from './crashes.ts'

if (postgres !== undefined) crashesOn(postgres)
