import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import { expect } from 'chai'
import { createGuardedFetch, endpointFault, isSpecialUse } from '../../adapters/guarded-fetch.ts'
import { pushMethod } from '../../rules/stream.ts'
import { Receiver, receiverClient, setStatus } from '../support/receiver.ts'
import { startRekey } from '../support/rekey.ts'
import { describeEachEngine } from '../support/stores.ts'

describe('Requests to addresses that others chose', () => {
  let server: Server
  let port: number
  let asked: string[]

  before(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      if (request.url === '/long') return response.end(Buffer.alloc(2_000_000))
      if (request.url === '/moved') return response.writeHead(307, { location: '/elsewhere' }).end()
      return response.writeHead(202).end()
    }).listen(0)
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  })
  beforeEach(() => {
    asked = []
  })
  after(() => server.close())

  const nameOf = (error: Error) => error.name
  /** The DNS of a stranger, which gives the next answer each time it is asked. */
  const dns = (...answers: string[][]): LookupFunction => {
    return (_hostname, options, callback) => {
      const found = (answers.shift() ?? []).map((address) => ({
        address,
        family: address.includes(':') ? 6 : 4,
      }))
      if (options.all) callback(null, found)
      else callback(null, found[0]!.address, found[0]!.family)
    }
  }

  it('never reach this machine or a private network, however they are written', async () => {
    const guarded = createGuardedFetch({ allowed: [] })
    for (const host of [
      ...['127.0.0.1', '127.1', '0x7f.1', '2130706433', '0', '[::1]', '[::]', '[::ffff:127.0.0.1]'],
      ...['10.1.2.3', '169.254.169.254', '192.168.1.1', '172.16.0.1', '[fd00::1]', '[fe80::1]', 'localhost'],
    ]) {
      const outcome = await guarded(`http://${host}:${port}/`).catch(nameOf)
      expect(outcome, host).to.equal('RefusedAddress')
    }
    expect(asked).to.deep.equal([])
  })

  it('reach hosts that the operator listed, with or without a port', async () => {
    for (const allowed of ['localhost', `localhost:${port}`]) {
      const guarded = createGuardedFetch({ allowed: [allowed] })
      expect((await guarded(`http://localhost:${port}/`, { method: 'POST' })).status).to.equal(202)
      expect(await guarded(`http://127.0.0.1:${port}/`).catch(nameOf)).to.equal('RefusedAddress')
    }
    expect(asked).to.deep.equal(['POST /', 'POST /'])
  })

  it('never reach a name that stands for a private address', async () => {
    for (const answer of [['127.0.0.1'], ['::1'], ['8.8.8.8', '10.0.0.1'], ['::ffff:192.168.0.1'], []]) {
      const guarded = createGuardedFetch({ allowed: [], lookup: dns(answer) })
      expect(await guarded(`http://rebind.example:${port}/`).catch(nameOf)).to.equal('RefusedAddress')
    }
    expect(asked).to.deep.equal([])
  })

  it('are looked up once, when the connection is made: a name that changes its mind gains nothing', async () => {
    let lookups = 0
    const rebinding = dns(['203.0.114.1'], ['127.0.0.1'], ['127.0.0.1'])
    const lookup: LookupFunction = (...args) => {
      lookups += 1
      rebinding(...args)
    }
    const guarded = createGuardedFetch({ allowed: [], lookup })
    const signal = AbortSignal.timeout(300)
    expect(await guarded(`http://rebind.example:${port}/`, { signal }).catch(nameOf)).to.not.equal(
      'RefusedAddress',
    )
    expect(lookups).to.equal(1)
    expect(await guarded(`http://rebind.example:${port}/`).catch(nameOf)).to.equal('RefusedAddress')
    expect(asked).to.deep.equal([])
  })

  it('are not led on by a redirect', async () => {
    const guarded = createGuardedFetch({ allowed: ['localhost'] })
    expect((await guarded(`http://localhost:${port}/moved`)).status).to.equal(307)
    expect(asked).to.deep.equal(['GET /moved'])
  })

  it('read no endless answer', async () => {
    const guarded = createGuardedFetch({ allowed: ['localhost'] })
    expect(await guarded(`http://localhost:${port}/long`).catch(({ message }: Error) => message)).to.equal(
      'the answer is too long',
    )
  })

  it('know every special range of IPv4 and IPv6', () => {
    for (const address of [
      '100.64.0.1',
      '198.18.0.1',
      '224.0.0.1',
      '255.255.255.255',
      '64:ff9b::a00:1',
      '2002::1',
    ])
      expect(isSpecialUse(address), address).to.equal(true)
    for (const address of ['8.8.8.8', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])
      expect(isSpecialUse(address), address).to.equal(false)
  })

  it('are refused early where their address tells enough', () => {
    for (const url of [
      ...['x', 'ftp://a.example/', 'http://a.example/', 'https://u:p@a.example/', 'https://a.example/#x'],
      ...[
        'https://127.0.0.1/',
        'https://[::1]/',
        'https://localhost/',
        'https://a.localhost./',
        'https://10.0.0.1/',
      ],
    ])
      expect(endpointFault(url, []), url).to.be.a('string')
    expect(endpointFault('https://a.example/events', [])).to.equal(undefined)
    expect(endpointFault('http://localhost:8080/events', ['localhost'])).to.equal(undefined)
    expect(endpointFault('http://localhost:8080/events', ['localhost:80'])).to.be.a('string')
  })
})

describeEachEngine('A push endpoint on a private network', (engine) => {
  it('is refused when the stream is created, and at every push', async () => {
    const opened = await engine.open()
    const rekey = await startRekey(opened.store, {
      clients: [receiverClient('receiver')],
      config: { fetchHosts: ['localhost:1'] },
    })
    const receiver = (await new Receiver('receiver').listen()).attach(rekey)
    try {
      for (const endpoint_url of [
        receiver.url,
        `https://127.0.0.1:${receiver.port}/`,
        'http://app.example/',
      ]) {
        const delivery = { ...receiver.push, endpoint_url }
        const { status, body } = await receiver.call('POST', '/ssf/stream', { delivery })
        expect([status, body.err], endpoint_url).to.deep.equal([400, 'invalid_request'])
      }
      // Allowed when it was created, not any more; or a name that now leads elsewhere.
      const id = await receiver.stream({ delivery: receiver.poll })
      await opened.store.streams.update(id, (current) => [
        { ...current!, delivery: { method: pushMethod, url: receiver.url } },
        undefined,
      ])
      await setStatus(rekey, await rekey.person(), 'deactivated')
      await rekey.work()
      expect(receiver.pushed).to.deep.equal([])
      expect(rekey.logged.join()).to.include('RefusedAddress')
    } finally {
      await receiver.stop()
      await rekey.stop()
      await opened.dispose()
    }
  })
})
