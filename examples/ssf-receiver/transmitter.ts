/** What a receiver needs of a transmitter: SSF 1.0 §7 and §8, with OAuth 2.0 client credentials. */
export interface Transmitter {
  issuer: string
  jwksUri: string
  /** The receiver's stream: a new one, or the one it had, with this delivery. */
  stream(delivery: object): Promise<{ stream_id: string; delivery: { endpoint_url: string } }>
  verify(stream: string, state: string): Promise<void>
  poll(endpoint: string, body: object, signal: AbortSignal): Promise<{ sets: { [jti: string]: string } }>
}

export async function discover(issuer: string, client: string, secret: string): Promise<Transmitter> {
  const metadata = await json(await fetch(`${issuer}/.well-known/ssf-configuration`))
  const openid = await json(await fetch(`${issuer}/.well-known/openid-configuration`))
  // The document must be the transmitter's own (SSF 1.0 §7.2.2).
  if (metadata.issuer !== issuer) throw new Error(`${issuer} says that it is ${metadata.issuer}`)
  const { configuration_endpoint: configuration, verification_endpoint: verification } = metadata
  let token: { value: string; until: number } | undefined

  const bearer = async (): Promise<string> => {
    if (token !== undefined && token.until > Date.now()) return token.value
    const basic = Buffer.from(`${encodeURIComponent(client)}:${encodeURIComponent(secret)}`).toString(
      'base64',
    )
    const answer = await json(
      await fetch(openid.token_endpoint, {
        method: 'POST',
        headers: { authorization: `Basic ${basic}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'ssf.manage ssf.read' }),
      }),
    )
    token = { value: answer.access_token, until: Date.now() + (answer.expires_in - 30) * 1000 }
    return token.value
  }
  const call = async (method: string, url: string, body?: object, signal?: AbortSignal): Promise<Response> =>
    fetch(url, {
      method,
      headers: { authorization: `Bearer ${await bearer()}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    })

  return {
    issuer,
    jwksUri: metadata.jwks_uri,
    stream: async (delivery) => {
      const created = await call('POST', configuration, { delivery })
      if (created.status !== 409) return json(created)
      const [had] = await json(await call('GET', configuration))
      return json(await call('PATCH', configuration, { stream_id: had.stream_id, delivery }))
    },
    verify: async (stream_id, state) => {
      const response = await call('POST', verification, { stream_id, state })
      // 429: it was verified a moment ago.
      if (response.status !== 204 && response.status !== 429)
        throw new Error(`not verified: ${response.status}`)
    },
    poll: async (endpoint, body, signal) => json(await call('POST', endpoint, body, signal)),
  }
}

// biome-ignore lint/suspicious/noExplicitAny: documents of the transmitter, whose few members are used as they are
async function json(response: Response): Promise<any> {
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${await response.text()}`)
  return response.json()
}
