import { expect } from 'chai'
import { signIn } from '../support/journeys.ts'
import { type Rekey, startRekey } from '../support/rekey.ts'
import { lmdb, type Opened } from '../support/stores.ts'

describe('Names of the authentication context classes', () => {
  let opened: Opened
  let rekey: Rekey
  const loa2 = 'https://assurance.example/loa2'

  before(async () => {
    opened = await lmdb.open()
    rekey = await startRekey(opened.store, { config: { acr: { multiFactor: loa2 } } })
  })
  after(async () => {
    await rekey.stop()
    await opened.dispose()
  })

  it('are the operator’s in discovery, requests and tokens', async () => {
    const metadata = (await rekey.rp.config()).serverMetadata()
    expect(metadata.acr_values_supported).to.include(loa2).and.to.include('phrh')
    const person = await rekey.person()
    const browser = await signIn(rekey, person, { acr_values: loa2 })
    expect((await rekey.rp.finish(browser)).claims.acr).to.equal(loa2)
    await rekey.rp.start(browser, { prompt: 'none', acr_values: loa2 })
    expect((await rekey.rp.finish(browser)).claims.acr).to.equal(loa2)
  })

  it('a class that nobody can reach ends in unmet_authentication_requirements', async () => {
    const person = await rekey.person()
    const browser = await signIn(rekey, person, { acr_values: 'phrh' })
    await rekey.rp.finish(browser).then(
      () => expect.fail('reached'),
      (error) => expect(error.error).to.equal('unmet_authentication_requirements'),
    )
  })

  it('the name that was replaced means nothing any more', async () => {
    const person = await rekey.person()
    const replaced = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor'
    const essential = {
      claims: JSON.stringify({ id_token: { acr: { essential: true, values: [replaced] } } }),
    }
    const browser = await signIn(rekey, person, essential)
    await rekey.rp.finish(browser).then(
      () => expect.fail('reached'),
      (error) => expect(error.error).to.equal('unmet_authentication_requirements'),
    )
  })
})
