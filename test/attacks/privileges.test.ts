import { expect } from 'chai'
import type Koa from 'koa'
import { attack } from '../support/attack.ts'
import { type Audience, audienceOf, audiences } from './privileges/audiences.ts'
import { type Caller, type Cast, castOf, type KindOfCaller, kindsOfCallers } from './privileges/callers.ts'
import { namedRoutesOf, type Route } from './privileges/routes.ts'

/** What a caller comes to: in, sent to sign in, turned away, or nothing is there. */
type Verdict = 'in' | 'sign_in' | 'out' | 'nothing'

/** Which callers each audience lets in. Those of `anyone` and of links are everybody, and nobody. */
const letsIn: { readonly [audience in Audience]: readonly KindOfCaller[] } = {
  anyone: kindsOfCallers,
  interaction: [],
  link: [],
  owner: ['member', 'super_admin', 'elsewhere', 'suspended', 'agent', 'operator'],
  owner_again: [],
  super_admin: ['super_admin'],
  any_super_admin: ['super_admin', 'elsewhere'],
  agent: ['agent'],
  operator: ['operator'],
  program: [],
  phone: [],
}

// The nine ways in which others let people do more than they may: every route there is, and every kind of caller.
attack('Privileges', (rekey) => {
  let cast: Cast
  before(async () => {
    cast = await castOf(rekey)
  })

  const routes = () => namedRoutesOf(rekey.app.koa as Koa)

  const filled = ({ path }: Route): string =>
    path
      .replace(':organization', cast.organization)
      .replace(':account', cast.member.id)
      .replace(':uid', cast.interaction)
      .replace(':token', 'x'.repeat(43))
      .replace(/:\w+/g, 'nothing')

  const ask = async (route: Route, { cookie, form }: Caller): Promise<Verdict> => {
    const posts = route.method !== 'GET' && route.method !== 'HEAD'
    const response = await fetch(rekey.issuer + filled(route), {
      method: route.method,
      redirect: 'manual',
      headers: { cookie, ...(posts ? { 'content-type': 'application/x-www-form-urlencoded' } : {}) },
      ...(posts ? { body: new URLSearchParams({ form }) } : {}),
    })
    await response.arrayBuffer()
    expect(response.status, route.name).to.be.below(500)
    if (response.headers.get('location')?.includes('/auth?') === true) return 'sign_in'
    if (response.status === 404) return 'nothing'
    return response.status >= 400 ? 'out' : 'in'
  }

  // Seen failing with a route that is in no list.
  it('are said of every route there is', () => {
    expect(routes().length).to.be.above(100)
    const unknown = routes().filter(({ name }) => audienceOf(name) === undefined)
    expect(unknown.map(({ name }) => name)).to.deep.equal([])
  })

  it('are said of no route that is gone', () => {
    const there = new Set(routes().map(({ name }) => name))
    expect(Object.keys(audiences).filter((name) => !there.has(name))).to.deep.equal([])
  })

  for (const kind of kindsOfCallers) {
    // Seen failing with `isSuperAdmin` (rules/membership.ts) for whoever is a member, and for who is suspended.
    it(`are kept against: ${kind}`, async () => {
      const wrong: string[] = []
      for (const route of routes()) {
        const audience = audienceOf(route.name)!
        if (audience === 'anyone' || audience === 'link') continue
        const verdict = await ask(route, cast.callers[kind])
        const allowed = letsIn[audience].includes(kind)
        if (allowed ? verdict !== 'in' && verdict !== 'nothing' : verdict === 'in')
          wrong.push(`${route.name}: ${verdict}`)
      }
      expect(wrong).to.deep.equal([])
    })
  }

  // Seen failing with a `findLink` (effects/links.ts) that takes any token.
  it('are given by no link that was not sent', async () => {
    const open: string[] = []
    for (const route of routes().filter(({ name }) => audienceOf(name) === 'link'))
      for (const kind of kindsOfCallers)
        if ((await ask(route, cast.callers[kind])) === 'in') open.push(`${kind}: ${route.name}`)
    expect(open).to.deep.equal([])
  })
})
