import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { expect } from 'chai'
import { type Folder, folder, rekeyCommand, soundSettings } from '../standalone/kit.ts'
import { Browser } from '../support/browser.ts'
import { faultyLine } from '../support/faulty-line.ts'
import { dropPlace, newPlace } from '../support/places.ts'
import { freePorts, run } from '../support/process.ts'
import { startRelyingApp } from '../support/relying-app.ts'
import { mongo } from '../support/stores.ts'

/** Takes connections, and never says a word. */
interface Silent {
  port: number
  /** Resolves when somebody waits for it. */
  met: Promise<unknown>
  close(): void
}

async function silent(): Promise<Silent> {
  const sockets: Socket[] = []
  const server: Server = createServer((socket) => sockets.push(socket.on('error', () => {})))
  const met = once(server, 'connection')
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    met,
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

/** Ten seconds are promised; the rest is for a machine that is busy. */
const promised = 15_000

const person = { id: 'ada', name: 'Ada', email: 'ada@acme.example', password: 'an engine of differences' }

describe('SIGTERM', () => {
  let home: Folder
  const toClose: { close(): unknown }[] = []

  before(async () => {
    home = await folder()
  })
  after(async () => {
    for (const one of toClose) one.close()
    await home.remove()
  })

  const stopped = async (server: ReturnType<typeof run>) => {
    const from = Date.now()
    const code = await server.stop('SIGTERM')
    return { code, took: Date.now() - from }
  }

  it('ends it in time while the mail server hangs, an app hangs and connections stay open; readiness goes first', async () => {
    const [port, health] = [await freePorts(1), await freePorts(1)]
    const issuer = `http://localhost:${port}`
    const [mail, app] = [await silent(), await silent()]
    const rp = await startRelyingApp(issuer, 'app', {
      backchannel_logout_uri: `http://localhost:${app.port}/logout`,
    })
    toClose.push(mail, app)
    const settings = soundSettings(home.data, {
      issuer,
      port,
      health: { port: health },
      mail: { url: `smtp://127.0.0.1:${mail.port}`, from: 'Example <id@example.com>' },
      clients: [rp.client],
      fetchHosts: ['localhost'],
    })
    const config = await home.file('rekey.json', JSON.stringify(settings))
    const taken = await home.file('people.json', JSON.stringify({ people: [person] }))
    expect((await rekeyCommand(['import', taken, '--config', config])).err).to.equal('')
    const server = run(['standalone/start.mjs', 'serve', '--config', config])
    await server.until('Rekey is listening')
    const browser = new Browser()
    await rp.start(browser)
    await browser.press('Sign in', { email: person.email, password: person.password })
    await browser.press('Not now')
    await rp.finish(browser)
    expect((await rekeyCommand(['people', 'sign-out', 'ada', '--config', config])).code).to.equal(0)
    await Promise.all([mail.met, app.met])
    const idle = connect(port, 'localhost')
    idle.on('error', () => {}).write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n')
    await once(idle, 'data')
    const half = connect(port, 'localhost')
    half
      .on('error', () => {})
      .write('POST /token HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\nhalf')
    const ready = async () => (await fetch(`http://localhost:${health}/readyz`)).status
    expect(await ready()).to.equal(200)
    const stopping = stopped(server)
    await server.until('stopping')
    expect(await ready()).to.equal(503)
    const { code, took } = await stopping
    expect(code).to.equal(0)
    expect(took).to.be.below(promised)
    await rp.stop()
    // Nothing that was acknowledged is lost: both messages wait.
    const waiting = JSON.parse((await rekeyCommand(['outbox', '--config', config, '--json'])).out)
    expect(waiting.length).to.be.at.least(2)
  })

  const aside = mongo === undefined ? it.skip : it
  aside('ends it in time while the database hangs', async () => {
    const place = await newPlace(mongo!)
    const { hostname, port: at } = new URL(place.store)
    const line = await faultyLine(hostname, Number(at))
    const port = await freePorts(1)
    const store = place.store.replace(`${hostname}:${at}`, `127.0.0.1:${line.port}`)
    const issuer = `http://localhost:${port}`
    const config = await home.file(
      'mongo.json',
      JSON.stringify(soundSettings(home.data, { issuer, port, store })),
    )
    const server = run(['standalone/start.mjs', 'serve', '--config', config])
    await server.until('Rekey is listening')
    line.hang()
    const asked = fetch(`${issuer}/authorize?client_id=any`).catch(() => undefined)
    const { code, took } = await stopped(server)
    await asked
    expect(code).to.equal(0)
    expect(took).to.be.below(promised)
    line.close()
    await dropPlace(place)
  })
})
