import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { mongo } from 'mongoose'

/** A command as it went over the wire: its name is its first key. */
export type Command = { [key: string]: unknown }

/** Gets every command, and passes its packet on, or not. */
type Meet = (command: Command, pass: () => void) => void

const opMsg = 2013
const bodyAt = 21

/** Stands before a MongoDB server, passes everything on, and keeps the commands it saw. */
export async function recordingProxy(uri: string) {
  const commands: Command[] = []
  const proxy = await proxyTo(uri, (command, pass) => {
    commands.push(command)
    pass()
  })
  return { ...proxy, commands }
}

const writing = ['insert', 'update', 'delete']

/** Stands before a MongoDB server for one process, and can stop it at one of its writes. */
export async function stoppingProxy(uri: string) {
  let left = Number.POSITIVE_INFINITY
  let reached = Promise.withResolvers<void>()
  let goOn = () => {}
  const proxy = await proxyTo(uri, (command, pass) => {
    if (writing.some((name) => name in command) && left-- === 1) {
      goOn = pass
      reached.resolve()
    } else pass()
  })
  return {
    ...proxy,
    /** Holds its write of that number, counted from now on; those after it pass. Resolves when it is there. */
    stopAt(write: number): Promise<void> {
      left = write
      reached = Promise.withResolvers()
      return reached.promise
    },
    /** Lets the held write through. */
    goOn: () => goOn(),
  }
}

async function proxyTo(uri: string, meet: Meet) {
  const { hostname, port } = new URL(uri)
  const sockets = new Set<Socket>()
  let taken = 0
  const server = createServer((client) => {
    taken += 1
    const upstream = connect(Number(port), hostname)
    upstream.pipe(client)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
    }
    client.on('close', () => upstream.destroy())
    eachPacket(client, (packet) => {
      const pass = () => upstream.write(packet)
      if (packet.readInt32LE(12) !== opMsg) pass()
      else
        meet(
          mongo.BSON.deserialize(packet.subarray(bodyAt, bodyAt + packet.readInt32LE(bodyAt))) as Command,
          pass,
        )
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const target = new URL(uri)
  target.port = `${(server.address() as AddressInfo).port}`
  return {
    /** How many connections there were so far. */
    taken: () => taken,
    uri: target.href,
    close: () => server.close(),
    /** What was under way comes to nothing, as when the process is killed. */
    cut: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

function eachPacket(client: Socket, meet: (packet: Buffer) => void): void {
  let pending = Buffer.alloc(0)
  client.on('data', (data) => {
    pending = Buffer.concat([pending, data])
    while (pending.length >= 4 && pending.length >= pending.readInt32LE(0)) {
      const packet = pending.subarray(0, pending.readInt32LE(0))
      pending = pending.subarray(packet.length)
      meet(packet)
    }
  })
}
