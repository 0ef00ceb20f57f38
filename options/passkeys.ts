import { X509Certificate } from 'node:crypto'
import { z } from 'zod'

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).publicKey !== undefined
  } catch {
    return false
  }
}

/** Passkeys and security keys. */
export const passkeyOptions = z
  .strictObject({
    attestation: z
      .enum(['none', 'direct'])
      .default('none')
      .describe(
        'Whether new passkeys are asked for proof of their make; some browsers ask the person for consent then.',
      ),
    roots: z
      .array(z.string().refine(isCertificate, 'a certificate as PEM text'))
      .default([])
      .describe(
        'Certificates (PEM) of makers of security keys whose keys live in hardware. Only keys attested by one of them reach `phrh`.',
      ),
  })
  .refine(({ attestation, roots }) => roots.length === 0 || attestation === 'direct', {
    path: ['attestation'],
    error: '"direct", or no key ever shows where it is from',
  })
