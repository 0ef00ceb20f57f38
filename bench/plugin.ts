import type { RequestListener } from 'node:http'
import { Provider } from 'oidc-provider'
import { pino } from 'pino'
import type { People, Person } from '../adapters/people/people.ts'
import { openLmdbStore } from '../adapters/store/lmdb/store.ts'
import { partsOf } from '../standalone/app.ts'
import { readConfig } from '../standalone/config.ts'
import { assemble } from '../wiring/assemble.ts'
import { bareConfiguration } from './bare.ts'
import { plainPasswords } from './rekey.ts'
import { password } from './scene.ts'

/** A host's table, which costs it the same with the plugin and without. */
const ownPeople: People = {
  get: async (id) => person(id),
  find: async (login) => person(login.split('@')[0]!),
  verify: async (_person, typed) => typed === password,
}

const person = (id: string): Person => ({
  id,
  login: `${id}@people.example`,
  name: id,
  mail: [`${id}@people.example`],
  status: 'active',
  passwordVersion: '1',
})

/** The bare provider with the plugin in it: its own adapter in memory, and Rekey's store beside it. */
export async function bareWithPlugin(issuer: string, data: string): Promise<RequestListener> {
  const store = openLmdbStore({ path: data, clock: Date.now })
  const keys = [{ id: 'bench', key: process.env.BENCH_KEY! }]
  const parts = partsOf({
    config: readConfig({ issuer, keys, signInsPerMinute: 1_000_000 }),
    store,
    delivery: { send: async () => {}, close: async () => {} },
    clock: Date.now,
    log: pino({ level: 'warn' }),
    passwords: plainPasswords,
  })
  const { plugin } = await assemble({ ...parts, people: ownPeople })
  const { interactions: _, ...own } = bareConfiguration()
  const provider = new Provider(plugin.issuer, plugin.configure(own))
  plugin.attach(provider)
  return provider.callback()
}
