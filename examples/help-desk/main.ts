import { createServer } from 'node:http'
import { HelpDesk } from './desk.ts'

const {
  ISSUER = 'http://localhost:3000',
  CLIENT_ID = 'help-desk',
  CLIENT_SECRET = '',
  PORT = '4000',
} = process.env
const desk = new HelpDesk({ issuer: ISSUER, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET })
createServer(desk.listener).listen(Number(PORT))
await desk.subscribe(process.env['ADDRESS'] ?? `http://localhost:${PORT}/`)
setInterval(() => {
  process.stdout.write(`${JSON.stringify([...desk.tickets.values()])}\n`)
}, 5_000)
