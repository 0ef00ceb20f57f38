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
  const koa = new Koa()
  koa.use(ownPaths([pages, rooms, more]))
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

  it('leave everything else to what comes after', async () => {
    for (const url of ['/auth', '/room', '/roomy/1', '/.well-known/openid-configuration', '//room/1'])
      expect(await ask(url), url).to.equal('the provider')
  })
})
