import { createTransport } from 'nodemailer'
import { Away, type Delivery, Undeliverable } from '../delivery.ts'

/**
 * Milliseconds for each step of a delivery. A server that hangs must not hold up everyone else's mail, nor longer than
 * the outbox holds a parcel for one process.
 */
const patience = {
  dnsTimeout: 5_000,
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  socketTimeout: 20_000,
}

/** Mail by SMTP. `Message-ID` repeats the message's id, so that a server that gets it twice can tell. */
export function createSmtpDelivery({ url, from }: { url: string; from: string }): Delivery {
  const transport = createTransport({ url, ...patience }, { from })
  const host = from.replace(/.*@/, '').replace(/>.*/, '') || 'localhost'
  return {
    send: async ({ id, channel, to, subject, text, html }) => {
      if (channel !== 'mail') throw new Error(`there is no way out for ${channel}`)
      const messageId = `<${Buffer.from(id).toString('base64url')}@${host}>`
      const headers = { 'Auto-Submitted': 'auto-generated' }
      await transport.sendMail({ to, subject, text, html, messageId, headers }).catch(refuse)
    },
    close: async () => transport.close(),
  }
}

/**
 * What the server says of this address, or of this very mail, for good (RFC 5321 §4.2.1): nobody waits behind it. What it
 * says of us, before it has heard of either, or as it closes (421), is the same for every mail: as if it were away.
 */
function refuse(error: Error & { responseCode?: number; command?: string }): never {
  const { responseCode = 0, command = '' } = error
  const ofThis = /^(RCPT TO|DATA)/.test(command) && responseCode !== 421
  if (ofThis && responseCode >= 500) throw new Undeliverable(`smtp_${responseCode}`)
  if (!ofThis && responseCode >= 400) throw new Away(`smtp_${responseCode}`)
  throw error
}

/** `smtp(process.env.SMTP_URL, 'Example <id@example.com>')`: mail's way out. Without a server it doesn't start. */
export function smtp(url: string | undefined, from: string): Delivery {
  if (url === undefined || !/^smtps?:\/\/./.test(url))
    throw new TypeError('smtp needs the address of a mail server: smtp://user:password@host:587 or smtps://…')
  return createSmtpDelivery({ url, from })
}
