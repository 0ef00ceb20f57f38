import { createTransport } from 'nodemailer'
import { certificateFault } from '../../certificate-fault.ts'

const patience = { dnsTimeout: 4_000, connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 5_000 }

/** Whether the mail server answers and takes the name and password. Returns why not, in words without a secret. */
export async function mailFault(url: string): Promise<string | undefined> {
  const transport = createTransport({ url, ...patience })
  try {
    await transport.verify()
    return undefined
  } catch (error) {
    return certificateFault(error) ?? reasonOf(error as NodeJS.ErrnoException)
  } finally {
    transport.close()
  }
}

const reasons: { [code: string]: string } = {
  EAUTH: 'refuses the name and password',
  EDNS: 'has a name that nobody knows',
  ENOTFOUND: 'has a name that nobody knows',
  ECONNREFUSED: 'takes no connection',
  ETIMEDOUT: 'does not answer',
  ETLS: 'has no certificate that can be trusted, or speaks no TLS here',
  ESOCKET: "can't be reached, or speaks no TLS here",
}

const reasonOf = ({ code = '' }: NodeJS.ErrnoException): string => reasons[code] ?? `can't be used (${code})`
