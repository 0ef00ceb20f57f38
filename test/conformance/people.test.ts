import { createBuiltInPeople } from '../../adapters/people/built-in/people.ts'
import { describePeople } from '../../adapters/people/conformance.ts'
import { peopleInMap } from '../../adapters/people/map.ts'
import { createPasswords } from '../../adapters/secrets/passwords.ts'
import { person } from '../rules/examples.ts'
import { describeEachEngine } from '../support/stores.ts'

describePeople({ describe, it }, async () => {
  const listed = { login: 'Ada@host.example', name: 'Ada', password: 'ada-and-a-long-password' }
  return {
    people: peopleInMap(new Map([['1', listed]])),
    known: { id: '1', ...listed },
  }
})

describeEachEngine('Those that Rekey keeps itself', (engine) => {
  describePeople({ describe, it }, async () => {
    const { store, dispose } = await engine.open()
    const known = { id: 'ada', login: 'ada@people.example', password: 'ada-and-a-long-password' }
    const passwords = createPasswords()
    const passwordHash = await passwords.hash(known.password)
    await store.people.insert(person({ id: known.id, login: known.login, mail: [known.login], passwordHash }))
    return { people: createBuiltInPeople(store, passwords), known, close: dispose }
  })
})
