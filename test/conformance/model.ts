import { expect } from 'chai'
import fc from 'fast-check'
import type { Membership } from '../../rules/membership.ts'
import { conflictOf, ids, type Subject, unique } from './subject.ts'

const name = fc.constantFrom('a', 'b', 'c', 'd', 'é')
const since = fc.constantFrom(-1, 0, 1, 1.5)
const step = fc.oneof(
  fc.record({ do: fc.constant('insert' as const), id: name, organization: name, since }),
  fc.record({ do: fc.constant('update' as const), id: name, organization: name, since }),
  fc.record({ do: fc.constant('remove' as const), id: name }),
  fc.record({ do: fc.constant('removeBy' as const), organization: name }),
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** The same steps on a Map. */
function expected(steps: Step[]): Map<string, { organization: string; since: number }> {
  const all = new Map<string, { organization: string; since: number }>()
  for (const one of steps) {
    if (one.do === 'insert' && !all.has(one.id)) all.set(one.id, one)
    if (one.do === 'update') all.set(one.id, one)
    if (one.do === 'remove') all.delete(one.id)
    if (one.do === 'removeBy') {
      for (const [id, { organization }] of all) if (organization === one.organization) all.delete(id)
    }
  }
  return all
}

export function modelFacts(subject: Subject): void {
  describe('any steps', () => {
    async function run(steps: Step[], suffix: string) {
      const { memberships } = subject.store
      const full = (one: { id: string; organization: string; since: number }): Membership => ({
        id: one.id + suffix,
        organization: one.organization + suffix,
        since: one.since,
        account: 'someone',
        role: 'member',
      })
      for (const one of steps) {
        if (one.do === 'insert') await conflictOf(memberships.insert(full(one)))
        if (one.do === 'update') await memberships.update(one.id + suffix, () => [full(one), undefined])
        if (one.do === 'remove') await memberships.remove(one.id + suffix)
        if (one.do === 'removeBy') await memberships.removeBy('organization', one.organization + suffix)
      }
    }

    it('leave what they would leave in a plain map, in order', async function () {
      this.timeout(60_000)
      const check = async (steps: Step[]) => {
        const suffix = unique('')
        await run(steps, suffix)
        const left = expected(steps)
        for (const organization of ['a', 'b', 'c', 'd', 'é']) {
          const found = await subject.store.memberships.find('organization', organization + suffix)
          const members = [...left].filter(([, one]) => one.organization === organization)
          members.sort(([a, { since: x }], [b, { since: y }]) => x - y || (a < b ? -1 : 1))
          expect(ids(found)).to.deep.equal(members.map(([id]) => id + suffix))
        }
      }
      await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 25 }), check), { numRuns: 40 })
    })
  })
}
