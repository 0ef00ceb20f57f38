import { expect } from 'chai'
import fc from 'fast-check'
import { apiScopes } from '../../rules/api-scopes.ts'
import { type ApiReply, acmeAndOther, apiClient, call, personToken, programToken } from '../support/api.ts'
import type { Person } from '../support/rekey.ts'
import { story } from '../support/story.ts'
import { allowedBy, checks, type DescribedOperation, type Document, operationsOf } from './document.ts'

const all = Object.keys(apiScopes).join(' ')
const runs = 8

story(
  'Every operation of the OpenAPI document',
  (rekey) => {
    let document: Document
    let operations: DescribedOperation[]
    let ann: Person
    let bob: Person
    const tokens: { [name: string]: string } = {}
    const ids: { [name: string]: string[] } = {}

    before(async () => {
      await acmeAndOther(rekey, { claimed: true })
      ann = await rekey.person({ memberships: [{ organization: 'acme', role: 'super_admin' }] })
      bob = await rekey.person({ memberships: [{ organization: 'acme' }] })
      // Is in nobody's way, so that the token lasts.
      const carl = await rekey.person({ memberships: [{ organization: 'acme', role: 'super_admin' }] })
      const eve = await rekey.person({ memberships: [{ organization: 'other' }] })
      tokens.acme = await programToken(rekey, 'acme-program')
      tokens.operator = await programToken(rekey, 'operator-program')
      tokens.other = await programToken(rekey, 'other-program')
      tokens.none = await programToken(rekey, 'scim-program')
      tokens.person = await personToken(rekey, carl, 'help-desk', all)
      document = (await call(rekey, 'GET', '/api/v1/openapi.json')).body
      operations = operationsOf(document)
      ids.organization = ['acme', 'other', 'nowhere']
      ids.person = [bob.id, ann.id, eve.id, 'nobody']
      ids.factor = [(await rekey.account(bob)).factors[0]!.id, 'none']
      ids.client = ['app', 'operator-program', 'none']
    })

    const send = (
      one: DescribedOperation,
      path: string,
      token: string | undefined,
      more: Parameters<typeof call>[3],
    ) => call(rekey, one.method, `/api/v1${path}`, { token, ...more })

    /** What an address can hold: dots alone are taken for a way up. */
    const segment = fc.string({ minLength: 1 }).filter((text) => !/^\.{1,2}$/.test(text))

    /** The path with each parameter filled in. */
    const pathsOf = (one: DescribedOperation): fc.Arbitrary<string> => {
      const names = [...one.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
      const values = names.map((name) =>
        fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...(ids[name] ?? ['none'])) }, segment),
      )
      return fc
        .tuple(...values)
        .map((found) =>
          names.reduce(
            (path, name, place) => path.replace(`{${name}}`, encodeURIComponent(found[place]!)),
            one.path,
          ),
        )
    }

    const queryOf = (one: DescribedOperation): fc.Arbitrary<string> => {
      const asked = one.parameters.filter((parameter) => parameter.in === 'query')
      const parts = asked.map(({ name, schema }) =>
        fc
          .option(fc.oneof(allowedBy(document, schema), fc.string()), { nil: undefined })
          .map((value) => (value === undefined ? undefined : ([name, String(value)] as [string, string]))),
      )
      return fc.tuple(...parts).map((found) => {
        const query = new URLSearchParams(found.filter((part) => part !== undefined)).toString()
        return query === '' ? '' : `?${query}`
      })
    }

    const bodyOf = (one: DescribedOperation): fc.Arbitrary<unknown> => {
      const schema = one.requestBody?.content['application/json'].schema
      if (schema === undefined) return fc.constant(undefined)
      return fc.oneof({ weight: 3, arbitrary: allowedBy(document, schema) }, fc.json(), fc.jsonValue())
    }

    /** What comes back is what the document says, whatever it is. */
    const isDescribed = (one: DescribedOperation, reply: ApiReply, said: string) => {
      const described = one.responses[String(reply.status)]
      const what = `${one.method} ${said}: ${reply.status} ${JSON.stringify(reply.body).slice(0, 400)}`
      expect(reply.status, what).to.be.below(500)
      expect(described, what).to.not.equal(undefined)
      const content = described!.content ?? {}
      const [type] = Object.keys(content)
      if (type === undefined) return
      expect(reply.headers.get('content-type'), what).to.contain(type)
      if (type !== 'application/json') {
        const { allOf } = content[type]!.schema as {
          allOf?: [object, { properties: { reason: { enum: string[] } } }]
        }
        expect(allOf![1].properties.reason.enum, what).to.include(reply.body.reason)
        return
      }
      const fault = checks(document, content[type]!.schema).safeParse(reply.body).error
      expect(fault?.issues ?? [], what).to.deep.equal([])
    }

    it('answers as it says, whatever it is sent', async function () {
      this.timeout(120_000)
      const input = {
        token: fc.constantFrom('acme', 'operator', 'person', 'other'),
        ifMatch: fc.constantFrom('"x"', '*', ''),
      }
      for (const one of operations) {
        const asked = fc.record({ ...input, path: pathsOf(one), query: queryOf(one), body: bodyOf(one) })
        await fc.assert(
          fc.asyncProperty(asked, async ({ token, path, query, body, ifMatch }) => {
            const headers: { [name: string]: string } = ifMatch === '' ? {} : { 'if-match': ifMatch }
            const reply = await send(one, path + query, tokens[token], { body, headers })
            isDescribed(one, reply, path + query)
            expect(JSON.stringify(reply.body)).not.to.contain(bob.secret)
          }),
          { numRuns: runs, endOnFailure: true },
        )
      }
    })

    it('takes a token that is good for it, and no other', async () => {
      for (const one of operations) {
        const path = one.path
          .replace('{organization}', 'acme')
          .replace('{person}', bob.id)
          .replaceAll(/\{\w+\}/g, 'none')
        const [scope] = one.security[0].oauth
        const more = { body: one.requestBody === undefined ? undefined : {} }
        const none = await send(one, path, undefined, more)
        expect([none.status, none.body.reason], one.operationId).to.deep.equal([401, 'no_token'])
        const forged = await send(one, path, 'forged', more)
        expect([forged.status, forged.body.reason], one.operationId).to.deep.equal([401, 'invalid_token'])
        const narrow = await send(one, path, tokens.none, more)
        expect([narrow.status, narrow.body.reason], one.operationId).to.deep.equal([
          403,
          'insufficient_scope',
        ])
        expect(narrow.headers.get('www-authenticate')).to.contain(`scope="${scope}"`)
      }
    })

    it('is of one organization’s, and nobody else learns whether it is there', async () => {
      const ours = operations.filter(({ path }) => path.includes('{organization}'))
      expect(ours.length).to.be.above(20)
      for (const one of ours) {
        const there = one.path
          .replace('{organization}', 'acme')
          .replace('{person}', bob.id)
          .replaceAll(/\{\w+\}/g, 'none')
        const nowhere = there.replace('acme', 'nowhere')
        const body =
          one.requestBody &&
          fc.sample(allowedBy(document, one.requestBody.content['application/json'].schema), 1)[0]
        const headers = { 'if-match': '*' }
        const [seen, unseen] = [
          await send(one, there, tokens.other, { body, headers }),
          await send(one, nowhere, tokens.other, { body, headers }),
        ]
        const comparable = ({ status, body: said }: ApiReply) => JSON.stringify([status, said])
        expect(comparable(seen), one.operationId).to.equal(comparable(unseen))
        expect(seen.status, one.operationId).to.be.within(400, 499)
      }
    })
  },
  {
    config: { api: { requestsPerMinute: 1_000_000 } },
    clients: [
      apiClient('acme-program', all, { organization: 'acme' }),
      apiClient('other-program', all, { organization: 'other' }),
      apiClient('operator-program', all, { operator: true }),
      apiClient('scim-program', 'scim', { organization: 'acme' }),
    ],
    others: { 'help-desk': { operator: true, scope: `openid ${all}` } },
  },
)
