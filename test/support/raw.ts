import { request } from 'node:http'
import type Koa from 'koa'

export interface Answer {
  status: number
  headers: NodeJS.Dict<string | string[]>
  text: string
}

/** A request as nobody's browser sends it: any path, any method, any host, any bytes. */
export function sendRaw(
  origin: string,
  path: string,
  init: {
    method?: string
    headers?: { [name: string]: string | string[] }
    body?: Buffer | string
  } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(origin)
  const { method = 'GET', headers = {}, body } = init
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    // A connection of its own: one that the server closes after refusing a body must not be used again.
    const options = { agent: false, hostname, port, path, method, headers: { ...length, ...headers } }
    const sent = request(options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({ status: response.statusCode!, headers: response.headers, text })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

interface Routed {
  routers?: { stack: Layer[] }[]
}

interface Layer {
  path: string
  methods: string[]
}

/** Every route of ours, as it is declared: the template of its path, and its methods. */
export function layersOf(koa: Koa): Layer[] {
  const { middleware } = koa as unknown as { middleware: Routed[] }
  const layers = middleware.flatMap(({ routers = [] }) => routers).flatMap(({ stack }) => stack)
  if (layers.length < 100) throw new Error(`only ${layers.length} routes are found`)
  return layers
}

/** Every route of ours, by its method and the template of its path. */
export const routesOf = (koa: Koa): { method: string; path: string }[] =>
  layersOf(koa).flatMap(({ path, methods }) => methods.map((method) => ({ method, path })))
