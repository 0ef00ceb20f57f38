import express from 'express'
import { Provider } from 'oidc-provider'
// In a project of yours these are 'rekey', 'rekey/lmdb' and 'rekey/smtp'.
import { smtp } from '../../adapters/delivery/smtp/delivery.ts'
import { lmdb } from '../../adapters/store/lmdb/store.ts'
import { rekey } from '../../index.ts'
import { people } from './people.ts'
import { ownConfiguration } from './provider.ts'

export interface HostSettings {
  origin: string
  data: string
  /** smtp://… */
  mail: string
  key: string
  /** The app that people sign in to. */
  client: object
  fetchHosts?: string[]
}

/** A host with an identity provider, a table of people and a login page, and Rekey in it. */
export async function createHost({ origin, data, mail, key, client, fetchHosts }: HostSettings) {
  const recovery = await rekey({
    issuer: `${origin}/oidc`,
    brand: { name: 'The Host' },
    people,
    firstFactor: { url: `${origin}/login` },
    store: lmdb({ path: data }),
    delivery: { mail: smtp(mail, 'The Host <id@host.example>') },
    keys: [{ id: '2026-11', key }],
    fetchHosts,
  })
  const provider = new Provider(recovery.issuer, recovery.configure(ownConfiguration(client)))
  recovery.attach(provider)

  const app = express()
  app.use('/oidc', provider.callback())
  app.use(express.urlencoded())
  app.get('/login', (request, response) => {
    response.send(loginPage(String(request.query.uid ?? '')))
  })
  app.post('/login', async (request, response) => {
    const { login, password, uid } = request.body
    const person = await people.find(String(login))
    if (person === undefined || password !== 'correct horse battery staple')
      return void response.status(401).send(loginPage(uid))
    await recovery.passed(
      { req: request, res: response },
      { person: person.id, amr: ['pwd'], at: Date.now() },
    )
  })
  return { app, stop: recovery.stop }
}

const loginPage = (uid: string) => `<!doctype html><title>Log in</title>
<h1>Log in to The Host</h1>
<form method="post" action="/login">
<input type="hidden" name="uid" value="${uid.replace(/[^\w-]/g, '')}">
<label>E-mail <input name="login" autocomplete="username"></label>
<label>Password <input name="password" type="password" autocomplete="current-password"></label>
<button>Log in</button>
</form>`
