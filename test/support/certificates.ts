import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'

/** A certificate and its key, as a maker of security keys has them. */
export interface Certified {
  der: Buffer
  pem: string
  name: string
  key: KeyObject
}

const day = 86_400_000

/** A certificate authority of the tests. */
export function newRoot(name: string, validity?: Validity): Certified {
  return certified(name, undefined, { ca: true, ...validity })
}

/** A certificate of what signs attestations, or, with `ca`, of what issues such certificates. */
export function issue(issuer: Certified, name: string, options: Validity & { ca?: boolean } = {}): Certified {
  return certified(name, issuer, options)
}

interface Validity {
  /** Milliseconds since 1970. */
  from?: number
  until?: number
}

/** RFC 5280 §4.1, ECDSA with SHA-256 on P-256. */
function certified(
  name: string,
  issuer: Certified | undefined,
  { ca = false, from = Date.now() - day, until = Date.now() + 3650 * day }: Validity & { ca?: boolean },
): Certified {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const body = sequence(
    tagged(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(1)),
    ecdsaWithSha256,
    distinguished(issuer?.name ?? name),
    sequence(time(from), time(until)),
    distinguished(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(basicConstraints(ca))),
  )
  const signature = createSign('sha256')
    .update(body)
    .sign(issuer?.key ?? privateKey)
  const whole = sequence(body, ecdsaWithSha256, der(0x03, Buffer.concat([Buffer.of(0), signature])))
  const pem = `-----BEGIN CERTIFICATE-----\n${whole.toString('base64')}\n-----END CERTIFICATE-----\n`
  return { der: whole, pem, name, key: privateKey }
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.of(tag, ...size), content])
}

const sequence = (...parts: Buffer[]): Buffer => der(0x30, Buffer.concat(parts))
const tagged = (tag: number, content: Buffer): Buffer => der(tag, content)
const id = (...bytes: number[]): Buffer => der(0x06, Buffer.of(...bytes))

const ecdsaWithSha256 = sequence(id(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02))

/** What WebAuthn L3 §8.2.1 asks of the subject of an attestation certificate. */
const distinguished = (name: string): Buffer =>
  sequence(
    ...(
      [
        [6, 'SE', 0x13],
        [10, 'Rekey tests', 0x0c],
        [11, 'Authenticator Attestation', 0x0c],
        [3, name, 0x0c],
      ] as const
    ).map(([part, value, kind]) => der(0x31, sequence(id(0x55, 4, part), der(kind, Buffer.from(value))))),
  )

const basicConstraints = (ca: boolean): Buffer =>
  sequence(
    id(0x55, 0x1d, 0x13),
    der(0x01, Buffer.of(0xff)),
    der(0x04, sequence(...(ca ? [der(0x01, Buffer.of(0xff))] : []))),
  )

const time = (at: number): Buffer =>
  der(0x17, Buffer.from(`${new Date(at).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`))
