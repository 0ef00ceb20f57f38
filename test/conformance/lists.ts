import { expect } from 'chai'
import type { Listing } from '../../rules/listing.ts'
import type { Membership } from '../../rules/membership.ts'
import { account, artifact, ids, type Subject, times, unique } from './subject.ts'

function member(organization: string, id: string, since: number): Membership {
  return { id: `${organization}:${id}`, organization, account: unique('account'), role: 'member', since }
}

async function inserted(subject: Subject, ...since: [id: string, since: number][]) {
  const organization = unique('organization')
  const members = since.map(([id, at]) => member(organization, id, at))
  await Promise.all(members.map((one) => subject.store.memberships.insert(one)))
  const short = (documents: Membership[]) => ids(documents).map((id) => id.slice(organization.length + 1))
  return { organization, short }
}

/** Somebody of a list, under some values and with a place in its order. */
function listing(fields: Partial<Listing>): Listing {
  return { id: unique('listing'), account: unique('account'), lists: [], grams: [], ...fields } as Listing
}

export function listFacts(subject: Subject): void {
  describe('lists under several values', () => {
    it('have a document under each of them once, in the order of a number, page by page and backwards', async () => {
      const { listings } = subject.store
      const [one, other] = [unique('one'), unique('other')]
      const both = listing({ lists: [one, other, one], rank: 2 })
      const first = listing({ lists: [one], rank: 1 })
      const lacking = listing({ lists: [one, 7 as never], rank: undefined as never })
      await listings.insertAll([both, first])
      await listings.insert(lacking)
      const all = [lacking, first, both]
      expect(ids(await listings.find('byName', one))).to.deep.equal(ids(all))
      expect(ids(await listings.find('byName', one, { backwards: true }))).to.deep.equal(
        ids(all.toReversed()),
      )
      expect(ids(await listings.find('byName', one, { after: lacking, limit: 1 }))).to.deep.equal([first.id])
      expect(ids(await listings.find('byName', other))).to.deep.equal([both.id])
      expect(await listings.find('byName', `${one},${other}`)).to.deep.equal([])
    })

    it('follow what a document is listed under, and where', async () => {
      const { listings } = subject.store
      const [one, other] = [unique('one'), unique('other')]
      const [a, b] = [listing({ lists: [one], rank: 1 }), listing({ lists: [one], rank: 2 })]
      await listings.insertAll([a, b])
      await listings.update(a.id, (current) => [{ ...current!, rank: 3 }, undefined])
      expect(ids(await listings.find('byName', one))).to.deep.equal([b.id, a.id])
      await listings.update(a.id, (current) => [{ ...current!, lists: [other] }, undefined])
      expect(ids(await listings.find('byName', one))).to.deep.equal([b.id])
      expect(ids(await listings.find('byName', other))).to.deep.equal([a.id])
      await listings.remove(a.id)
      await listings.removeBy('byName', one)
      expect(await listings.count('byName', other, 9)).to.equal(0)
      expect(await listings.get(b.id)).to.equal(undefined)
    })

    it('refuse a value that no index holds', async () => {
      const { listings } = subject.store
      const outcome = await listings.insert(listing({ lists: ['x'.repeat(1024)] })).catch((error) => error)
      expect(outcome).to.be.instanceOf(RangeError)
    })

    it('are counted, as far as is asked', async () => {
      const { listings, memberships } = subject.store
      const value = unique('value')
      await listings.insertAll(times(5, (rank) => listing({ lists: [value], rank })))
      expect(await listings.count('byName', value, 100)).to.equal(5)
      expect(await listings.count('byName', value, 3)).to.equal(3)
      expect(await listings.count('byName', value, 0)).to.equal(0)
      expect(await listings.count('byName', unique('nobody'), 9)).to.equal(0)
      const { organization } = await inserted(subject, ['a', 1], ['b', 2])
      expect(await memberships.count('organization', organization, 9)).to.equal(2)
    })
  })

  describe('lists', () => {
    it('are empty for a value nobody has', async () => {
      const { artifacts } = subject.store
      expect(await artifacts.find('account', unique('nobody'))).to.deep.equal([])
      expect(await artifacts.find('account', '')).to.deep.equal([])
      expect(await artifacts.find('account', 'x'.repeat(5000))).to.deep.equal([])
    })

    it('hold whole documents', async () => {
      const { artifacts } = subject.store
      const token = artifact({ account: unique('account'), userCode: unique('code'), consumed: 5 })
      await artifacts.insert(token)
      expect(await artifacts.find('account', token.account!)).to.deep.equal([token])
    })

    it('leave out documents without the field, and those whose value only begins alike', async () => {
      const { artifacts } = subject.store
      const value = unique('account')
      const token = artifact({ account: value })
      const longer = [artifact({ account: `${value}x` }), artifact({ account: `${value}\u0000` }), artifact()]
      await Promise.all([token, ...longer].map((one) => artifacts.insert(one)))
      expect(ids(await artifacts.find('account', value))).to.deep.equal([token.id])
    })

    it('leave out documents whose value and id only read alike when put together', async () => {
      const { artifacts } = subject.store
      const [value, a, b] = [unique('account'), unique('a'), unique('b')]
      await artifacts.insert(artifact({ id: b, account: `${value}12345678${a}` }))
      await artifacts.insert(artifact({ id: `${a}${'\u0000'.repeat(8)}${b}` }))
      expect(await artifacts.find('account', value)).to.deep.equal([])
    })

    it('follow the order field as numbers, then the id', async () => {
      const { organization, short } = await inserted(
        subject,
        ['f', 1e15],
        ['e', 1000],
        ['d', 9],
        ['c', 9],
        ['b', 0.5],
        ['a2', -0],
        ['a1', 0],
        ['0', -1],
        ['z', -2.5],
        ['y', -1e15],
      )
      const found = await subject.store.memberships.find('organization', organization)
      expect(short(found)).to.deep.equal(['y', 'z', '0', 'a1', 'a2', 'b', 'c', 'd', 'e', 'f'])
    })

    it('start with documents that lack the order field', async () => {
      const { organization, short } = await inserted(subject, ['a', 1], ['c', -1])
      const { memberships } = subject.store
      await memberships.insert(member(organization, 'b', undefined as never))
      expect(short(await memberships.find('organization', organization))).to.deep.equal(['b', 'c', 'a'])
    })

    it('follow the id as code points where there is no order field', async () => {
      const { artifacts } = subject.store
      const value = unique('account')
      const order = ['A', 'AA', 'B', 'a', 'é', '日本', '\uff5e', '😀']
      const made = order.map((name) => artifact({ id: `${name}:${value}`, account: value }))
      await Promise.all([...made].reverse().map((one) => artifacts.insert(one)))
      expect(ids(await artifacts.find('account', value))).to.deep.equal(
        ['A', 'AA', 'B', 'a', 'é', '日本', '\uff5e', '😀'].map((name) => `${name}:${value}`),
      )
    })

    it('stop at the limit', async () => {
      const { organization, short } = await inserted(subject, ['a', 3], ['b', 1], ['c', 2])
      const { memberships } = subject.store
      const first = (limit: number) => memberships.find('organization', organization, { limit })
      expect(short(await first(2))).to.deep.equal(['b', 'c'])
      expect(short(await first(3))).to.deep.equal(['b', 'c', 'a'])
      expect(short(await first(9))).to.deep.equal(['b', 'c', 'a'])
      expect(await first(0)).to.deep.equal([])
    })

    it('go on after the last document of a page, across equal order values', async () => {
      const { organization, short } = await inserted(
        subject,
        ...times(7, (i): [string, number] => [`m${i}`, i < 5 ? 7 : 8]),
      )
      const { memberships } = subject.store
      const pages: string[][] = []
      let page = await memberships.find('organization', organization, { limit: 2 })
      while (page.length > 0 && pages.length < 9) {
        pages.push(short(page))
        page = await memberships.find('organization', organization, { limit: 2, after: page.at(-1) })
      }
      expect(pages).to.deep.equal([['m0', 'm1'], ['m2', 'm3'], ['m4', 'm5'], ['m6']])
    })

    it('go on after a document that lacks the order field', async () => {
      const { organization, short } = await inserted(subject, ['0', -3])
      const { memberships } = subject.store
      const lacking = ['a', 'b', 'c'].map((id) => member(organization, id, undefined as never))
      await Promise.all(lacking.map((one) => memberships.insert(one)))
      const rest = await memberships.find('organization', organization, { after: lacking[1] })
      expect(short(rest)).to.deep.equal(['c', '0'])
    })

    it('go on after a document where there is no order field', async () => {
      const { artifacts } = subject.store
      const value = unique('account')
      const tokens = ['a', 'b', 'c'].map((name) => artifact({ id: `${name}:${value}`, account: value }))
      await Promise.all(tokens.map((token) => artifacts.insert(token)))
      const rest = await artifacts.find('account', value, { after: tokens[0] })
      expect(ids(rest)).to.deep.equal(ids(tokens.slice(1)))
    })

    it('go on after a document that was removed since', async () => {
      const { organization, short } = await inserted(subject, ['a', 1], ['b', 2], ['c', 3])
      const { memberships } = subject.store
      const page = await memberships.find('organization', organization, { limit: 2 })
      await memberships.remove(page[1]!.id)
      const rest = await memberships.find('organization', organization, { after: page[1]! })
      expect(short(rest)).to.deep.equal(['c'])
    })

    it('go backwards, page by page, to documents that lack the order field', async () => {
      const { organization, short } = await inserted(subject, ['a', -1], ['b', 7], ['c', 7], ['d', 8])
      const { memberships } = subject.store
      const lacking = ['x', 'y', 'z'].map((id) => member(organization, id, undefined as never))
      await Promise.all(lacking.map((one) => memberships.insert(one)))
      await memberships.insert(member(`${organization}0`, 'e', 9))
      const back = (page: object) =>
        memberships.find('organization', organization, { backwards: true, ...page })
      expect(short(await back({}))).to.deep.equal(['d', 'c', 'b', 'a', 'z', 'y', 'x'])
      const pages: string[][] = []
      for (let page = await back({ limit: 2 }); page.length > 0 && pages.length < 9; ) {
        pages.push(short(page))
        page = await back({ limit: 2, after: page.at(-1) })
      }
      expect(pages).to.deep.equal([['d', 'c'], ['b', 'a'], ['z', 'y'], ['x']])
    })

    it('go backwards by the id where there is no order field', async () => {
      const { artifacts } = subject.store
      const value = unique('account')
      const tokens = ['a', 'b', 'c'].map((name) => artifact({ id: `${name}:${value}`, account: value }))
      await Promise.all(tokens.map((token) => artifacts.insert(token)))
      const back = (after?: (typeof tokens)[0]) =>
        artifacts.find('account', value, { backwards: true, after })
      expect(ids(await back())).to.deep.equal(ids(tokens.toReversed()))
      expect(ids(await back(tokens[1]))).to.deep.equal([tokens[0]!.id])
    })

    it('follow a document that changes its value or its place', async () => {
      const { organization, short } = await inserted(subject, ['a', 1], ['b', 2], ['c', 3])
      const { memberships } = subject.store
      const elsewhere = unique('organization')
      await memberships.update(`${organization}:a`, (one) => [{ ...one!, since: 9 }, undefined])
      await memberships.update(`${organization}:b`, (one) => [
        { ...one!, organization: elsewhere },
        undefined,
      ])
      expect(short(await memberships.find('organization', organization))).to.deep.equal(['c', 'a'])
      expect(ids(await memberships.find('organization', elsewhere))).to.deep.equal([`${organization}:b`])
    })

    it('gain and lose a document whose field comes and goes', async () => {
      const { accounts } = subject.store
      const ada = account()
      await accounts.insert(ada)
      const due = async () => ids(await accounts.find('effectsDue', 'yes')).includes(ada.id)
      expect(await due()).to.equal(false)
      await accounts.update(ada.id, (one) => [{ ...one!, effectsDue: 'yes' }, undefined])
      expect(await due()).to.equal(true)
      await accounts.update(ada.id, (one) => [{ ...one!, effectsDue: undefined }, undefined])
      expect(await due()).to.equal(false)
    })
  })
}
