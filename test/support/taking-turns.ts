import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Front {
  port: number
  /** How many requests each was given. */
  given: Map<number, number>
  /** Where requests go from now on. */
  to(ports: number[]): void
  close(): void
}

/** A proxy in front of several processes: each request goes to the next of them. */
export async function takingTurns(): Promise<Front> {
  const given = new Map<number, number>()
  let ports: number[] = []
  let turn = 0
  const server = createServer((asked, answer) => {
    const port = ports[turn++ % ports.length]!
    given.set(port, (given.get(port) ?? 0) + 1)
    const { url: path, method, headers } = asked
    const passed = request({ port, host: '127.0.0.1', path, method, headers }, (said) => {
      answer.writeHead(said.statusCode!, said.headers)
      said.pipe(answer)
    })
    passed.on('error', () => answer.writeHead(502).end())
    asked.pipe(passed)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    given,
    to: (next) => {
      ports = next
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
