import type { Store } from '../../adapters/store/store.ts'
import { documentFacts } from './documents.ts'
import { expiryFacts } from './expiry.ts'
import { listFacts } from './lists.ts'
import { modelFacts } from './model.ts'
import { snapshotFacts } from './snapshots.ts'
import type { Subject } from './subject.ts'
import { uniquenessFacts } from './uniqueness.ts'
import { updateFacts } from './updates.ts'
import { valueFacts } from './values.ts'
import { walkFacts } from './walks.ts'

/** What every engine must do. The suite owns the store: it closes it in the end. */
export function collectionConformance(name: string, open: (clock: () => number) => Promise<Store>): void {
  describe(`a store in ${name}`, () => {
    const subject = { now: Date.now() } as Subject

    before(async function () {
      this.timeout(60_000)
      subject.store = await open(() => subject.now)
    })
    after(() => subject.store.close())

    documentFacts(subject)
    listFacts(subject)
    walkFacts(subject)
    snapshotFacts(subject)
    uniquenessFacts(subject)
    updateFacts(subject)
    expiryFacts(subject)
    valueFacts(subject)
    modelFacts(subject)
  })
}
