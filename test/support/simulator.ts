import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { proofingSchema } from '../../adapters/proofing/oidc/schema.ts'
import type { Proofing } from '../../adapters/proofing/proofing.ts'
import type { Store } from '../../adapters/store/store.ts'
import { createProofingSimulator } from '../../standalone/demo/proofing-simulator.ts'
import { openProofing } from '../../standalone/open-proofing.ts'
import type { Browser } from './browser.ts'

export interface ConnectedProofing {
  proofing: Proofing
  stop(): Promise<void>
}

export const webhookKey = 'a webhook key of the tests'

/** The demo's simulator on a port of its own, connected as an operator would; for startRekey's option `proofing`. */
export function simulator(settings: object = {}) {
  return async (issuer: string, store: Store): Promise<ConnectedProofing> => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const own = `http://localhost:${(server.address() as AddressInfo).port}`
    const client = { clientId: 'rekey', clientSecret: 'a secret of the tests' }
    const redirectUri = `${issuer}/recovery/identity/callback`
    const provider = await createProofingSimulator({
      issuer: own,
      ...client,
      redirectUri,
      nameOf: async (email) => (await store.people.find('login', email, { limit: 1 }))[0],
    })
    server.on('request', provider.callback())
    const webhook = { secret: webhookKey }
    const given = { issuer: own, ...client, matching: 'compare', webhook, ...settings }
    return {
      proofing: await openProofing(proofingSchema.parse(given), redirectUri),
      stop: async () => {
        server.close()
        server.closeAllConnections()
        await once(server, 'close').catch(() => {})
      },
    }
  }
}

/** Goes to the provider from a page of ours, and chooses there how the check ends. */
export async function showPhotoId(
  browser: Browser,
  choice: string,
  button = 'Verify with photo ID',
): Promise<void> {
  await browser.press(button)
  await browser.press(choice)
}
