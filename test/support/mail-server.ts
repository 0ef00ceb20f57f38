import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js'

export interface Mail {
  id: string
  to: string
  subject: string
  text: string
  html: string
}

export interface MailServer {
  url: string
  mails: Mail[]
  /** The first mail, past or future, that fits; every mail is handed out once. */
  next(to: string, subject: RegExp): Promise<Mail>
  /** Refuses everything until it is switched off again. */
  down: boolean
  /** Addresses that take nothing for now (RFC 5321 §4.2.3, 450). */
  busy: Set<string>
  stop(): Promise<void>
}

/** What a server makes of a connection. */
interface Connection {
  connectionReady(): void
  _setListeners(then: () => void): void
}

// It lets a tenth of a second pass, for clients that talk too soon: many tests would do little but wait for that.
SMTPConnection.prototype.init = function (this: Connection) {
  this._setListeners(() => this.connectionReady())
}

/** A real SMTP server in this process. It greets at once. */
export async function startMailServer(): Promise<MailServer> {
  const mails: Mail[] = []
  const taken = new Set<Mail>()
  const waiting = new Set<() => void>()
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onMailFrom: (_address, _session, done) => done(kit.down ? new Error('down') : null),
    onRcptTo: ({ address }, _session, done) =>
      done(kit.busy.has(address) ? Object.assign(new Error('mailbox busy'), { responseCode: 450 }) : null),
    onData: (stream, session, done) => {
      simpleParser(stream)
        .then((mail) => {
          const to = session.envelope.rcptTo[0]?.address ?? ''
          const { messageId = '', subject = '', text = '', html } = mail
          mails.push({ id: messageId, to, subject, text, html: html || '' })
          done()
          for (const look of [...waiting]) look()
        })
        .catch(done)
    },
  })
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  const kit: MailServer = {
    // One connection for many mails.
    url: `smtp://127.0.0.1:${port}/?pool=true`,
    mails,
    down: false,
    busy: new Set(),
    next: (to, subject) =>
      new Promise((resolve) => {
        const look = () => {
          const found = mails.find((mail) => mail.to === to && subject.test(mail.subject) && !taken.has(mail))
          if (found === undefined) return
          taken.add(found)
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
      }),
    stop: () => {
      for (const connection of server.connections) connection.close()
      return new Promise((resolve) => server.close(resolve))
    },
  }
  return kit
}
