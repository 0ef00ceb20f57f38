import { once } from 'node:events'
import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { toNodeHandler } from 'better-auth/node'
import { twoFactor } from 'better-auth/plugins'

/**
 * better-auth on SQLite, as `node bench/peers/server.mjs <file> <people>`: passwords without hashing, as in Rekey's
 * measurement, and durable, as Rekey is. Tells its address and everyone's TOTP secret.
 */
const [file, people] = process.argv.slice(2)
const server = createServer().listen(0, '127.0.0.1')
await once(server, 'listening')
const issuer = `http://127.0.0.1:${server.address().port}`
const database = new DatabaseSync(file)
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
const auth = betterAuth({
  baseURL: issuer,
  secret: 'only of this measurement, and longer than 32 characters',
  database,
  emailAndPassword: {
    enabled: true,
    password: {
      hash: async (password) => password,
      verify: async ({ hash, password }) => hash === password,
    },
  },
  plugins: [twoFactor({ skipVerificationOnEnable: true })],
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { level: 'error' },
})
await (await getMigrations(auth.options)).runMigrations()

const password = 'quiet-harbour-at-dawn'
const secrets = []
database.exec('PRAGMA synchronous = OFF')
for (let person = 0; person < Number(people); person += 1) {
  const body = { email: `person${person}@people.example`, password, name: `Person ${person}` }
  const { headers } = await auth.api.signUpEmail({ body, returnHeaders: true })
  const cookie = headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  const { totpURI } = await auth.api.enableTwoFactor({ body: { password }, headers: { cookie } })
  secrets.push(new URL(totpURI).searchParams.get('secret'))
}
database.exec('PRAGMA synchronous = FULL')
server.on('request', toNodeHandler(auth))

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send({ cpu: (user + system) / 1000 })
})
process.on('disconnect', () => process.exit(0))
process.send({ issuer, secrets })
