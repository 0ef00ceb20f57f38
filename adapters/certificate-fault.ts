/** As OpenSSL and Node word it: not every library passes their codes on. */
const kinds: [RegExp, string][] = [
  [/certificate has expired/, 'has a certificate that has expired'],
  [/not yet valid/, 'has a certificate that is not valid yet: is the clock of this machine right?'],
  [/altnames/, 'has a certificate for another name'],
  [
    /self-signed|unable to (get|verify)/,
    'has a certificate that nobody signed whom this machine trusts (NODE_EXTRA_CA_CERTS names a file of others)',
  ],
]

/** What is wrong with the certificate of whoever was connected to, if it is that. */
export function certificateFault(error: unknown): string | undefined {
  const { message = '', cause } = (error ?? {}) as Error
  const found = kinds.find(([pattern]) => pattern.test(message))?.[1]
  return found ?? (cause === undefined ? undefined : certificateFault(cause))
}
