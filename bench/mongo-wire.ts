import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { mongo } from 'mongoose'

/** One question to MongoDB. */
export interface Asked {
  command: string
  /** Whether the answer waits until most servers have it on their disks. */
  majority: boolean
  /** The documents that it writes: `sessions 4f…`. */
  written: string[]
  /** Which round it belongs to: what is asked while another answer is due comes in the same. */
  round: number
}

export interface Wire {
  uri: string
  asked: Asked[]
  close(): Promise<void>
}

type Command = { [field: string]: unknown }

const message = 2013
const headerBytes = 16
/** What the driver asks for itself. */
const ownTalk = new Set(['hello', 'ismaster', 'isMaster', 'ping', 'saslStart', 'saslContinue', 'endSessions'])

/** Stands between the product and MongoDB and reads along: every question of the wire protocol (OP_MSG) is a round trip. */
export async function wireTo(target: string): Promise<Wire> {
  const { hostname, port } = new URL(target)
  const asked: Asked[] = []
  const due = new Set<string>()
  const sockets = new Set<Socket>()
  let round = 0
  let names = 0
  const server = createServer((client) => {
    const far = connect(Number(port || 27017), hostname)
    const name = names++
    for (const one of [client, far]) {
      sockets.add(one)
      one.on('error', () => {})
    }
    client.pipe(far).pipe(client)
    readMessages(client, (id, _answerTo, command) => {
      const what = Object.keys(command)[0]!
      if (ownTalk.has(what)) return
      if (due.size === 0) round += 1
      due.add(`${name}:${id}`)
      asked.push({ ...questionOf(what, command), round })
    })
    readMessages(far, (_id, answerTo) => due.delete(`${name}:${answerTo}`))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const uri = new URL(target)
  uri.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  uri.searchParams.set('directConnection', 'true')
  return {
    uri: uri.href,
    asked,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

function questionOf(what: string, command: Command): Omit<Asked, 'round'> {
  const collection = String(command[what])
  const ids = [
    ...listed(command.documents).map(({ _id }) => _id),
    ...[...listed(command.updates), ...listed(command.deletes)].map(({ q }) => (q as Command)._id),
  ]
  const { w } = (command.writeConcern ?? {}) as { w?: unknown }
  return { command: what, majority: w === 'majority', written: ids.map((id) => `${collection} ${id}`) }
}

const listed = (value: unknown): Command[] => (Array.isArray(value) ? value : [])

function readMessages(socket: Socket, heard: (id: number, answerTo: number, command: Command) => void): void {
  let rest = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk as Buffer])
    while (rest.length >= headerBytes && rest.length >= rest.readInt32LE(0)) {
      const one = rest.subarray(0, rest.readInt32LE(0))
      rest = rest.subarray(one.length)
      if (one.readInt32LE(12) === message) heard(one.readInt32LE(4), one.readInt32LE(8), commandIn(one))
    }
  })
}

/** The sections of a message: the command, and lists that belong to it. */
function commandIn(one: Buffer): Command {
  const command: Command = {}
  const hasChecksum = (one.readUInt32LE(headerBytes) & 1) === 1
  const end = one.length - (hasChecksum ? 4 : 0)
  for (let at = headerBytes + 4; at < end; ) {
    const kind = one[at]
    const size = one.readInt32LE(at + 1)
    const section = one.subarray(at + 1, at + 1 + size)
    if (kind === 0) Object.assign(command, mongo.BSON.deserialize(section))
    else {
      const nameEnd = section.indexOf(0, 4)
      command[section.toString('utf8', 4, nameEnd)] = documentsIn(section.subarray(nameEnd + 1))
    }
    at += 1 + size
  }
  return command
}

function documentsIn(bytes: Buffer): Command[] {
  const found: Command[] = []
  for (let at = 0; at < bytes.length; at += bytes.readInt32LE(at))
    found.push(mongo.BSON.deserialize(bytes.subarray(at, at + bytes.readInt32LE(at))))
  return found
}
