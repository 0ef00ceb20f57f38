import { createExampleApp } from './app.ts'

/** `node examples/openid-client-app/main.ts`, beside the demo (`npm start`) and examples/resource-server. */
const { PORT = '4001', ISSUER = 'http://localhost:3000', API = 'http://localhost:4002' } = process.env
const { CLIENT_ID = 'example-app', CLIENT_SECRET = 'only for the demo, on one machine' } = process.env
const { ORIGIN = `http://localhost:${PORT}`, SENSITIVE_ACR } = process.env

createExampleApp({
  issuer: ISSUER,
  origin: ORIGIN,
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  api: API,
  ...(SENSITIVE_ACR === undefined ? {} : { sensitiveAcr: SENSITIVE_ACR.split(' ') }),
}).listen(Number(PORT), () => console.log(`The example app listens on ${ORIGIN}; it trusts ${ISSUER}`))
