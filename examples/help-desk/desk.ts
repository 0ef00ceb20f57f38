import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, RequestListener } from 'node:http'
import { type ApiCase, type ApiClient, apiClient } from '../../api/client/client.ts'

export interface DeskOptions {
  /** The issuer of Rekey. */
  issuer: string
  clientId: string
  clientSecret: string
}

export interface Ticket {
  case: string
  person: string
  status: string
}

/** A ticket system that learns of recovery cases, shows them, and can say no. It can't say yes: that takes a person. */
export class HelpDesk {
  readonly tickets = new Map<string, Ticket>()
  readonly api: ApiClient
  /** What signs the messages, once the webhook is made. */
  #key: string | undefined

  constructor(options: DeskOptions) {
    this.api = apiClient({ url: options.issuer, token: () => accessToken(options) })
  }

  /** Asks to be told at `url`; the key is in the answer this once. */
  async subscribe(url: string): Promise<string> {
    const events = ['recovery.awaiting_admin', 'recovery.denied', 'recovery.completed'] as const
    const made = await this.api.call('createWebhook', { body: { url, events: [...events], enabled: true } })
    if (!made.ok) throw new Error(made.problem.title)
    this.#key = made.body.key
    return made.body.id
  }

  /** Takes messages (Standard Webhooks): one that isn't signed is nobody's. */
  get listener(): RequestListener {
    return async (request, response) => {
      const text = await bodyOf(request)
      if (!this.#isSigned(request, text)) return void response.writeHead(401).end()
      const { data } = JSON.parse(text) as { data: { case: string } }
      await this.look(data.case)
      response.writeHead(204).end()
    }
  }

  /** Brings a ticket up to date with its case. */
  async look(id: string): Promise<ApiCase | undefined> {
    const found = await this.api.call('getCase', { path: { case: id } })
    if (!found.ok) return undefined
    const { person, status } = found.body
    this.tickets.set(id, { case: id, person, status })
    return found.body
  }

  /** The caller wasn't who they said. */
  async deny(id: string, reason: string): Promise<string> {
    const done = await this.api.call(
      'denyCase',
      { path: { case: id }, body: { reason } },
      { idempotencyKey: id },
    )
    return done.ok ? done.body.status : done.problem.reason
  }

  /** Whatever a program tries, it stays no. */
  async approve(id: string, code: string): Promise<string> {
    const done = await this.api.call('approveCase', { path: { case: id }, body: { reason: 'Ticket', code } })
    return done.ok ? done.body.status : done.problem.reason
  }

  #isSigned({ headers }: IncomingMessage, text: string): boolean {
    if (this.#key === undefined) return false
    const secret = Buffer.from(this.#key.replace('whsec_', ''), 'base64')
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`
    const right = createHmac('sha256', secret).update(signed).digest()
    return String(headers['webhook-signature'])
      .split(' ')
      .map((one) => Buffer.from(one.replace('v1,', ''), 'base64'))
      .some((given) => given.length === right.length && timingSafeEqual(given, right))
  }
}

/** An access token of the ticket system's own. */
async function accessToken({ issuer, clientId, clientSecret }: DeskOptions): Promise<string> {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: `${issuer}/api/v1` }),
  })
  const { access_token: token } = (await response.json()) as { access_token?: string }
  if (token === undefined) throw new Error('no access token: is the client registered, with `organization`?')
  return token
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
