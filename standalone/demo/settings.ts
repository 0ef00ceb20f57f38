import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { exampleClients, exampleResources } from './examples.ts'
import { figuresResource } from './figures-api.ts'
import { demoClient } from './relying-app.ts'
import { describeSeeded } from './seed.ts'

export interface DemoSettings {
  settings: { [setting: string]: unknown }
  appOrigin: string
  appSecret: string
  /** The simulated provider of identity verification; missing where the settings connect a real one. */
  simulator?: { origin: string; clientId: string; clientSecret: string }
}

/** A complete configuration for one machine: everything that isn't set is made up and kept in the data folder. */
export async function demoSettings(given: { [setting: string]: unknown }): Promise<DemoSettings> {
  const port = Number(given.port ?? 3000)
  const data = String(given.data ?? './data')
  const { key, appSecret } = await keptSecrets(data)
  const appOrigin = `http://localhost:${port + 1}`
  const simulator = {
    origin: `http://localhost:${port + 2}`,
    clientId: 'rekey-demo',
    clientSecret: appSecret,
  }
  const more = (setting: string) => (Array.isArray(given[setting]) ? given[setting] : [])
  const settings = {
    issuer: `http://localhost:${port}`,
    keys: [{ id: 'demo', key }],
    // People who try things out, and scripts that do, come from one address.
    signInsPerMinute: 600,
    proofing: {
      issuer: simulator.origin,
      clientId: simulator.clientId,
      clientSecret: simulator.clientSecret,
      matching: 'compare',
    },
    // Nothing leaves: texts and calls are in the inbox.
    phone: { countries: ['JP', 'NO', 'US', 'CA', 'GB', 'IE', 'DE', 'FR', 'AU', 'NZ', 'IN'] },
    ...given,
    port,
    data,
    clients: [demoClient(appOrigin, appSecret), ...exampleClients(), ...more('clients')],
    resources: [figuresResource(appOrigin), ...exampleResources(), ...more('resources')],
    fetchHosts: ['localhost', '127.0.0.1', ...more('fetchHosts')],
  }
  return { settings, appOrigin, appSecret, simulator: given.proofing === undefined ? simulator : undefined }
}

async function keptSecrets(data: string): Promise<{ key: string; appSecret: string }> {
  const path = join(data, 'demo-keys.json')
  await mkdir(data, { recursive: true, mode: 0o700 })
  const fresh = {
    key: randomBytes(32).toString('base64url'),
    appSecret: randomBytes(32).toString('base64url'),
  }
  try {
    await writeFile(path, JSON.stringify(fresh), { flag: 'wx', mode: 0o600 })
    return fresh
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return JSON.parse(await readFile(path, 'utf8'))
  }
}

/** What the terminal says once everything listens. */
export function demoGreeting(config: Config, appOrigin: string): string {
  return `
Rekey, the demo

  ${config.issuer}/dev    what to try, who is who, and every message beside it: start here
  ${appOrigin}    the demo app
  ${config.issuer}    the identity provider
  ${config.issuer}/dev/inbox    every mail, text message and call
  ${config.issuer}/dev/people.json    the people, their authenticator keys and backup codes

People, their passwords, and what to try as them:
${describeSeeded()}

Codes: the otpauth URI of each person in /dev/people.json works in any authenticator app, or
  npm run code -- <e-mail>    prints the present code of a demo person

The authenticator on a phone: sign in as nils@nordlys.example, choose "Set up something else", "Rekey authenticator",
and open the link under "Can't scan?" in a second browser window: that window is the phone.

Try this first: open the demo app and sign in as mina@hanami.example. When it asks for a code, choose
"Reset authentication device". Read the mails in the inbox: Mina's has a code, and
Aiko's a link. Open Aiko's link in another browser window (a private one), sign in as her, and enter Mina's code.

Data is kept in ${config.data}; Ctrl-C stops, npm start goes on.
`
}
