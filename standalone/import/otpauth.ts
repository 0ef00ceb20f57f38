/** A secret as base32 without padding, whose codes are as ours: SHA-1, six digits, 30 seconds (RFC 6238). */
export interface Otpauth {
  secret: string
  name: string
}

export function readOtpauth(text: string): Otpauth | { fault: string } {
  if (/^otpauth:\/\/hotp\//i.test(text))
    return { fault: 'its codes are counted (HOTP), not timed: the person has to set it up anew' }
  if (!/^otpauth:\/\/totp\//i.test(text) || !URL.canParse(text))
    return { fault: 'no otpauth://totp/… address' }
  const { searchParams, pathname } = new URL(text)
  const secret = (searchParams.get('secret') ?? '').toUpperCase().replace(/[\s=-]/g, '')
  if (!/^[A-Z2-7]{16,128}$/.test(secret)) return { fault: 'its secret is no base32 of 80 bits or more' }
  if ((searchParams.get('algorithm') ?? 'SHA1').toUpperCase().replace('-', '') !== 'SHA1')
    return { fault: 'its algorithm is not SHA1: the person has to set it up anew' }
  if ((searchParams.get('digits') ?? '6') !== '6')
    return { fault: 'its codes have not 6 digits: the person has to set it up anew' }
  if ((searchParams.get('period') ?? '30') !== '30')
    return { fault: 'its period is not 30 seconds: the person has to set it up anew' }
  return { secret, name: decodeURIComponent(pathname.split('/').at(-1) ?? '').slice(0, 60) }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4648 base32 of the bytes, for systems that keep them in another way. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => alphabet[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('')
}

export const otpauthOf = (secret: string, label: string, more = ''): string =>
  `otpauth://totp/${encodeURIComponent(label)}?secret=${secret}${more}`
