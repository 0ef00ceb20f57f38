import { expect } from 'chai'
import { renamePerson } from '../../organization/people.ts'
import { type ApiRequest, acmeAndOther, apiClient, call, programToken } from '../support/api.ts'
import { type GatedStore, gated } from '../support/gates.ts'
import { type Person, type Rekey, startRekey } from '../support/rekey.ts'
import { describeStory, type Opened } from '../support/stores.ts'

const scopes = 'people.read people.manage organizations.read policy.manage webhooks.manage scim'

// A version that is compared before the write lets two who have seen the same undo each other's change.
describeStory('What a program has seen', (engine) => {
  let opened: Opened
  let gates: GatedStore
  let rekey: Rekey
  let bob: Person
  let token: string
  let operator: string

  before(async () => {
    opened = await engine.open(() => Date.now())
    gates = gated(opened.store)
    rekey = await startRekey(gates.store, {
      clients: [
        apiClient('acme-program', scopes, { organization: 'acme' }),
        apiClient('operator-program', 'clients.manage', { operator: true }),
      ],
    })
    await acmeAndOther(rekey, { claimed: true })
    bob = await rekey.person({ memberships: [{ organization: 'acme' }] })
    token = await programToken(rekey, 'acme-program')
    operator = await programToken(rekey, 'operator-program')
  })
  after(async () => {
    await rekey.stop()
    await opened.dispose()
  })

  const ask = (method: string, path: string, more: ApiRequest = {}) =>
    call(rekey, method, path, { token, ...more })

  /** Two who have seen the same ask for a change at the same moment. */
  async function both(path: string, changes: readonly [string, unknown][], more: ApiRequest = {}) {
    const seen = (await ask('GET', path, more)).headers.get('etag')!
    const headers = { 'if-match': seen }
    const replies = await Promise.all(
      changes.map(([method, body]) => ask(method, path, { ...more, body, headers })),
    )
    return replies.map(({ status }) => status).sort()
  }

  it('lets one of two change a person, even if only what another system calls them', async () => {
    const path = `/api/v1/organizations/acme/people/${bob.id}`
    for (const [one, two] of [
      [{ name: 'One' }, { name: 'Two' }],
      [{ name: 'Same' }, { name: 'Same' }],
      [{ externalId: 'one' }, { externalId: 'two' }],
    ] as const)
      expect(
        await both(path, [
          ['PATCH', one],
          ['PATCH', two],
        ]),
      ).to.deep.equal([200, 412])
  })

  it('lets one of two change a policy, even if both ask for the same', async () => {
    const path = '/api/v1/organizations/acme/policy'
    const { body } = await ask('GET', path)
    const [one, two] = [
      { ...body, trustedDeviceDays: 7 },
      { ...body, trustedDeviceDays: 8 },
    ]
    expect(
      await both(path, [
        ['PUT', one],
        ['PUT', two],
      ]),
    ).to.deep.equal([200, 412])
    const same = { ...body, trustedDeviceDays: 9 }
    expect(
      await both(path, [
        ['PUT', same],
        ['PUT', same],
      ]),
    ).to.deep.equal([200, 412])
  })

  it('lets one of two change a webhook, or remove it', async () => {
    const body = { url: 'https://hooks.example/', enabled: false }
    const { id } = (await ask('POST', '/api/v1/webhooks', { body })).body
    const path = `/api/v1/webhooks/${id}`
    const [one, two] = [
      { ...body, description: 'One' },
      { ...body, description: 'Two' },
    ]
    expect(
      await both(path, [
        ['PUT', one],
        ['PUT', two],
      ]),
    ).to.deep.equal([200, 412])
    const [first, second] = await both(path, [
      ['PUT', { ...body, description: 'Three' }],
      ['DELETE', undefined],
    ])
    expect([first! < 300, second === 404 || second === 412], `${first} ${second}`).to.deep.equal([true, true])
  })

  it('lets one of two change an app, or remove it', async () => {
    const body = {
      client_name: 'Ledger',
      redirect_uris: ['https://ledger.example/callback'],
      token_endpoint_auth_method: 'none',
    }
    const made = await ask('POST', '/api/v1/clients', { body, token: operator })
    const path = `/api/v1/clients/${made.body.client_id}`
    const as = { token: operator }
    const [one, two] = [
      { ...body, client_name: 'One' },
      { ...body, client_name: 'Two' },
    ]
    expect(
      await both(
        path,
        [
          ['PUT', one],
          ['PUT', two],
        ],
        as,
      ),
    ).to.deep.equal([200, 412])
    const removes = ['DELETE', undefined] as [string, unknown]
    const [first, second] = await both(path, [['PUT', { ...body, client_name: 'Three' }], removes], as)
    expect([first! < 300, second === 404 || second === 412], `${first} ${second}`).to.deep.equal([true, true])
  })

  it('is what a directory changes, whoever has changed it meanwhile', async () => {
    const path = `/scim/v2/acme/Users/${bob.id}`
    const { meta } = (await ask('GET', path)).body
    const gate = gates.hold(1, { collection: 'people', operation: 'update', id: bob.id, when: 'before' })
    const late = ask('PATCH', path, {
      body: { Operations: [{ op: 'replace', path: 'displayName', value: 'Late' }] },
      headers: { 'if-match': meta.version },
    })
    await gate.reached
    const by = { by: 'somebody', reason: 'A test.' }
    await renamePerson(rekey.app.services, bob.id, { name: 'On a page' }, by)
    gate.open()
    expect((await late).status).to.equal(412)
    expect((await rekey.store.people.get(bob.id))!.name).to.equal('On a page')
  })
})
