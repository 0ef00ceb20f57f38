import { expect } from 'chai'
import { hour, ids, type Subject, times } from './subject.ts'

export function snapshotFacts(subject: Subject): void {
  describe('a snapshot', () => {
    it('shows all documents of the moment at which it was made, whatever is written meanwhile, and no expired one', async () => {
      const { store } = subject
      const made = times(1_203, (index) => ({ id: `snapshot-${String(index).padStart(4, '0')}`, value: '1' }))
      await store.settings.insertAll(made)
      await store.unsubscribed.insert({ id: 'gone', stream: 'any', expiresAt: subject.now + hour })
      subject.now += hour
      const snapshot = await store.snapshot()
      await store.settings.remove('snapshot-0007')
      await store.settings.update('snapshot-1201', () => [{ id: 'snapshot-1201', value: '2' }, undefined])
      await store.settings.insert({ id: 'snapshot-9999', value: 'new' })
      const seen: { id: string; value: string }[] = []
      for await (const page of snapshot.pages('settings')) {
        await store.settings.remove('snapshot-1202')
        seen.push(...page.filter(({ id }) => id.startsWith('snapshot-')))
      }
      const others: string[] = []
      for await (const page of snapshot.pages('unsubscribed')) others.push(...ids(page))
      await snapshot.close()
      expect(seen).to.deep.equal(made)
      expect(others).to.not.include('gone')
      const later = await store.snapshot()
      const there: string[] = []
      for await (const page of later.pages('settings')) there.push(...ids(page))
      await later.close()
      expect(there).to.include('snapshot-9999').and.not.include('snapshot-0007')
      for (const { id } of [...made, { id: 'snapshot-9999' }]) await store.settings.remove(id)
    })
  })
}
