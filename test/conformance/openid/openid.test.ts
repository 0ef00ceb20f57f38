import { type Rekey, startRekey } from '../../support/rekey.ts'
import { lmdb, type Opened } from '../../support/stores.ts'
import { basicOp } from './basic-op.ts'
import { configOp } from './config-op.ts'
import { dynamicOp, initialAccessToken } from './dynamic-op.ts'
import { bankKeys, fapi } from './fapi.ts'
import { logoutOp } from './logout-op.ts'

/** Checks written from the specifications, named by specification and section; all of them share one server. */
describe('What the OpenID Connect specifications ask of a provider', () => {
  const rekey = {} as Rekey
  let opened: Opened

  before(async () => {
    opened = await lmdb.open()
    const { publicKeys } = await bankKeys()
    const bank = {
      client_id: 'bank',
      client_name: 'Bank',
      fapi: '2.0',
      redirect_uris: ['https://bank.example/callback'],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      require_pushed_authorization_requests: true,
      dpop_bound_access_tokens: true,
      jwks: publicKeys,
    }
    const started = await startRekey(opened.store, {
      clients: [bank],
      others: { second: {} },
      config: { registration: { initialAccessToken } },
    })
    Object.assign(rekey, started)
  })
  after(async () => {
    if (opened === undefined) return
    await rekey.work()
    await rekey.stop()
    await opened.dispose()
  })

  configOp(rekey)
  basicOp(rekey)
  logoutOp(rekey)
  dynamicOp(rekey)
  fapi(rekey)
})
