import { createApi } from './api.ts'

/** `node examples/resource-server/main.ts`, beside the demo (`npm start`). */
const { PORT = '4002', ISSUER = 'http://localhost:3000', CLIENT_ID = 'example-api' } = process.env
const { CLIENT_SECRET = 'only for the demo, on one machine', ORIGIN = `http://localhost:${PORT}` } =
  process.env

createApi({ issuer: ISSUER, origin: ORIGIN, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET }).listen(
  Number(PORT),
  () => console.log(`The example API listens on ${ORIGIN}; it trusts tokens of ${ISSUER}`),
)
