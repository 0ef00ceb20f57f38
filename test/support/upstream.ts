import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { Provider } from 'oidc-provider'
import { type Host, somePeople, startHost } from './host.ts'

/** Who is signed in at the provider of an organization, and what it says of them. */
export interface AtUpstream {
  subject: string
  email?: string
  verified?: boolean
  acr?: string
  amr?: string[]
  /** Seconds ago; now if left out. */
  since?: number
  /** It signs nobody in. */
  refuses?: boolean
}

export interface UpstreamKit {
  issuer: string
  /** Who sits at the browser there. */
  at: AtUpstream
  /** Requests as they came. */
  asked: URLSearchParams[]
  /** What `rekey()` is told of it. */
  settings: { issuer: string; clientId: string; clientSecret: string }
  stop(): Promise<void>
}

/** The provider of an organization: node-oidc-provider once more, whose people sign in by themselves. */
export async function startUpstream(redirectUris: string[]): Promise<UpstreamKit> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`
  const secret = 'a secret of the upstream, long enough'
  const kit: UpstreamKit = {
    issuer,
    at: { subject: 'nobody' },
    asked: [],
    settings: { issuer, clientId: 'rekey', clientSecret: secret },
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close').catch(() => {})
    },
  }
  const people = new Map<string, AtUpstream>()
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'rekey', client_secret: secret, redirect_uris: redirectUris }],
    claims: { openid: ['sub', 'amr', 'acr', 'auth_time'], email: ['email', 'email_verified'] },
    acrValues: ['mfa-done'],
    features: { devInteractions: { enabled: false } },
    cookies: {
      keys: ['a key of the upstream'],
      names: { session: '_up_session', interaction: '_up', resume: '_up_resume' },
    },
    interactions: { url: (_ctx, interaction) => `/sign-in/${interaction.uid}` },
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: people.get(id)?.email, email_verified: people.get(id)?.verified }),
    }),
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client!.clientId,
        accountId: ctx.oidc.session!.accountId!,
      })
      grant.addOIDCScope('openid email')
      await grant.save()
      return grant
    },
  })
  const serve = provider.callback()
  server.on('request', async (request, response) => {
    const url = new URL(request.url!, issuer)
    if (url.pathname === '/auth') kit.asked.push(url.searchParams)
    if (!url.pathname.startsWith('/sign-in/')) return serve(request, response)
    const { subject, acr, amr, since = 0, refuses } = kit.at
    people.set(subject, { ...kit.at })
    const login = { accountId: subject, acr, amr, ts: Math.floor(Date.now() / 1000) - since, remember: false }
    await provider.interactionFinished(
      request,
      response,
      refuses === true ? { error: 'access_denied', error_description: 'no' } : { login },
      { mergeWithLastSubmission: false },
    )
  })
  return kit
}

/** A host, two of whose organizations have a provider of their own: Corp by its domain, Group by who its members are. */
export async function startFederated(): Promise<{ host: Host; corp: UpstreamKit; group: UpstreamKit }> {
  const people = somePeople()
  people.set('4', { login: 'dan@corp.example', name: 'Dan', password: 'dan-and-a-long-password' })
  people.set('5', { login: 'eve@corp.example', name: 'Eve' })
  people.set('6', { login: 'finn@group.example', name: 'Finn', password: 'finn-and-a-long-password' })
  let corp!: UpstreamKit
  let group!: UpstreamKit
  const host = await startHost({
    path: '/oidc',
    people,
    mount: (provider, path) => express().use(path, provider.callback()),
    options: async (origin) => {
      corp = await startUpstream([`${origin}/oidc/upstream/corp`])
      group = await startUpstream([`${origin}/oidc/upstream/group`])
      const secondFactor = { acr: ['mfa-done'] }
      return {
        organizations,
        upstreams: [
          { id: 'corp', name: 'Corp', ...corp.settings, domains: ['Corp.example'], secondFactor },
          { id: 'group', name: 'Group', ...group.settings, organizations: ['group'] },
        ],
      }
    },
  })
  return { host, corp, group }
}

const organizations = {
  of: async (id: string) => [
    {
      organization: id === '6' ? { id: 'group', name: 'Group' } : { id: 'host', name: 'The Host' },
      role: id === '1' ? ('super_admin' as const) : ('member' as const),
      since: Date.parse('2025-01-01'),
    },
  ],
  superAdmins: async function* () {
    yield '1'
  },
}
