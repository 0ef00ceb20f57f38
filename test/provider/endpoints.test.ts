import { expect } from 'chai'
import Koa, { type Middleware } from 'koa'
import { inject } from 'light-my-request'
import { byEndpoint } from '../../provider/endpoints.ts'

const says =
  (word: string): Middleware =>
  async (ctx, next) => {
    await next()
    ctx.body = `${word} ${ctx.body}`
  }

async function passed(path: string, routes?: { userinfo: string }): Promise<string> {
  const koa = new Koa()
  const stacks = { reads: [], calls: [says('outer'), says('inner')], pages: [says('page')] }
  koa.use(byEndpoint(stacks, routes))
  koa.use((ctx) => {
    ctx.body = 'the library'
  })
  return (await inject(koa.callback() as never, path)).payload
}

describe('what runs around an endpoint', () => {
  it('is nothing for one that only reads, and in its order for one that writes', async () => {
    expect(await passed('/me')).to.equal('the library')
    expect(await passed('/token/introspection')).to.equal('the library')
    expect(await passed('/token?more')).to.equal('outer inner the library')
  })

  it('is what pages need for everything else, the unknown included', async () => {
    for (const path of [
      '/',
      '/auth',
      '/device/auth',
      '/jwks',
      '/me/',
      '/ME',
      '/token/',
      '/session/end',
      '/reg/app',
    ])
      expect(await passed(path), path).to.equal('page the library')
  })

  it('goes by where the host has put the endpoint', async () => {
    const routes = { userinfo: '/who' }
    expect(await passed('/who', routes)).to.equal('the library')
    expect(await passed('/me', routes)).to.equal('page the library')
  })
})
