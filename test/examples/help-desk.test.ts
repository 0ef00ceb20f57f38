import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { HelpDesk } from '../../examples/help-desk/desk.ts'
import { apiClient } from '../support/api.ts'
import { casesOf, requestReset } from '../support/journeys.ts'
import { story } from '../support/story.ts'

story(
  'The example ticket system',
  (rekey) => {
    it('learns of a case, shows it, denies it, and can’t approve it', async () => {
      await rekey.store.organizations.insert({ id: 'acme', name: 'Acme', policy: {}, createdAt: rekey.now() })
      const admin = await rekey.person({ memberships: [{ organization: 'acme', role: 'super_admin' }] })
      const member = await rekey.person({ memberships: [{ organization: 'acme' }] })
      const { client_id: clientId, client_secret: clientSecret } = client
      const desk = new HelpDesk({
        issuer: rekey.issuer,
        clientId,
        clientSecret: encodeURIComponent(clientSecret),
      })
      const server = createServer(desk.listener).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const url = `http://localhost:${(server.address() as AddressInfo).port}/`
      await desk.subscribe(url)

      const { code } = await requestReset(rekey, member, admin)
      await rekey.work()
      const [one] = await casesOf(rekey, member)
      expect([...desk.tickets.values()]).to.deep.equal([
        { case: one!.id, person: member.id, status: 'awaiting_admin' },
      ])
      expect((await desk.look(one!.id))!.approvers).to.deep.equal([admin.id])
      expect(await desk.approve(one!.id, code)).to.equal('person_needed')
      expect(await desk.deny(one!.id, 'The caller was somebody else.')).to.equal('denied')
      // The same key says the same, however often it is sent.
      expect(await desk.deny(one!.id, 'The caller was somebody else.')).to.equal('denied')
      await rekey.work()
      expect(desk.tickets.get(one!.id)!.status).to.equal('denied')
      const forged = await fetch(url, { method: 'POST', body: JSON.stringify({ data: { case: 'x' } }) })
      expect(forged.status).to.equal(401)
      server.closeAllConnections()
      server.close()
    })
  },
  // Registered for more than it needs: that changes nothing.
  {
    clients: [
      apiClient('help-desk', 'cases.read cases.deny cases.decide webhooks.manage', { organization: 'acme' }),
    ],
  },
)

const client = apiClient('help-desk', '', { organization: 'acme' })
