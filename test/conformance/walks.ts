import { expect } from 'chai'
import { hour, ids, type Subject, times } from './subject.ts'

export function walkFacts(subject: Subject): void {
  describe('a walk', () => {
    it('comes by every document once, by its id as code points, and by no expired one', async () => {
      const { pairings } = subject.store
      const names = ['A', 'AA', 'B', 'a', 'a\u0000', 'a\u0001', 'é', '日本', '\uff5e', '😀']
      const expiresAt = subject.now + hour
      const gone = times(9, (i) => ({ id: `A${i}`, expiresAt }) as never)
      const made = names.map((id) => ({ id }) as never)
      await Promise.all([...made.toReversed(), ...gone].map((document) => pairings.insert(document)))
      subject.now += hour
      const seen: string[] = []
      let page = await pairings.walk({ limit: 3 })
      while (page.length > 0 && seen.length < 99) {
        seen.push(...ids(page))
        await pairings.remove(page.at(-1)!.id)
        page = await pairings.walk({ after: page.at(-1)!.id, limit: 3 })
      }
      expect(seen).to.deep.equal(names)
    })
  })
}
