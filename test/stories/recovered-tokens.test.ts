import { expect } from 'chai'
import * as oidc from 'openid-client'
import { acrMultiFactor, acrRecovered } from '../../rules/assurance.ts'
import { getReset, signIn } from '../support/journeys.ts'
import { type Rekey, startRekey } from '../support/rekey.ts'
import { describeEachEngine, type Opened } from '../support/stores.ts'

describeEachEngine('What tokens say and how long they last', (engine) => {
  let opened: Opened
  let rekey: Rekey

  before(async () => {
    opened = await engine.open()
    rekey = await startRekey(opened.store)
  })
  after(async () => {
    await rekey.stop()
    await opened.dispose()
  })

  it('introspection tells acr, amr and auth_time, and refreshing changes none of them', async () => {
    const person = await rekey.person()
    const { tokens, claims } = await rekey.rp.finish(await signIn(rekey, person))
    const config = await rekey.rp.config()
    const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token!)
    for (const token of [tokens.access_token, refreshed.access_token]) {
      const told = await oidc.tokenIntrospection(config, token)
      expect(told.acr).to.equal(acrMultiFactor)
      expect(told.amr).to.deep.equal(claims.amr)
      expect(told.auth_time).to.equal(claims.auth_time)
    }
    expect(refreshed.claims()?.acr).to.equal(acrMultiFactor)
  })

  it('a recovered sign-in says when and by which route, and nothing of it outlives the hour', async () => {
    const organization = await rekey.organization('Hanami')
    const person = await rekey.person({ memberships: [{ organization }] })
    const admin = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    const claims = { claims: JSON.stringify({ id_token: { recovery: null } }) }
    const waiting = await getReset(rekey, person, admin, claims)
    await waiting.open(waiting.shown.url)
    await waiting.press('Not now')
    const signedIn = await rekey.rp.finish(waiting)
    const until = Number(signedIn.claims.auth_time) + 3600
    expect(signedIn.claims.acr).to.equal(acrRecovered)
    expect(signedIn.claims.recovery).to.include({ route: 'admin' })
    const config = await rekey.rp.config()
    const refresh = await oidc.tokenIntrospection(config, signedIn.tokens.refresh_token!)
    expect(refresh.exp).to.be.at.most(until + 1)
    const session = (await rekey.store.sessions.find('account', person.id))[0]!
    expect(session.expiresAt).to.be.at.most((until + 1) * 1000)
  })
})
