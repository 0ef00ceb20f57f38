import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import Koa from 'koa'
import { StoreUnavailable } from '../../adapters/store/port.ts'
import { answerFault } from '../../api/scim/routes.ts'
import { answerProblems } from '../../api/serve.ts'
import type { ApiServices } from '../../api/services.ts'

/** What is answered where the store is away, and what the log has of it. */
async function answered(answering: (services: ApiServices) => Koa.Middleware) {
  const logged: { err: Error; path: string }[] = []
  const log = { error: (about: (typeof logged)[number]) => logged.push(about) }
  const views = { problem: () => 'The service is away.' }
  const app = new Koa()
  app.use(answering({ log, views, config: { base: 'https://id.example.com' } } as unknown as ApiServices))
  app.use(async () => {
    throw new StoreUnavailable(new Error('ENOSPC'))
  })
  const server = createServer(app.callback()).listen(0)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const { status, headers } = await fetch(`http://localhost:${port}/api/v1/cases/secret`)
  server.close()
  return {
    status,
    later: headers.get('retry-after'),
    logged: logged.map(({ err, path }) => [err.name, path]),
  }
}

/** As each request of SCIM is answered. */
const answerScim =
  (services: ApiServices): Koa.Middleware =>
  (ctx, next) =>
    next().catch((error) => answerFault(services, ctx, error))

describe('The API with a store that is away', () => {
  // Seen failing with `server` alone in `answerProblems` (api/serve.ts), and without `logged` in `asFault` (api/scim/routes.ts).
  it('says so to programs, and in the log to who can mend it', async () => {
    for (const answering of [answerProblems, answerScim])
      expect(await answered(answering)).to.deep.equal({
        status: 503,
        later: '2',
        logged: [['StoreUnavailable', '/api/v1/cases']],
      })
  })
})
