import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { mongo } from 'mongoose'

/** A command as it went over the wire: its name is its first key. */
export type Command = { [key: string]: unknown }

const opMsg = 2013
const bodyAt = 21

/** Stands before a MongoDB server, passes everything on, and keeps the commands it saw. */
export async function recordingProxy(uri: string) {
  const { hostname, port } = new URL(uri)
  const commands: Command[] = []
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    client.pipe(upstream).pipe(client)
    for (const socket of [client, upstream]) socket.on('error', () => {})
    client.on('close', () => upstream.destroy())
    record(client, commands)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const target = new URL(uri)
  target.port = `${(server.address() as AddressInfo).port}`
  return { uri: target.href, commands, close: () => server.close() }
}

function record(client: Socket, commands: Command[]): void {
  let pending = Buffer.alloc(0)
  client.on('data', (data) => {
    pending = Buffer.concat([pending, data])
    while (pending.length >= 4 && pending.length >= pending.readInt32LE(0)) {
      const packet = pending.subarray(0, pending.readInt32LE(0))
      pending = pending.subarray(packet.length)
      if (packet.readInt32LE(12) !== opMsg) continue
      commands.push(mongo.BSON.deserialize(packet.subarray(bodyAt, bodyAt + packet.readInt32LE(bodyAt))))
    }
  })
}
