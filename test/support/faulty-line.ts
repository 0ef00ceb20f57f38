import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * The line to a server, which can fail: `cut` ends every connection and takes new ones at once, `reset` does so without
 * a farewell; `hang` keeps
 * connections, old and new, and passes nothing on; `refuse` takes no new ones; `delay` passes everything on late; `pass`
 * is as if nothing were there.
 */
export interface FaultyLine {
  port: number
  cut(): void
  reset(): void
  hang(): void
  refuse(): Promise<void>
  delay(milliseconds: number): void
  pass(): Promise<void>
  close(): void
}

export async function faultyLine(host: string, port: number): Promise<FaultyLine> {
  const sockets = new Set<Socket>()
  let delay = 0
  let hanging = false

  function passOn(from: Socket, to: Socket): void {
    from.on('data', (data) => {
      if (hanging) return
      if (delay === 0) to.write(data)
      else setTimeout(() => to.writable && to.write(data), delay)
    })
    from.on('close', () => to.destroy())
    from.on('error', () => {})
    sockets.add(from)
    from.on('close', () => sockets.delete(from))
  }

  const server = createServer((client) => {
    const upstream = connect(port, host)
    passOn(client, upstream)
    passOn(upstream, client)
  })
  const listen = async (at: number) => {
    server.listen(at, '127.0.0.1')
    await once(server, 'listening')
  }
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  const reset = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  await listen(0)
  const { port: own } = server.address() as AddressInfo
  return {
    port: own,
    cut,
    reset,
    hang: () => {
      hanging = true
    },
    refuse: async () => {
      const closed = once(server, 'close')
      server.close()
      reset()
      await closed
    },
    delay: (milliseconds) => {
      delay = milliseconds
    },
    pass: async () => {
      // What was held back is lost: who waits for it on an old connection does so in vain.
      hanging = false
      delay = 0
      if (!server.listening) await listen(own)
    },
    close: () => {
      server.close()
      reset()
    },
  }
}

/** The same address by way of the line. */
export async function lineTo(uri: string): Promise<{ line: FaultyLine; uri: string }> {
  const { hostname, port } = new URL(uri)
  const line = await faultyLine(hostname, Number(port))
  const through = new URL(uri)
  through.port = `${line.port}`
  return { line, uri: through.href }
}
