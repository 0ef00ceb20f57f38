import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { CompactSign, generateKeyPair } from 'jose'
import { createVerifier, type Verifier } from '../../examples/ssf-receiver/verify.ts'
import { createSetSigner } from '../../provider/signals/sets.ts'
import { freePorts } from '../support/process.ts'
import { Receiver, receiverClient, setStatus } from '../support/receiver.ts'
import { keysOf } from '../support/signing-keys.ts'
import { story } from '../support/story.ts'

const main = 'examples/ssf-receiver/main.ts'

/** A process and the lines that it prints. */
function run(env: { [name: string]: string }) {
  const child: ChildProcess = spawn(process.execPath, [main], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  const waiting = new Set<() => void>()
  createInterface({ input: child.stdout! }).on('line', (line) => {
    lines.push(line)
    for (const look of waiting) look()
  })
  return {
    /** The first line, past or future, that fits. Rejects when the process ends without it. */
    line: (wanted: RegExp): Promise<string> =>
      new Promise((resolve, reject) => {
        child.once('exit', () => reject(new Error(`ended without ${wanted}:\n${lines.join('\n')}`)))
        const look = () => {
          const found = lines.find((line) => wanted.test(line))
          if (found === undefined) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
      }),
    stop: async () => {
      const exited = once(child, 'exit')
      child.kill()
      await exited
    },
  }
}

story(
  'The example receiver of security events',
  (rekey) => {
    for (const delivery of ['push', 'poll'] as const) {
      it(`hears what happens (${delivery})`, async () => {
        const example = run({
          ISSUER: rekey.issuer,
          CLIENT_ID: `example-${delivery}`,
          CLIENT_SECRET: receiverClient('').client_secret,
          DELIVERY: delivery,
        })
        try {
          expect(await example.line(/verification/)).to.include('"state":"hello"')
          const person = await rekey.person()
          await setStatus(rekey, person, 'deactivated')
          expect(await example.line(/account-disabled/)).to.include(person.id)
          expect(await example.line(/session-revoked/)).to.include('Account deactivated')
        } finally {
          await example.stop()
          const { body } = await new Receiver(`example-${delivery}`).attach(rekey).call('GET', '/ssf/stream')
          await new Receiver(`example-${delivery}`)
            .attach(rekey)
            .call('DELETE', `/ssf/stream?stream_id=${body[0].stream_id}`)
        }
      })
    }

    describe('believes', () => {
      let verifier: Verifier
      let claims: { [claim: string]: unknown }
      const sign = async (changes: object = {}) => {
        const keys = await keysOf(rekey)
        return createSetSigner(() => keys.published('RS256')[0])(JSON.stringify({ ...claims, ...changes }))
      }
      const refusal = async (token: string) =>
        verifier.accept(token).then(
          () => 'accepted',
          (error: { err?: string }) => error.err,
        )

      beforeEach(() => {
        verifier = createVerifier({ issuer: rekey.issuer, jwksUri: `${rekey.issuer}/jwks`, audience: 'me' })
        const sub_id = { format: 'opaque', id: 'x' }
        const events = { 'https://example.com/event': {} }
        claims = { iss: rekey.issuer, aud: 'me', jti: 'one', iat: 1, sub_id, events }
      })

      it('what its transmitter says to it, once', async () => {
        const token = await sign()
        expect((await verifier.accept(token))?.type).to.equal('https://example.com/event')
        expect(await verifier.accept(token)).to.equal(undefined)
      })

      it('nothing that is forged, or for somebody else, or no security event', async () => {
        const { privateKey } = await generateKeyPair('RS256')
        const forged = await new CompactSign(Buffer.from(JSON.stringify(claims)))
          .setProtectedHeader({ alg: 'RS256', typ: 'secevent+jwt' })
          .sign(privateKey)
        expect(await refusal(forged)).to.be.oneOf(['invalid_key', 'invalid_request'])
        const [header, , signature] = (await sign()).split('.')
        const other = Buffer.from(JSON.stringify({ ...claims, jti: 'two' })).toString('base64url')
        expect(await refusal([header, other, signature].join('.'))).to.equal('invalid_key')
        expect(await refusal(await sign({ aud: 'you' }))).to.equal('invalid_audience')
        expect(await refusal(await sign({ iss: 'https://elsewhere.example' }))).to.equal('invalid_issuer')
        const person = await rekey.person()
        const { events } = claims
        for (const changes of [
          { sub: person.id },
          { exp: 9_999_999_999 },
          { jti: undefined },
          { sub_id: undefined },
          { events: {} },
          { events: { ...(events as object), 'https://example.com/another': {} } },
        ])
          expect(await refusal(await sign(changes)), JSON.stringify(changes)).to.equal('invalid_request')
        const [rsa] = (await keysOf(rekey)).published('RS256')
        const untyped = await new CompactSign(Buffer.from(JSON.stringify(claims)))
          .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: rsa!.kid })
          .sign(rsa!.privateKey)
        expect(await refusal(untyped)).to.equal('invalid_request')
      })
    })
  },
  {
    clients: [receiverClient('example-push'), receiverClient('example-poll')],
    config: { signals: { pollSeconds: 2 } },
  },
)

describe('The example receiver of security events, by itself', () => {
  it('starts the demo and listens to it, with one command', async function () {
    this.timeout(60_000)
    const example = run({ PORT: String(await freePorts(3)), ISSUER: '' })
    try {
      for (const delivery of ['poll', 'push'])
        expect(await example.line(new RegExp(`^${delivery}: verification`))).to.include('hello')
      await example.line(/Now reset/)
    } finally {
      await example.stop()
    }
  })
})
