import { strict as assert } from 'node:assert'
import type { People, Person } from './people.ts'

/** A host's people with somebody in them, for one run of the suite. */
export interface OpenedPeople {
  people: People
  /** Somebody active, as `get` should tell, and the password they have now. */
  known: { id: string; login: string; password?: string }
  close?(): Promise<void>
}

/** `describe` and `it` of mocha, of node:test, or of whatever has them. */
export interface Runner {
  describe(title: string, tell: () => void): unknown
  it(title: string, run: () => Promise<void>): unknown
}

type Case = [title: string, run: (opened: OpenedPeople) => Promise<void>]

/**
 * What Rekey relies on in `people`. Each case opens them anew:
 * `describePeople({ describe, it }, async () => ({ people: mine(database), known: { id: '1', login: 'a@b.example' } }))`
 */
export function describePeople({ describe, it }: Runner, open: () => Promise<OpenedPeople>): void {
  describe('people', () => {
    for (const [title, run] of [...reading, ...passwords, ...organizations])
      it(title, async () => {
        const opened = await open()
        try {
          await run(opened)
        } finally {
          await opened.close?.()
        }
      })
  })
}

const nobody = 'somebody-that-nobody-knows'

async function knownPerson({ people, known }: OpenedPeople): Promise<Person> {
  const person = await people.get(known.id)
  assert.ok(person, 'the known person is there')
  return person
}

const reading: Case[] = [
  [
    'are found by id and by login alike',
    async (opened) => {
      const person = await knownPerson(opened)
      assert.equal(person.id, opened.known.id)
      assert.deepEqual(await opened.people.find(opened.known.login), person)
    },
  ],
  [
    'are found whatever the case of the login',
    async (opened) => {
      const person = await knownPerson(opened)
      for (const login of [person.login.toLowerCase(), person.login.toUpperCase()])
        assert.equal((await opened.people.find(login))?.id, person.id)
    },
  ],
  [
    'have what a person needs: a name, a status, an address and a mark of the password',
    async (opened) => {
      const { name, status, mail, passwordVersion } = await knownPerson(opened)
      assert.equal(typeof name, 'string')
      assert.equal(status, 'active')
      assert.match(mail[0], /@/)
      assert.ok(typeof passwordVersion === 'string' && passwordVersion !== '')
    },
  ],
  [
    'are undefined, and no fault, where there is nobody',
    async ({ people }) => {
      assert.equal(await people.get(nobody), undefined)
      assert.equal(await people.find(`${nobody}@example.com`), undefined)
    },
  ],
]

const passwords: Case[] = [
  [
    'verify the password they have, and no other',
    async (opened) => {
      const { people, known } = opened
      if (people.verify === undefined || known.password === undefined) return
      const person = await knownPerson(opened)
      assert.equal(await people.verify(person, known.password), true)
      assert.equal(await people.verify(person, `${known.password}x`), false)
      assert.equal(await people.verify(person, ''), false)
    },
  ],
  [
    'verify nothing of nobody, without a fault',
    async ({ people, known }) => {
      if (people.verify !== undefined)
        assert.equal(await people.verify(undefined, known.password ?? 'anything'), false)
    },
  ],
  [
    'take a new password once: of two changes that have seen the same one, the first counts',
    async (opened) => {
      const { people, known } = opened
      if (people.setPassword === undefined) return
      const seen = (await knownPerson(opened)).passwordVersion
      const changes = ['the first new password', 'another new password'].map((password) =>
        people.setPassword!(known.id, password, seen),
      )
      assert.deepEqual((await Promise.all(changes)).toSorted(), [false, true])
      const after = await knownPerson(opened)
      assert.notEqual(after.passwordVersion, seen)
      if (known.password !== undefined && people.verify !== undefined)
        assert.equal(await people.verify(after, known.password), false)
    },
  ],
]

const organizations: Case[] = [
  [
    'belong to organizations that list them back as super admins',
    async ({ people, known }) => {
      if (people.organizations === undefined) return
      for (const { organization, role, since } of await people.organizations.of(known.id)) {
        assert.ok(since > 1e11, '`since` is in milliseconds')
        const listed: string[] = []
        for await (const id of people.organizations.superAdmins(organization.id)) listed.push(id)
        assert.equal(listed.includes(known.id), role === 'super_admin')
      }
    },
  ],
  [
    'belong nowhere where there is nobody',
    async ({ people }) => {
      if (people.organizations !== undefined) assert.deepEqual(await people.organizations.of(nobody), [])
    },
  ],
]
