import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'

export interface Asset {
  body: Buffer
  type: string
  /** Strong validator with its quotes (RFC 9110 §8.8.3). */
  etag: string
}

const types: { [extension: string]: string } = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  jpg: 'image/jpeg',
  png: 'image/png',
  svg: 'image/svg+xml',
  webp: 'image/webp',
}

const folder = new URL('./assets/', import.meta.url)

/** Scripts of packages that pages need, as the package ships them for a browser. */
const packaged: [name: string, file: URL][] = [
  [
    'simplewebauthn.js',
    new URL('../dist/bundle/index.umd.min.js', import.meta.resolve('@simplewebauthn/browser')),
  ],
]

/** Everything under /assets/, read once. With `?v=` in its address it may be cached for ever. */
export const assets: Map<string, Asset> = new Map(
  [...readdirSync(folder).map((name): [string, URL] => [name, new URL(name, folder)]), ...packaged].map(
    ([name, file]) => [name, assetOf(name, readFileSync(file))],
  ),
)

export function assetOf(name: string, body: Buffer): Asset {
  const type = types[name.split('.').at(-1) as string] ?? 'application/octet-stream'
  return { body, type, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"` }
}

/** The address of an asset, with the hash of what is in it. */
export function assetPath(name: string): string {
  const asset = assets.get(name)
  if (asset === undefined) throw new Error(`no asset ${name}`)
  return `/assets/${name}?v=${asset.etag.slice(1, -1)}`
}
