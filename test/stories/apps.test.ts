import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { signIn } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { signInThere } from '../support/security.ts'
import { story } from '../support/story.ts'

story('Apps that an operator registers', (rekey) => {
  const at = async (person: Person, path: string) => {
    const browser = new Browser()
    await browser.open(`${rekey.issuer}/operator/apps${path}`)
    return signInThere(rekey, person, browser)
  }
  const operatorAt = async (path: string) => at(await rekey.person({ operator: true }), path)
  const tokens = async (id: string, secret: string) => {
    const answer = await fetch(`${rekey.issuer}/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${id}:${encodeURIComponent(secret)}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=authorization_code&code=none&redirect_uri=https://shop.example/cb',
    })
    return ((await answer.json()) as { error: string }).error
  }
  const secretOn = (browser: Browser) => browser.shown.document.querySelector('#secret')!.text
  const register = async (id: string, more: { [field: string]: string } = {}) => {
    const browser = await operatorAt('/new')
    await browser.press('Register', {
      client_id: id,
      client_name: `Shop ${id}`,
      redirect_uris: 'https://shop.example/cb',
      ...more,
    })
    return browser
  }

  it('get a secret that is shown once, and sign people in', async () => {
    const browser = await register('shop-one')
    expect(browser.heading).to.equal('Copy the secret now')
    const secret = secretOn(browser)
    expect(await tokens('shop-one', secret)).to.equal('invalid_grant')
    expect(await tokens('shop-one', 'wrong')).to.equal('invalid_client')
    await browser.open(`${rekey.issuer}/operator/apps/shop-one`)
    expect(browser.heading).to.equal('Shop shop-one')
    expect(browser.shown.text).not.to.include(secret)
    const log = await rekey.store.audit.find('log', 'all', { limit: 1000 })
    expect(JSON.stringify(log)).to.include('shop-one').and.not.include(secret)
  })

  it('that can’t work are refused in the words of the standard, and nothing typed is lost', async () => {
    const browser = await register('shop-bad', { redirect_uris: 'shop.example/cb' })
    expect(browser.words).to.include('redirect_uris')
    expect(browser.shown.document.querySelector('#redirect_uris')!.text).to.equal('shop.example/cb')
    expect(browser.shown.document.querySelector('#client_name')!.getAttribute('value')).to.equal(
      'Shop shop-bad',
    )
  })

  it('changed by two operators at once are those of the first; the second sees it beside their own, and can save that', async () => {
    await register('shop-shared')
    const [one, other] = [await operatorAt('/shop-shared'), await operatorAt('/shop-shared')]
    await other.press('Save', { tos_uri: 'shop.example/terms' })
    expect(other.words, 'a fault is mended on what it was made for').to.include('tos_uri must')
    await one.press('Save', { client_name: 'Shop of the first', require_consent: 'yes' })
    await other.press('Save', { tos_uri: 'https://shop.example/terms', subject_type: 'pairwise' })
    expect(other.said).to.include('Somebody changed the app')
    expect(await kept('shop-shared'))
      .to.include({ client_name: 'Shop of the first' })
      .and.not.have.any.keys('tos_uri')
    const now = (name: string) => other.shown.document.querySelector(`#${name}-now`)?.text
    expect([now('client_name'), now('tos_uri'), now('subject_type'), now('require_consent')]).to.deep.equal([
      'Now: Shop of the first',
      'Now: none',
      'Now: As usual here',
      'Now: yes',
    ])
    expect(other.shown.document.querySelectorAll('.applies-now')).to.have.length(4)
    await other.press('Save', { require_consent: 'yes' })
    expect(other.said).to.equal('The app is saved.')
    const tos_uri = 'https://shop.example/terms'
    expect(await kept('shop-shared')).to.include({
      client_name: 'Shop shop-shared',
      tos_uri,
      require_consent: true,
    })
  })

  const said = {
    client_uri: 'https://shop.example/',
    logo_uri: 'https://shop.example/logo.png',
    policy_uri: 'https://shop.example/privacy',
    tos_uri: 'https://shop.example/terms',
    contacts: ['security@shop.example', 'support@shop.example'],
    initiate_login_uri: 'https://shop.example/login',
    default_max_age: 3600,
    default_acr_values: ['urn:rekey:acr:password'],
    require_auth_time: true,
    require_pkce: false,
    id_token_claims: true,
    id_token_signed_response_alg: 'ES256',
    userinfo_signed_response_alg: 'RS256',
    subject_type: 'pairwise',
    backchannel_logout_uri: 'https://shop.example/logout',
    backchannel_logout_session_required: true,
    request_uris: ['https://shop.example/request.jwt?a=1,2'],
    token_endpoint_auth_method: 'client_secret_post',
  }
  const typed = Object.fromEntries(
    Object.entries(said).map(([name, value]) => {
      if (typeof value === 'boolean') return [name, value ? 'yes' : 'no']
      return [name, Array.isArray(value) ? value.join('\r\n') : String(value)]
    }),
  )
  const kept = async (id: string) => JSON.parse((await rekey.store.artifacts.get(`Client:${id}`))!.payload)

  it('say of themselves what the standards have for it, and are shown so', async () => {
    await register('shop-full', typed)
    expect(await kept('shop-full')).to.deep.include(said)
    const browser = await operatorAt('/shop-full')
    const before = await kept('shop-full')
    await browser.press('Save')
    expect(browser.said).to.include('saved')
    expect(await kept('shop-full')).to.deep.equal(before)
    await browser.press('Save', { logo_uri: '', default_max_age: '', subject_type: '', require_pkce: '' })
    expect(await kept('shop-full')).not.to.have.any.keys(
      'logo_uri',
      'default_max_age',
      'subject_type',
      'require_pkce',
    )
  })

  it('are refused with what can’t be, by its name', async () => {
    for (const [name, value] of Object.entries({
      logo_uri: 'javascript:alert(1)',
      tos_uri: 'shop.example/terms',
      initiate_login_uri: 'http://shop.example/login',
      contacts: 'nobody',
      default_max_age: 'soon',
      default_acr_values: 'urn:nothing',
      subject_type: 'ephemeral',
      userinfo_signed_response_alg: 'HS512',
      backchannel_logout_uri: 'https://192.168.0.1/logout',
    })) {
      const browser = await register('shop-wrong', { ...typed, [name]: value })
      expect(browser.words, name).to.include(`${name} `)
      expect(await rekey.store.artifacts.get('Client:shop-wrong'), name).to.equal(undefined)
    }
  })

  it('keep what the form has not: how they prove themselves, and what they may do', async () => {
    await register('shop-api', typed)
    const { client_secret: _, ...rest } = await kept('shop-api')
    const other = {
      ...rest,
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: 'https://shop.example/jwks',
      grant_types: ['client_credentials'],
      response_types: [],
    }
    await rekey.store.artifacts.update('Client:shop-api', (current) => [
      { ...current!, payload: JSON.stringify(other) },
      undefined,
    ])
    const browser = await operatorAt('/shop-api')
    await browser.press('Save', { client_name: 'Another name' })
    expect(browser.said).to.include('saved')
    expect(await kept('shop-api')).to.deep.equal({ ...other, client_name: 'Another name' })
  })

  it('have two secrets at once while they change over, and then one', async () => {
    const browser = await register('shop-two')
    const old = secretOn(browser)
    await browser.open(`${rekey.issuer}/operator/apps/shop-two`)
    await browser.press('Make a new secret', { days: '3' })
    expect(browser.words).to.include('3 more days')
    await browser.press('Make a new secret')
    const fresh = secretOn(browser)
    expect(await tokens('shop-two', old)).to.equal('invalid_grant')
    expect(await tokens('shop-two', fresh)).to.equal('invalid_grant')
    rekey.advance(3 * 86_400_000 + 60_000)
    expect(await tokens('shop-two', old)).to.equal('invalid_client')
    expect(await tokens('shop-two', fresh)).to.equal('invalid_grant')
  })

  it('are for the organizations and people that are named, and for nobody else', async () => {
    const organization = await rekey.organization('Hanami')
    const member = await rekey.person({ memberships: [{ organization }] })
    const guest = await rekey.person()
    const stranger = await rekey.person()
    await register('shop-three', {
      kind: 'browser',
      allowed_organizations: organization,
      allowed_people: guest.email,
    })
    const back = async (person: Person) => {
      const browser = await signIn(rekey, person)
      const url = new URL(`${rekey.issuer}/auth`)
      url.search = new URLSearchParams({
        ...{ client_id: 'shop-three', response_type: 'code', scope: 'openid', prompt: 'none' },
        ...{ redirect_uri: 'https://shop.example/cb', code_challenge_method: 'S256' },
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      }).toString()
      await browser.open(url.href, { stopAt: 'https://shop.example' })
      return new URL(browser.shown.url).searchParams
    }
    expect((await back(member)).has('code')).to.equal(true)
    expect((await back(guest)).has('code')).to.equal(true)
    expect((await back(stranger)).get('error')).to.equal('access_denied')
  })

  it('are removed after asking once', async () => {
    const browser = await register('shop-four')
    await browser.open(`${rekey.issuer}/operator/apps/shop-four`)
    await browser.press('Remove this app')
    expect(browser.heading).to.equal('Remove Shop shop-four?')
    await browser.press('Remove Shop shop-four')
    expect(browser.said).to.include('removed')
    expect(browser.words).not.to.include('shop-four')
  })

  it('of the settings are shown, and can’t be changed here', async () => {
    const browser = await operatorAt('/app')
    expect(browser.words).to.include('settings file')
    expect(browser.shown.document.querySelector('[value=remove]')).to.equal(null)
    const form = browser.form('Sign out').body.get('form')!
    await browser.send('/operator/apps/app', new URLSearchParams({ form, do: 'remove', sure: 'yes' }))
    expect(browser.said).to.include('settings file')
  })
})
