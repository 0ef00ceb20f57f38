import Router from '@koa/router'
import { expect } from 'chai'
import Koa from 'koa'
import { inject } from 'light-my-request'
import { ownPaths } from '../../interactions/http/own-paths.ts'

describe('our own paths', () => {
  const pages = new Router()
  pages.get('/', (ctx) => {
    ctx.body = 'home'
  })
  const rooms = new Router({ prefix: '/room/:id' })
  rooms.get('/', (ctx) => {
    ctx.body = `room ${ctx.params.id}`
  })
  const more = new Router()
  more.get('/room/:id/more', (ctx) => {
    ctx.body = `more of ${ctx.params.id}`
  })
  more.get('/room/:id/files/{:name}', (ctx) => {
    ctx.body = `file ${ctx.params.name} of ${ctx.params.id}`
  })
  more.get('/room/:id/:thing', (ctx) => {
    ctx.body = `${ctx.params.thing} of ${ctx.params.id}`
  })
  more.get('/room/:id/late', (ctx) => {
    ctx.body = 'never reached'
  })
  more.get('/room/pictures/*path', (ctx) => {
    ctx.body = `picture ${ctx.params.path}`
  })
  const guarded = new Router({ prefix: '/api' })
  guarded.use(async (ctx, next) => {
    ctx.set('guard', 'ran')
    await next()
  })
  guarded.get('/people', (ctx) => {
    ctx.body = 'people'
  })
  const koa = new Koa()
  koa.use(ownPaths([pages, rooms, more, guarded]))
  koa.use((ctx) => {
    ctx.body = 'the provider'
  })
  const ask = async (url: string) => (await inject(koa.callback() as never, url)).payload

  it('lead to the router that has them, also when two share a beginning', async () => {
    expect(await ask('/')).to.equal('home')
    expect(await ask('/?ui_locales=ja')).to.equal('home')
    expect(await ask('/room/1')).to.equal('room 1')
    expect(await ask('/room/1/more?page=2')).to.equal('more of 1')
  })

  it('are found in any case, with a slash at the end, and by the first route that fits', async () => {
    expect(await ask('/room/1/')).to.equal('room 1')
    expect(await ask('/room/1/MORE/')).to.equal('more of 1')
    expect(await ask('/room/1/files/a.txt')).to.equal('file a.txt of 1')
    expect(await ask('/room/1/files/')).to.equal('file undefined of 1')
    expect(await ask('/room/1/files/more')).to.equal('file more of 1')
    expect(await ask('/room/1/late')).to.equal('late of 1')
    expect(await ask('/room/pictures/a/b/more')).to.equal('picture a/b/more')
    expect(await ask('/room/1/other')).to.equal('other of 1')
    expect(await ask('/room/more')).to.equal('room more')
  })

  it('run what their router has around its routes', async () => {
    const { headers, payload } = await inject(koa.callback() as never, '/api/people')
    expect([headers['guard'], payload]).to.deep.equal(['ran', 'people'])
  })

  it('leave everything else to what comes after', async () => {
    for (const url of [
      '/auth',
      '/room',
      '/roomy/1',
      '/.well-known/openid-configuration',
      '//room/1',
      '/room/1/2/3',
    ])
      expect(await ask(url), url).to.equal('the provider')
  })
})
