import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer, type Server } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'

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

/** What is left of TLS 1.2 (RFC 9325 §4.2). */
const ciphers = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES256-GCM-SHA384',
].join(':')

/** https in front of something on http, as a proxy stands before the product. */
export function serveTls({ cert, key }: Certificate, port: number, target: number): Server {
  return createServer({ cert, key, ciphers }, (incoming, outgoing) => {
    const socket = incoming.socket as TLSSocket
    const headers = {
      ...incoming.headers,
      'x-forwarded-proto': 'https',
      'x-forwarded-port': String(port),
      'x-forwarded-for': '127.0.0.1',
      'x-ssl-protocol': socket.getProtocol() ?? '',
      'x-ssl-cipher': socket.getCipher().standardName,
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
