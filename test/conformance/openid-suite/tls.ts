import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer, type Server } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate for localhost that is thrown away with the run; `path` is for NODE_EXTRA_CA_CERTS. */
export interface Certificate {
  path: string
  cert: Buffer
  key: Buffer
}

export function newCertificate(): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'))
  const [path, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject].concat(
      '-keyout',
      key,
      '-out',
      path,
    ),
    { stdio: 'ignore' },
  )
  return { path, cert: readFileSync(path), key: readFileSync(key) }
}

/** https in front of something on http, as a proxy stands before the product. */
export function serveTls({ cert, key }: Certificate, port: number, target: number): Server {
  return createServer({ cert, key }, (incoming, outgoing) => {
    const headers = {
      ...incoming.headers,
      'x-forwarded-proto': 'https',
      'x-forwarded-port': String(port),
      'x-forwarded-for': '127.0.0.1',
    }
    const { method, url } = incoming
    const onward = request({ host: '127.0.0.1', port: target, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.writeHead(502).end())
    incoming.pipe(onward)
  }).listen(port, '127.0.0.1')
}
