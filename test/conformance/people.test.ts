import { describePeople } from '../../adapters/people/conformance.ts'
import { peopleInMap } from '../../adapters/people/map.ts'

describePeople({ describe, it }, async () => {
  const listed = { login: 'Ada@host.example', name: 'Ada', password: 'ada-and-a-long-password' }
  return {
    people: peopleInMap(new Map([['1', listed]])),
    known: { id: '1', ...listed },
  }
})
