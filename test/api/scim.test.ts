import { expect } from 'chai'
import { type ApiRequest, acmeAndOther, apiClient, call, personToken, programToken } from '../support/api.ts'
import { mailsTo, signIn } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { story } from '../support/story.ts'

const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

story(
  'A directory that provisions by SCIM',
  (rekey) => {
    let token: string
    let admin: Person
    let count = 0
    const scim = (method: string, path: string, more: ApiRequest = {}) =>
      call(rekey, method, `/scim/v2/acme${path}`, {
        token,
        ...more,
        headers: {
          ...(more.body === undefined ? {} : { 'content-type': 'application/scim+json' }),
          ...more.headers,
        },
      })
    const patch = (id: string, ...Operations: object[]) =>
      scim('PATCH', `/Users/${id}`, { body: { schemas: [patchOp], Operations } })
    const fresh = async (more: object = {}) => {
      const userName = `n${++count}@acme.example`
      const { status, body } = await scim('POST', '/Users', {
        body: {
          schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
          userName,
          externalId: `ext-${count}`,
          name: { givenName: 'Mika', familyName: 'Tanaka' },
          active: true,
          ...more,
        },
      })
      expect(status, JSON.stringify(body)).to.equal(201)
      return body
    }

    before(async () => {
      await acmeAndOther(rekey, { claimed: true })
      admin = await rekey.person({ memberships: [{ organization: 'acme', role: 'super_admin' }] })
    })
    beforeEach(async () => {
      token = await programToken(rekey, 'directory')
    })

    it('may be given a token that lasts: told once, good for its organization alone, until there is another', async () => {
      const scope = 'memberships.manage'
      const person = await personToken(rekey, admin, 'help-desk', scope)
      const path = '/api/v1/organizations/acme/scim_token'
      const program = await programToken(rekey, 'acme-program')
      expect((await call(rekey, 'POST', path, { token: program })).body.reason).to.equal('person_needed')
      const made = await call(rekey, 'POST', path, { token: person })
      expect(made.status, JSON.stringify(made.body)).to.equal(201)
      const lasting = made.body.token
      expect(JSON.stringify(await rekey.store.organizations.get('acme'))).to.not.include(lasting)
      expect(await rekey.dump()).to.not.include(lasting)
      rekey.advance(86_400_000)
      expect((await scim('GET', '/Users', { token: lasting })).status).to.equal(200)
      // Seen failing without `hash` compared in `organizationOfToken` (organization/scim-token.ts).
      const elsewhere = await call(rekey, 'GET', '/scim/v2/other/Users', { token: lasting })
      const forged = await scim('GET', '/Users', {
        token: `${lasting.slice(0, -1)}${lasting.endsWith('A') ? 'B' : 'A'}`,
      })
      expect([elsewhere.status, forged.status]).to.deep.equal([401, 401])
      expect((await call(rekey, 'GET', '/api/v1/organizations', { token: lasting })).status).to.equal(401)
      const again = await personToken(rekey, admin, 'help-desk', scope)
      const next = (await call(rekey, 'POST', path, { token: again })).body.token
      expect((await scim('GET', '/Users', { token: lasting })).status).to.equal(401)
      expect((await scim('GET', '/Users', { token: next })).status).to.equal(200)
      expect((await call(rekey, 'DELETE', path, { token: again })).status).to.equal(204)
      expect((await scim('GET', '/Users', { token: next })).status).to.equal(401)
      const log = await rekey.store.audit.find('log', 'all', { limit: 200, backwards: true })
      expect(log.filter(({ actor }) => actor === admin.id).map(({ event }) => event)).to.include.members([
        'scim_token.made',
        'scim_token.revoked',
      ])
    })

    it('finds out what there is', async () => {
      const { body: config, headers } = await scim('GET', '/ServiceProviderConfig')
      expect(headers.get('content-type')).to.contain('application/scim+json')
      expect([config.patch.supported, config.bulk.maxOperations, config.filter.supported]).to.deep.equal([
        true,
        100,
        true,
      ])
      expect((await scim('GET', '/ResourceTypes')).body.totalResults).to.equal(2)
      const { body: schemas } = await scim('GET', '/Schemas')
      for (const { id } of schemas.Resources)
        expect((await scim('GET', `/Schemas/${id}`)).status).to.equal(200)
    })

    it('makes somebody, finds them by userName and externalId, and reads them', async () => {
      const made = await fresh()
      expect(made.meta.location).to.equal(`${rekey.issuer}/scim/v2/acme/Users/${made.id}`)
      for (const filter of [
        `userName eq "${made.userName.toUpperCase()}"`,
        `externalId eq "${made.externalId}"`,
        `emails[type eq "work"].value eq "${made.userName}"`,
        `id eq "${made.id}"`,
        `(userName eq "${made.userName}") and not (active eq false)`,
        `userName sw "n" and externalId eq "${made.externalId}"`,
      ]) {
        const { body } = await scim('GET', `/Users?filter=${encodeURIComponent(filter)}`)
        expect(
          body.Resources.map(({ id }: { id: string }) => id),
          filter,
        ).to.deep.equal([made.id])
      }
      const none = await scim(
        'GET',
        `/Users?filter=${encodeURIComponent('userName eq "nobody@acme.example"')}`,
      )
      expect([none.status, none.body.totalResults, none.body.Resources]).to.deep.equal([200, 0, []])
      expect((await scim('GET', `/Users/${made.id}`)).body).to.deep.equal(made)
    })

    it('says the language of a person in its own way', async () => {
      expect((await fresh({ preferredLanguage: 'de_DE' })).preferredLanguage).to.equal('de')
      expect((await fresh({ preferredLanguage: 'tlh' })).preferredLanguage).to.equal(undefined)
    })

    it('is told that somebody is there already', async () => {
      const { userName } = await fresh()
      const { status, body } = await scim('POST', '/Users', { body: { userName, displayName: 'Again' } })
      expect([status, body.scimType, body.status]).to.deep.equal([409, 'uniqueness', '409'])
    })

    it('sets no password, and makes nobody of a domain that isn’t the organization’s', async () => {
      const made = await fresh({ password: 'quiet-harbour-of-the-directory' })
      expect(JSON.stringify(made)).not.to.contain('quiet-harbour')
      expect(JSON.stringify(await rekey.dump())).not.to.contain('quiet-harbour-of-the-directory')
      const { status, body } = await scim('POST', '/Users', { body: { userName: 'x@other.example' } })
      expect([status, body.scimType]).to.deep.equal([400, 'invalidValue'])
    })

    describe('of Entra', () => {
      it('suspends by "False" as text, and ends what the person has open', async () => {
        const person = await rekey.person({ memberships: [{ organization: 'acme' }] })
        await rekey.rp.finish(await signIn(rekey, person))
        const { status, body } = await patch(person.id, { op: 'Replace', path: 'active', value: 'False' })
        expect([status, body.active]).to.deep.equal([200, false])
        const membership = await rekey.store.memberships.get(`acme:${person.id}`)
        expect(membership!.suspended).to.not.equal(undefined)
        await rekey.work()
        const sessions = await rekey.store.sessions.find('account', person.id)
        expect(sessions.every(({ ended }) => ended !== undefined)).to.equal(true)
        const again = await patch(person.id, { op: 'Replace', path: 'active', value: 'True' })
        expect(again.body.active).to.equal(true)
      })

      it('changes names by paths, and by one object without a path', async () => {
        const { id } = await fresh()
        const { body } = await patch(
          id,
          { op: 'Add', path: 'name.givenName', value: 'Sora' },
          { op: 'Replace', value: { displayName: 'Sora Ito', 'name.familyName': 'Ito' } },
        )
        expect([body.displayName, body.name.givenName, body.name.familyName]).to.deep.equal([
          'Sora Ito',
          'Sora',
          'Ito',
        ])
      })

      it('asks for another address, which counts once it is proven', async () => {
        const { id, userName } = await fresh()
        const next = `moved-${userName}`
        const { status, body } = await patch(id, {
          op: 'Replace',
          path: 'emails[type eq "work"].value',
          value: next,
        })
        expect([status, body.userName]).to.deep.equal([200, userName])
        expect((await mailsTo(rekey, next)).length).to.be.at.least(1)
      })

      it('writes one value as a list of one', async () => {
        const { id } = await fresh()
        const said = (path: string, value: string) => ({
          op: 'Replace',
          path,
          value: [{ $ref: null, value }],
        })
        const { body } = await patch(id, said('displayName', 'Nao Mori'), said('active', 'False'))
        expect([body.displayName, body.active]).to.deep.equal(['Nao Mori', false])
      })

      it('means the work address whichever way it is written, and no other', async () => {
        const { id, userName } = await fresh()
        const list = (...mails: object[]) => ({ op: 'Replace', path: 'emails', value: mails })
        const work = (value: string) => ({ type: 'work', primary: true, value })
        const home = (value: string) => ({ type: 'home', value })
        const asked = async (operation: object) => {
          expect((await patch(id, operation)).status).to.equal(200)
          return (await rekey.store.people.get(id))!.pendingLogin?.address
        }
        const filter = (type: string) => `emails[type eq "${type}"]`
        expect(await asked({ op: 'Add', path: `${filter('home')}.value`, value: `h-${userName}` })).to.equal(
          undefined,
        )
        expect(await asked({ op: 'Add', path: 'emails', value: [home(`h-${userName}`)] })).to.equal(undefined)
        expect(await asked(list(home(`h-${userName}`), work(`a-${userName}`)))).to.equal(`a-${userName}`)
        expect(await asked({ op: 'replace', value: { emails: [work(`b-${userName}`)] } })).to.equal(
          `b-${userName}`,
        )
        expect(
          await asked({ op: 'replace', value: { [`${filter('work')}.value`]: `c-${userName}` } }),
        ).to.equal(`c-${userName}`)
        expect(await asked({ op: 'Add', path: filter('WORK'), value: work(`d-${userName}`) })).to.equal(
          `d-${userName}`,
        )
      })

      it('changes the name as it is formatted, and takes away what is there no more', async () => {
        const { id } = await fresh()
        const formatted = await patch(id, { op: 'Replace', path: 'name.formatted', value: 'Rei Sato' })
        expect([formatted.body.displayName, formatted.body.name.givenName]).to.deep.equal([
          'Rei Sato',
          'Mika',
        ])
        const removed = await patch(
          id,
          { op: 'Remove', path: 'name.givenName' },
          { op: 'Replace', path: 'externalId', value: '' },
        )
        expect(removed.body.name).to.deep.equal({ formatted: 'Rei Sato', familyName: 'Tanaka' })
        expect(removed.body.externalId).to.equal(undefined)
        const whole = await patch(id, {
          op: 'Replace',
          path: 'name',
          value: { givenName: 'Rei', formatted: 'R. Sato' },
        })
        expect(whole.body.name).to.deep.equal({
          formatted: 'R. Sato',
          givenName: 'Rei',
          familyName: 'Tanaka',
        })
      })

      it('asks whether somebody is in a group without wanting to see who is', async () => {
        const about = (id: string) =>
          scim(
            'GET',
            `/Groups?excludedAttributes=members&filter=${encodeURIComponent(`id eq "super_admin" and members eq "${id}"`)}`,
          )
        const { body } = await about(admin.id)
        expect([body.totalResults, body.Resources[0].members]).to.deep.equal([1, undefined])
        expect((await about((await fresh()).id)).body.totalResults).to.equal(0)
      })

      it('reads groups without their members', async () => {
        const filter = encodeURIComponent('displayName eq "Super admins"')
        const { body } = await scim('GET', `/Groups?excludedAttributes=members&filter=${filter}`)
        expect(
          body.Resources.map(({ id, members }: { id: string; members?: object[] }) => [id, members]),
        ).to.deep.equal([['super_admin', undefined]])
      })
    })

    describe('of Okta', () => {
      it('deactivates by an operation without a path', async () => {
        const { id } = await fresh()
        expect((await patch(id, { op: 'replace', value: { active: false } })).body.active).to.equal(false)
      })

      it('replaces by PUT what it knows, and nothing else', async () => {
        const made = await fresh()
        const { status, body } = await scim('PUT', `/Users/${made.id}`, {
          body: {
            ...made,
            name: { givenName: 'Rin', familyName: 'Abe' },
            displayName: 'Rin Abe',
            active: true,
          },
        })
        expect([status, body.displayName, body.externalId]).to.deep.equal([200, 'Rin Abe', made.externalId])
      })

      // Seen failing with those who were removed counted among the places of the list (api/scim/list.ts).
      it('pages by startIndex and count, also where some were removed', async () => {
        expect((await scim('DELETE', `/Users/${(await fresh()).id}`)).status).to.equal(204)
        for (let each = 0; each < 3; each += 1) await fresh()
        const seen = new Set<string>()
        const total = (await scim('GET', '/Users?count=0')).body.totalResults
        for (let startIndex = 1; startIndex <= total; startIndex += 2) {
          const { body } = await scim('GET', `/Users?startIndex=${startIndex}&count=2`)
          expect(body.startIndex).to.equal(startIndex)
          for (const { id } of body.Resources) seen.add(id)
        }
        expect(seen.size).to.equal(total)
      })

      it('is given a page for whatever it asks', async () => {
        const { totalResults: total } = (await scim('GET', '/Users?count=0')).body
        const page = async (query: string) => {
          const { status, body } = await scim('GET', `/Users?${query}`)
          return [
            status,
            body.startIndex,
            body.itemsPerPage === body.Resources.length,
            body.itemsPerPage,
            body.totalResults,
          ]
        }
        for (const query of [
          'startIndex=0&count=1',
          'startIndex=-7&count=1',
          'startIndex=x&count=1',
          'count=1',
        ])
          expect(await page(query), query).to.deep.equal([200, 1, true, 1, total])
        for (const query of ['count=x', 'count=', 'count=1.5', 'count=999999', ''])
          expect(await page(query), query).to.deep.equal([200, 1, true, total, total])
        expect(await page('count=-1')).to.deep.equal([200, 1, true, 0, total])
        expect(await page(`startIndex=${total + 1}`)).to.deep.equal([200, total + 1, true, 0, total])
      })
    })

    describe('makes super admins', () => {
      const group = (...Operations: object[]) =>
        scim('PATCH', '/Groups/super_admin', { body: { schemas: [patchOp], Operations } })

      it('only where the policy says so, and never takes the last one away', async () => {
        const { id } = await fresh()
        const add = { op: 'add', path: 'members', value: [{ value: id }] }
        expect((await group(add)).status).to.equal(403)
        expect((await rekey.store.memberships.get(`acme:${id}`))!.role).to.equal('member')
        await rekey.store.organizations.update('acme', (current) => [
          { ...current!, policy: { scimSuperAdmins: true } },
          undefined,
        ])
        expect((await group(add)).status).to.equal(204)
        // A list that can't be read is nobody's way out of the group.
        for (const value of ['x', [id], [{ id }], 7])
          expect((await group({ op: 'replace', path: 'members', value })).status).to.equal(400)
        expect((await rekey.store.memberships.get(`acme:${id}`))!.role).to.equal('super_admin')
        const gone = await group({ op: 'remove', path: `members[value eq "${id}"]` })
        expect(gone.status).to.equal(204)
        const last = await group({ op: 'remove', path: `members[value eq "${admin.id}"]` })
        expect(last.status).to.equal(409)
        const deleted = await scim('DELETE', `/Users/${admin.id}`)
        expect(deleted.status).to.equal(409)
      })
    })

    it('removes somebody, of whom recovery and the log keep what they need', async () => {
      const { id } = await fresh()
      expect((await scim('DELETE', `/Users/${id}`)).status).to.equal(204)
      expect((await scim('GET', `/Users/${id}`)).status).to.equal(404)
      const kept = await rekey.store.people.get(id)
      expect([kept!.status, kept!.purgeable]).to.deep.equal(['removed', 'yes'])
      const events = (await rekey.store.audit.find('subject', id)).map(({ event }) => event)
      expect(events).to.include.members(['account.created', 'account.removed'])
    })

    it('does many things at once, up to a limit', async () => {
      const post = (bulkId: string) => ({
        method: 'POST',
        path: '/Users',
        bulkId,
        data: { userName: `${bulkId}@acme.example`, displayName: bulkId },
      })
      const { body } = await scim('POST', '/Bulk', {
        body: {
          Operations: [
            post('one'),
            {
              method: 'PATCH',
              path: '/Users/bulkId:one',
              data: { Operations: [{ op: 'replace', value: { active: false } }] },
            },
            { method: 'GET', path: '/Users/none' },
            post('two'),
          ],
        },
      })
      expect(body.Operations.map(({ status }: { status: string }) => status)).to.deep.equal([
        '201',
        '200',
        '404',
        '201',
      ])
      const many = Array.from({ length: 101 }, (_, index) => post(`many${index}`))
      expect((await scim('POST', '/Bulk', { body: { Operations: many } })).status).to.equal(413)
    })

    it('goes on after an operation of many that can’t be read, and after one for what it hasn’t seen', async () => {
      const { id, meta } = await fresh()
      const renames = (version: string) => ({
        ...{ method: 'PATCH', path: `/Users/${id}`, version },
        data: { Operations: [{ op: 'replace', path: 'displayName', value: `As of ${version}` }] },
      })
      const { status, body } = await scim('POST', '/Bulk', {
        body: {
          Operations: [
            { method: 'DELETE', path: '/Users/%E0%A4%A' },
            renames('W/"another"'),
            renames(meta.version),
            { method: 'GET', path: '/Users/bulkId:nobody' },
          ],
        },
      })
      expect(status).to.equal(200)
      expect(body.Operations.map((one: { status: string }) => one.status)).to.deep.equal([
        '400',
        '412',
        '200',
        '404',
      ])
    })

    it('changes a user for one of those who have seen the same, whatever they change', async () => {
      const replace = (path: string, value: unknown) => ({
        method: 'PATCH',
        body: { Operations: [{ op: 'replace', path, value }] },
      })
      const changes = [
        replace('displayName', 'One'),
        replace('displayName', 'Two'),
        replace('externalId', 'three'),
        replace('active', false),
        { method: 'PUT', body: { displayName: 'Five' } },
        { method: 'DELETE' },
      ]
      for (const [first, second] of [
        [0, 1],
        [2, 3],
        [3, 3],
        [4, 5],
      ] as const) {
        const { id, meta } = await fresh()
        const replies = await Promise.all(
          [changes[first]!, changes[second]!].map(({ method, ...more }) =>
            scim(method, `/Users/${id}`, { ...more, headers: { 'if-match': meta.version } }),
          ),
        )
        const statuses = replies.map(({ status }) => status).sort()
        expect(statuses[0], `${first} ${second}`).to.be.below(300)
        // Who was deleted meanwhile is there no more.
        expect(statuses[1], `${first} ${second}`).to.be.oneOf([404, 412])
      }
    })

    it('changes only what it has seen, where it says what that was', async () => {
      const { id, meta } = await fresh()
      const body = { Operations: [{ op: 'replace', path: 'displayName', value: 'One' }] }
      const headers = { 'if-match': meta.version }
      expect((await scim('PATCH', `/Users/${id}`, { body, headers })).status).to.equal(200)
      expect((await scim('PATCH', `/Users/${id}`, { body, headers })).status).to.equal(412)
    })

    it('sees nothing of another organization, nor anything without a token', async () => {
      const { id } = await fresh()
      token = await programToken(rekey, 'other-directory')
      expect((await scim('GET', '/Users')).status).to.equal(404)
      const other = (path: string) => call(rekey, 'GET', `/scim/v2/other${path}`, { token })
      expect((await other(`/Users/${id}`)).status).to.equal(404)
      for (const filter of [`id eq "${id}"`, 'userName eq "n1@acme.example"', 'externalId eq "ext-1"']) {
        const { body } = await other(`/Users?filter=${encodeURIComponent(filter)}`)
        expect([body.totalResults, filter]).to.deep.equal([0, filter])
      }
      expect((await call(rekey, 'GET', '/scim/v2/acme/Users')).status).to.equal(401)
      token = await programToken(rekey, 'no-directory')
      expect((await scim('GET', '/Users')).status).to.equal(403)
    })

    it('is told what is wrong with what can’t be read', async () => {
      const { id } = await fresh()
      for (const [method, path, body, expected] of [
        ['GET', `/Users?filter=${encodeURIComponent('userName eq')}`, undefined, 400],
        ['GET', `/Users?filter=${encodeURIComponent('(((')}`, undefined, 400],
        ['GET', `/Users?filter=${encodeURIComponent('['.repeat(500))}`, undefined, 400],
        ['PATCH', `/Users/${id}`, { Operations: [] }, 400],
        ['PATCH', `/Users/${id}`, { Operations: [{ op: 'replace', value: 'x' }] }, 400],
        ['PATCH', `/Users/${id}`, { Operations: [{ op: 'replace', path: 'active', value: 'maybe' }] }, 400],
        ['POST', '/Users', '{', 400],
        ['POST', '/Users', '[]', 400],
        ['POST', '/Groups', { displayName: 'Mine' }, 403],
        ['GET', '/Users?filter=a&filter=b', undefined, 400],
        ['GET', '/Nothing', undefined, 404],
        ['DELETE', '/Users', undefined, 405],
      ] as const) {
        const reply = await scim(method, path, body === undefined ? {} : { body })
        expect([reply.status, path, JSON.stringify(body)]).to.deep.equal([
          expected,
          path,
          JSON.stringify(body),
        ])
        expect(reply.body.schemas).to.deep.equal(['urn:ietf:params:scim:api:messages:2.0:Error'])
      }
    })
  },
  {
    clients: [
      apiClient('directory', 'scim', { organization: 'acme' }),
      apiClient('other-directory', 'scim', { organization: 'other' }),
      apiClient('no-directory', 'people.read', { organization: 'acme' }),
      apiClient('acme-program', 'memberships.manage', { organization: 'acme' }),
    ],
    others: { 'help-desk': { operator: true, scope: 'openid memberships.manage' } },
  },
)
