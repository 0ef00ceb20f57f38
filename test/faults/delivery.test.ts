import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { expect } from 'chai'
import { SMTPServer } from 'smtp-server'
import { createSmtpDelivery } from '../../adapters/delivery/smtp/delivery.ts'
import { createKeyRing } from '../../adapters/secrets/key-ring.ts'
import type { Store } from '../../adapters/store/store.ts'
import { createOutbox, type Outbox } from '../../effects/outbox.ts'
import type { Parcel } from '../../effects/parcel.ts'
import { describeEachEngine, type Opened } from '../support/stores.ts'

const ring = createKeyRing([{ id: 'test', key: randomBytes(32).toString('base64url') }])

const mail = (id: string, to: string): Parcel => ({
  kind: 'message',
  message: { id, channel: 'mail', to, subject: id, text: 'Hello', links: [] },
})
const logout = (client: string): Parcel => ({ kind: 'logout', client, account: 'ada' })

/** Servers that take a connection and then don't do what they should. */
const faulty: { [kind: string]: (socket: Socket) => void } = {
  'hangs before it greets': () => {},
  'drips its greeting': (socket) => {
    const timer = setInterval(() => socket.write('2'), 100)
    socket.on('close', () => clearInterval(timer))
  },
  'hangs after DATA': (socket) => {
    socket.write('220 hello\r\n')
    socket.on('data', (said) => {
      if (!/^DATA/im.test(said.toString())) socket.write('250 fine\r\n')
      else socket.write('354 go on\r\n', () => socket.removeAllListeners('data'))
    })
  },
}

describeEachEngine('Delivery', (engine) => {
  let opened: Opened
  let store: Store
  let outbox: Outbox
  const servers: { close(): unknown }[] = []
  const sockets = new Set<Socket>()

  beforeEach(async () => {
    opened = await engine.open()
    store = opened.store
  })
  afterEach(async () => {
    for (const socket of sockets) socket.destroy()
    for (const server of servers.splice(0)) server.close()
    await outbox.stop()
    await opened.dispose()
  })

  async function listening(server: Server, port = 0): Promise<number> {
    servers.push(server)
    server.on('connection', (socket) => {
      sockets.add(socket.on('error', () => {}))
    })
    await once(server.listen(port, '127.0.0.1'), 'listening')
    return (server.address() as AddressInfo).port
  }

  /** An outbox whose mail leaves by SMTP; apps are told at once, unless they hang. */
  function sending(port: number, apps: { hanging?: string[]; slow?: number } = {}) {
    const smtp = createSmtpDelivery({ url: `smtp://127.0.0.1:${port}`, from: 'id@example.com' })
    const told = new Map<string, PromiseWithResolvers<void>>()
    const of = (name: string) => told.get(name) ?? told.set(name, Promise.withResolvers<void>()).get(name)!
    outbox = createOutbox({
      store,
      ring,
      clock: Date.now,
      deliver: async (parcel) => {
        if (parcel.kind === 'message') await smtp.send(parcel.message)
        if (parcel.kind === 'logout' && apps.hanging?.includes(parcel.client)) await new Promise(() => {})
        if (parcel.kind === 'logout' && parcel.client === 'slow')
          await fetch(`http://127.0.0.1:${apps.slow}/`).then((answer) => answer.text())
        of(
          parcel.kind === 'message' ? parcel.message.id : parcel.kind === 'logout' ? parcel.client : '',
        ).resolve()
      },
      failed: () => {},
    })
    return { left: (name: string) => of(name).promise }
  }

  for (const [kind, behave] of Object.entries(faulty)) {
    it(`goes on to every app while the mail server ${kind}`, async () => {
      const { left } = sending(await listening(createServer(behave)))
      for (let index = 0; index < 40; index += 1)
        await outbox.queue(`mail-${index}`, `person-${index}`, mail(`mail-${index}`, 'ada@example.com'))
      for (const app of ['one', 'two', 'three']) await outbox.queue(app, `client:${app}`, logout(app))
      await Promise.all(['one', 'two', 'three'].map(left))
      // The first of them hasn't been given up meanwhile: nobody waited for it.
      expect((await store.outbox.get('mail-0'))!.tries).to.be.at.most(1)
      expect((await store.outbox.get('mail-0'))!.state).to.equal('queued')
    })
  }

  /** One that takes mail at once. */
  async function soundMailServer(): Promise<number> {
    const smtp = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      onData: (stream, _session, done) => stream.resume().on('end', done),
    })
    servers.push(smtp)
    await once(smtp.listen(0, '127.0.0.1'), 'listening')
    return (smtp.server.address() as AddressInfo).port
  }

  /** One party that is slow, with much that waits for it, and ten neighbours that are not. */
  it('delays nobody else for one slow party: the table', async () => {
    const rows: string[] = []
    for (const kind of ['none', 'hanging app', 'dripping app', ...Object.keys(faulty)]) {
      const slowMail = kind in faulty
      const slowApp = kind.endsWith('app')
      const answer = kind === 'dripping app' ? faulty['drips its greeting']! : () => {}
      const port = slowMail ? await listening(createServer(faulty[kind]!)) : await soundMailServer()
      const { left } = sending(port, {
        slow: slowApp ? await listening(createServer(answer)) : undefined,
      })
      const slow = Array.from({ length: 20 }, (_, index) => `${kind}-slow-${index}`)
      for (const id of slow)
        await outbox.queue(
          id,
          id,
          slowApp ? logout('slow') : slowMail ? mail(id, 'ada@example.com') : logout(id),
        )
      const neighbours = Array.from({ length: 10 }, (_, index) => `${kind}-${index}`)
      const from = performance.now()
      const delays = neighbours.map((id) => left(id).then(() => performance.now() - from))
      for (const id of neighbours)
        await outbox.queue(
          id,
          id,
          slowMail || Number(id.at(-1)) % 2 ? logout(id) : mail(id, `${id}@example.com`),
        )
      const longest = Math.max(...(await Promise.all(delays)))
      const ends = await Promise.all([...slow, ...neighbours].map((id) => store.outbox.get(id)))
      const waiting = ends.slice(0, slow.length).filter((one) => one!.state === 'queued').length
      // Nobody has been given up meanwhile, so nobody was waited for.
      expect(Math.max(...ends.map((one) => one!.tries)), kind).to.equal(1)
      rows.push(
        `      | ${kind.padEnd(22)} | 10 of 10 | ${longest.toFixed(0).padStart(5)} ms | ${String(waiting).padStart(2)} wait for it |`,
      )
      for (const socket of sockets) socket.destroy()
      await outbox.stop()
    }
    console.log(`      | slow party             | others   | longest  |                |\n${rows.join('\n')}`)
  }).timeout(240_000)

  it('goes on to people and other apps while one app hangs', async () => {
    const { left } = sending(await soundMailServer(), { hanging: ['hanging'] })
    for (let index = 0; index < 40; index += 1)
      await outbox.queue(`bye-${index}`, `client:hanging:${index}`, logout('hanging'))
    await outbox.queue('welcome', 'ada', mail('welcome', 'ada@example.com'))
    await outbox.queue('other', 'client:other', logout('other'))
    await Promise.all([left('welcome'), left('other')])
    expect((await store.outbox.get('bye-0'))!.state).to.equal('queued')
  })

  it('drops what the server refuses for good, and goes on behind it', async () => {
    const smtp = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      onRcptTo: ({ address }, _session, done) =>
        done(
          address.startsWith('nobody')
            ? Object.assign(new Error('no such user'), { responseCode: 550 })
            : null,
        ),
      onData: (stream, _session, done) => {
        let text = ''
        stream.on('data', (part) => {
          text += part
        })
        stream.on('end', () =>
          done(
            text.includes('Subject: spam') ? Object.assign(new Error('spam'), { responseCode: 554 }) : null,
          ),
        )
      },
    })
    servers.push(smtp)
    await once(smtp.listen(0, '127.0.0.1'), 'listening')
    const { left } = sending((smtp.server.address() as AddressInfo).port)
    await outbox.queue('gone', 'ada', mail('gone', 'nobody@example.com'))
    await outbox.queue('spam', 'ada', mail('spam', 'ada@example.com'))
    await outbox.queue('code', 'ada', mail('code', 'ada@example.com'))
    await left('code')
    await outbox.drain()
    const ended = await Promise.all(['gone', 'spam', 'code'].map((id) => store.outbox.get(id)))
    expect(ended.map((one) => [one!.state, one!.lastError])).to.deep.equal([
      ['dropped', 'Undeliverable smtp_550'],
      ['dropped', 'Undeliverable smtp_554'],
      ['sent', undefined],
    ])
  })

  it('sends what waits as soon as one mail shows that the server is back', async () => {
    const taken = createServer()
    const port = await listening(taken)
    taken.close()
    const { left } = sending(port)
    for (const one of ['a', 'b', 'c']) await outbox.queue(one, one, mail(one, 'ada@example.com'))
    for (let tries = 0; tries < 3; tries += 1) {
      await outbox.drain()
      // As if these waits had grown for hours.
      for (const one of ['a', 'b', 'c'])
        await store.outbox.update(one, (current) => [
          current && { ...current, nextAt: Date.now() + 3_600_000 },
          undefined,
        ])
    }
    expect((await store.outbox.get('a'))!.lastError).to.include('ESOCKET')
    const smtp = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      onData: (stream, _session, done) => stream.resume().on('end', done),
    })
    servers.push(smtp)
    await once(smtp.listen(port, '127.0.0.1'), 'listening')
    await outbox.queue('code', 'd', mail('code', 'ada@example.com'))
    await Promise.all(['code', 'a', 'b', 'c'].map(left))
  })

  const answers = { 421: 'onRcptTo', 451: 'onMailFrom', 550: 'onMailFrom', 554: 'onConnect' } as const

  for (const [code, where] of Object.entries(answers))
    it(`takes a server for away that says ${code} to everybody (${where}), and sends all as soon as it is back`, async () => {
      let away = true
      const refused = Promise.withResolvers<void>()
      const refuse = (...given: unknown[]) => {
        const done = given.at(-1) as (error?: Error | null) => void
        if (!away) return done()
        refused.resolve()
        done(Object.assign(new Error('not now'), { responseCode: Number(code) }))
      }
      const smtp = new SMTPServer({
        authOptional: true,
        disabledCommands: ['STARTTLS', 'AUTH'],
        onData: (stream, _session, done) => stream.resume().on('end', done),
        [where]: refuse,
      })
      servers.push(smtp)
      await once(smtp.listen(0, '127.0.0.1'), 'listening')
      const { left } = sending((smtp.server.address() as AddressInfo).port)
      for (const one of ['a', 'b']) await outbox.queue(one, one, mail(one, 'ada@example.com'))
      await refused.promise
      await outbox.drain()
      for (const one of ['a', 'b']) {
        const waiting = (await store.outbox.get(one))!
        expect([waiting.state, waiting.lastError]).to.deep.equal(['queued', `Away smtp_${code}`])
        // As if these waits had grown for hours.
        await store.outbox.update(one, () => [{ ...waiting, nextAt: Date.now() + 3_600_000 }, undefined])
      }
      away = false
      await outbox.queue('code', 'c', mail('code', 'ada@example.com'))
      await Promise.all(['code', 'a', 'b'].map(left))
    })
})
