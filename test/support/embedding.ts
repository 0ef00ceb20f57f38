import express from 'express'
import type Koa from 'koa'
import { Provider } from 'oidc-provider'
import type { People } from '../../adapters/people/people.ts'
import type { Store } from '../../adapters/store/store.ts'
import type { Rekey } from '../../index.ts'
import { belongingOf, createMappedClaims } from '../../provider/mapped-claims.ts'
import { type App, type AppOptions, ownConfiguration, partsOf } from '../../standalone/app.ts'
import { signingOf } from '../../standalone/signing.ts'
import { assemble } from '../../wiring/assemble.ts'
import { memoryAdapter } from './memory-adapter.ts'

/** People are the host's: what Rekey keeps of them in its own store would be looked for here, and nothing is there. */
const nobodys = {
  get: async () => undefined,
  find: async () => [],
  walk: async () => [],
  removeBy: async () => {},
  ...Object.fromEntries(
    ['insert', 'insertAll', 'update', 'remove'].map((write) => [
      write,
      async () => {
        throw new Error('people are the host’s to change')
      },
    ]),
  ),
} as unknown as Store['people']

const ownLogin = process.env['REKEY_EMBEDDED'] === 'login'

/** The host's own page, which knows nothing of Rekey but `passed`. */
function loginPage(
  { find, verify }: Pick<People, 'find' | 'verify'>,
  { passed }: Pick<Rekey, 'passed'>,
  clock: () => number,
) {
  const page = (
    action: string,
    said = '',
  ) => `<!doctype html><title>Sign in</title><main><h1>Sign in</h1>${said}
<form method="post" action="${action}"><input name="email"><input name="password" type="password"><button>Sign in</button></form></main>`
  const router = express.Router().use(express.urlencoded())
  router.get('/', (request, response) => void response.send(page(request.originalUrl)))
  router.post('/', async (request, response) => {
    const { email = '', password = '' } = request.body ?? {}
    const person = await find(email)
    if (!(await verify?.(person, password)) || person === undefined)
      return void response.status(401).send(page(request.originalUrl, '<p role="alert">That is wrong.</p>'))
    await passed({ req: request, res: response }, { person: person.id, amr: ['pwd'], at: clock() })
  })
  return router
}

/** Where the host has its provider. */
export const mountPath = '/oidc'

/**
 * A host that has everything already, with the plugin in it: Express, a page and headers of its own, node-oidc-provider
 * below a path, and an adapter in memory that knows nothing of Rekey.
 */
export async function createHost(options: AppOptions): Promise<App> {
  const { config, clock } = options
  const mapped = createMappedClaims(config.claims, (account) => belongingOf(options.store, account))
  const { plugin, services, work, lag } = await assemble({
    ...partsOf(options),
    config: ownLogin ? { ...config, firstFactor: { url: new URL('/login', config.issuer).href } } : config,
    store: { ...options.store, people: nobodys },
    signing: signingOf(config),
    mapped,
  })
  const own = ownConfiguration(options, services, mapped, services.ring.mac('pairwise'))
  const provider = new Provider(plugin.issuer, plugin.configure({ ...own, adapter: memoryAdapter(clock) }))
  provider.proxy = config.trustProxy !== false
  plugin.attach(provider)
  const host = express()
  host.disable('x-powered-by')
  host.get('/', (_request, response) => {
    response.send('<h1>The host</h1>')
  })
  host.use(mountPath, provider.callback())
  if (ownLogin) host.use('/login', loginPage(partsOf(options).people, plugin, clock))
  return {
    listener: host,
    koa: provider as unknown as Koa,
    // Tests make people in the host's table.
    services: { ...services, store: options.store } as App['services'],
    work,
    lag,
    stop: plugin.stop,
  }
}
