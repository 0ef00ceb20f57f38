import { expect } from 'chai'
import { findPeople, type ListQuery } from '../../organization/lists.ts'
import { freshProtection } from '../../rules/account.ts'
import { isAskedFor, type ListFilter, type Listing, listingsOf, listUnder } from '../../rules/listing.ts'
import { membershipOf } from '../../rules/membership.ts'
import { describeEachEngine, type Opened } from '../support/stores.ts'

const now = Date.UTC(2026, 5, 1)
const day = 86_400_000
const roles = ['super_admin', 'member'] as const
const statuses = ['active', 'suspended', 'deactivated', 'removed'] as const
const methods = ['none', 'one', 'no_codes'] as const

/** Somebody of each role, status and number of factors, twice. */
const everyKind = [0, 1].flatMap((round) =>
  roles.flatMap((role) =>
    statuses.flatMap((status) => [0, 1, 2].map((factors) => ({ round, role, status, factors }))),
  ),
)

function listed({ round, role, status, factors }: (typeof everyKind)[number], index: number): Listing[] {
  const id = `person-${index}`
  const person = {
    id,
    name: `${['Noor', 'Mika', 'Åsa'][index % 3]} Number${index}`,
    email: `p${index}@example.com`,
    status: status === 'suspended' ? ('active' as const) : status,
  }
  const some = ['a', 'b'].slice(0, factors)
  const protection = {
    ...freshProtection(id),
    factors: some.map((one) => ({ id: one, kind: 'totp' as const, name: '', secret: '', createdAt: 0 })),
    lastSignInAt: [undefined, now - day, now - 100 * day][index % 3],
  }
  const membership = membershipOf('acme', id, role, now - index)
  const suspended = status === 'suspended' ? { at: 0, by: 'ann', reason: '' } : undefined
  const made = listingsOf(person, protection, [{ ...membership, suspended } as typeof membership])
  return round === 0 ? made : made.map(asBefore)
}

/** What the releases before listed as well: who is a member, who is active, and single letters. */
function asBefore(one: Listing): Listing {
  const all = <T>(value: T | undefined) => [undefined, ...(value === undefined ? [] : [value])]
  const kinds = [
    undefined,
    ...(one.methods === 'several' ? [] : [one.methods]),
    ...(one.noCodes ? ['no_codes'] : []),
  ]
  const filters = all(one.role).flatMap((role) =>
    all(one.status).flatMap((status) => kinds.map((kind) => ({ role, status, methods: kind }) as ListFilter)),
  )
  const lists = filters.map((filter) => listUnder(one.organization, filter))
  expect(lists).to.include.members(one.lists)
  return { ...one, lists, grams: [...one.grams, `p\n${one.organization}`] }
}

describeEachEngine('Lists of people', (engine) => {
  const all = everyKind.flatMap(listed)
  let opened: Opened
  before(async () => {
    opened = await engine.open(() => now)
    await opened.store.listings.insertAll(all)
  })
  after(() => opened.dispose())

  async function found(query: ListQuery): Promise<{ accounts: string[]; count: number | undefined }> {
    const services = { store: opened.store, clock: () => now }
    const first = await findPeople(services, { ...query, limit: 7 })
    const accounts = first.people.map(({ account }) => account)
    for (let { next } = first; next !== undefined; ) {
      const page = await findPeople(services, { ...query, limit: 7, after: next })
      accounts.push(...page.people.map(({ account }) => account))
      next = page.next
    }
    return { accounts, count: first.count }
  }

  const wanted = (query: ListQuery, fits: (one: Listing) => boolean) =>
    all
      .filter((one) => one.organization === (query.organization ?? '') && isAskedFor(one, query) && fits(one))
      .map(({ account }) => account)

  it('find and count whoever fits a filter, by whichever release they were listed', async () => {
    for (const organization of ['acme', undefined])
      for (const role of [undefined, ...(organization === undefined ? [] : roles)])
        for (const status of [undefined, ...statuses])
          for (const one of [undefined, ...methods]) {
            const query = { organization, role, status, methods: one }
            const { accounts, count } = await found(query)
            expect(accounts, JSON.stringify(query)).to.have.members(wanted(query, () => true))
            expect(count, JSON.stringify(query)).to.equal(accounts.length)
          }
  })

  it('have them in the order that is asked for', async () => {
    const places = new Map(all.map(({ account }, index) => [account, index]))
    for (const descending of [false, true]) {
      const { accounts } = await found({ organization: 'acme', status: 'active', sort: 'joined', descending })
      const order = accounts.map((account) => places.get(account)!)
      expect(order).to.deep.equal(order.toSorted((a, b) => (descending ? a - b : b - a)))
    }
  })

  it('find who has a text, few letters included, and a filter with it', async () => {
    const texts: [typed: string, has: RegExp][] = [
      ['umber1', /number1/],
      ['m', /\bm/],
      ['p', /\bp/],
      ['mi', /\bmi/],
      ['ASA number', /asa.*number/],
      ['2@example', /2@example/],
      ['@', /@/],
      ['um', /\bum/],
      ['zz', /zz/],
    ]
    for (const [text, has] of texts)
      for (const filter of [{}, { status: 'active' }, { role: 'member', methods: 'none' }] as const) {
        const query = { organization: 'acme', text, ...filter }
        const { accounts } = await found(query)
        expect(accounts, JSON.stringify(query)).to.have.members(wanted(query, (one) => has.test(one.text)))
      }
  })

  it('find who signed in lately, long ago and never, of those who are something', async () => {
    for (const [signedIn, rest] of [
      ['never', 0],
      ['recent', 1],
      ['away', 2],
    ] as const) {
      const query = { organization: 'acme', role: 'member', status: 'active', signedIn } as const
      const fits = ({ account, signedInOn }: Listing) =>
        Number(account.split('-')[1]) % 3 === rest || (signedIn === 'away' && signedInOn === undefined)
      const { accounts } = await found(query)
      const expected = wanted(query, fits)
      expect(accounts, signedIn).to.have.members(expected)
    }
  })
})
