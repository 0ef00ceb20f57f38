import type { OwnPerson } from '../../../rules/own-person.ts'
import { passwordMark } from '../../../rules/password.ts'
import type { Passwords } from '../../secrets/passwords.ts'
import type { Store } from '../../store/store.ts'
import type { People, Person } from '../people.ts'

/** People that Rekey keeps itself, in a collection of its own store: what the program uses. */
export function createBuiltInPeople(
  { people }: Pick<Store, 'people'>,
  passwords: Pick<Passwords, 'hash' | 'verify'>,
): Required<Pick<People, 'get' | 'find' | 'verify' | 'setPassword'>> {
  return {
    ...readBuiltInPeople({ people }),
    verify: async (person, password) => {
      const found = person === undefined ? undefined : await people.get(person.id)
      return passwords.verify(found?.passwordHash, password)
    },
    setPassword: async (id, password, seen) => {
      const passwordHash = await passwords.hash(password)
      return people.update(id, (current) => {
        if (current === undefined || passwordMark(current.passwordHash) !== seen) return [current, false]
        return [{ ...current, passwordHash }, true]
      })
    },
  }
}

/** The same, to look at. */
export function readBuiltInPeople({ people }: Pick<Store, 'people'>): Pick<People, 'get' | 'find'> {
  return {
    get: async (id) => personOf(await people.get(id)),
    find: async (login) => personOf((await people.find('login', login.toLowerCase(), { limit: 1 }))[0]),
  }
}

/** Of documents that the store returns again and again, and nobody can change. */
const persons = new WeakMap<OwnPerson, Person>()

function personOf(found: OwnPerson | undefined): Person | undefined {
  if (found === undefined) return undefined
  const known = persons.get(found)
  if (known !== undefined) return known
  const person = shownPerson(found)
  if (Object.isFrozen(found)) persons.set(found, Object.freeze(person))
  return person
}

function shownPerson(found: OwnPerson): Person {
  const { id, login, name, mail, status, locale, givenName, familyName, birthDate } = found
  const [first = login, ...others] = mail
  const passwordVersion = passwordMark(found.passwordHash)
  const told = { locale, givenName, familyName, birthDate, updatedAt: found.updatedAt ?? found.createdAt }
  const proven = mail.length > 0 ? {} : { emailVerified: false as const }
  return { id, login, name, mail: [first, ...others], ...proven, status, passwordVersion, ...told }
}
