import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { signIn } from '../support/journeys.ts'
import { embedded } from '../support/rekey.ts'
import { story } from '../support/story.ts'

const secret = 'a secret of the tests, long enough'

story(
  'Words for developers',
  (rekey) => {
    before(function () {
      // A host has error pages of its own.
      if (embedded) this.skip()
    })

    /** What a page says to the developers of the app, and what the log has under its reference. */
    const refusal = async (path: string, headers = {}) => {
      const browser = new Browser(headers)
      await browser.open(`${rekey.issuer}${path}`)
      const [reference] = /[0-9a-f]{8}/.exec(browser.words.split(/Reference:|参照番号:/)[1] ?? '') ?? []
      const logged = rekey.logged.map((line) => JSON.parse(line)).find((line) => line.reference === reference)
      return { browser, words: browser.words, logged }
    }
    const asking = (params: object) =>
      `/auth?${new URLSearchParams({ response_type: 'code', scope: 'openid', ...params })}`

    it('a redirect_uri that is not registered is named as that, with the app and a reference', async () => {
      const { words, logged, browser } = await refusal(
        asking({ client_id: 'app', redirect_uri: 'https://elsewhere.example/<b>hello</b>' }),
      )
      expect(browser.shown.status).to.equal(400)
      expect(words).to.include("redirect_uri of this request isn't one of those").and.include('app')
      expect(words).to.include('invalid_redirect_uri')
      // Foreign text is never shown as ours.
      expect(browser.shown.text).to.not.include('elsewhere').and.to.not.include('hello')
      expect(logged).to.include({ client: 'app', error: 'invalid_redirect_uri', path: '/auth' })
    })

    it('a client_id that is missing, and one that nobody has', async () => {
      expect((await refusal(asking({}))).words).to.include('The request has no client_id.')
      const unknown = await refusal(asking({ client_id: 'nobody', redirect_uri: 'https://a.example/' }))
      expect(unknown.words).to.include('No app is registered with the client_id').and.to.not.include('nobody')
      expect(unknown.logged).to.include({ error: 'invalid_client', detail: 'client not found' })
    })

    it('a parameter that is there twice', async () => {
      const { words } = await refusal(`${asking({ client_id: 'app' })}&client_id=app`)
      expect(words).to.include('A parameter is there more than once')
    })

    it('a place to go after signing out that is not registered, and a hint that is none', async () => {
      const end = (params: object) => `/session/end?${new URLSearchParams({ ...params })}`
      const elsewhere = await refusal(
        end({ client_id: 'app', post_logout_redirect_uri: 'https://elsewhere.example/' }),
      )
      expect(elsewhere.words).to.include("post_logout_redirect_uri of this request isn't one")
      expect(elsewhere.logged).to.include({ client: 'app' })
      const { tokens } = await rekey.rp.finish(await signIn(rekey, await rekey.person()))
      for (const id_token_hint of [tokens.access_token, `${tokens.id_token}x`])
        expect((await refusal(end({ id_token_hint }))).words).to.include(
          "id_token_hint of this request isn't",
        )
    })

    it('in the language that the request asks for', async () => {
      const { words } = await refusal(asking({ client_id: 'nobody', ui_locales: 'ja-JP' }))
      expect(words).to.include('アプリの開発者の方へ').and.include('登録されたアプリはありません')
    })

    it('what an app is told of a token request stands in the log in more words', async () => {
      await fetch(`${rekey.issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from('app:wrong').toString('base64')}` },
        body: new URLSearchParams({ grant_type: 'authorization_code', code: 'x', redirect_uri: 'y' }),
      })
      const logged = rekey.logged.map((line) => JSON.parse(line)).find(({ at }) => at === 'grant.error')
      expect(logged).to.include({ client: 'app', error: 'invalid_client' })
      expect(rekey.logged.join()).to.not.include(secret).and.to.not.include('wrong')
    })
  },
  { level: 'info' },
)

story('Forms that are only sent on', (rekey) => {
  before(function () {
    if (embedded) this.skip()
  })

  it('an answer as a form is a page of ours, that works without script and in Japanese', async () => {
    const person = await rekey.person({ locale: 'ja' })
    const browser = new Browser({ 'accept-language': 'ja' })
    await rekey.rp.start(browser, { response_mode: 'form_post', ui_locales: 'ja' })
    await browser.press('サインイン', { email: person.email, password: person.password })
    await browser.press('確認する', { code: rekey.code(person) })
    expect(browser.heading).to.equal('あと1ステップです')
    expect(browser.shown.headers.get('content-security-policy'))
      .to.include("script-src 'self';")
      .and.not.include('sha256')
    const { action, body } = browser.form('続ける')
    expect(action).to.equal(`${rekey.rp.origin}/callback`)
    expect([...body.keys()]).to.include.members(['code', 'state', 'iss'])
  })

  it('so is signing out where nobody is signed in', async () => {
    const browser = new Browser()
    const back = new URLSearchParams({
      client_id: 'app',
      post_logout_redirect_uri: `${rekey.rp.origin}/`,
      ui_locales: 'ja',
    })
    await browser.open(`${rekey.issuer}/session/end?${back}`)
    expect(browser.heading).to.equal('あと1ステップです')
    await browser.press('続ける')
    expect(browser.shown.url).to.equal(`${rekey.rp.origin}/`)
  })

  it('and someone else signing in on a browser that is somebody’s', async () => {
    const browser = await signIn(rekey, await rekey.person())
    await rekey.rp.finish(browser)
    const other = await rekey.person()
    await rekey.rp.start(browser, { prompt: 'login' })
    await browser.press('Use another account').catch(() => {})
    await browser.press('Sign in', { email: other.email, password: other.password })
    await browser.press('Verify', { code: rekey.code(other) })
    expect(browser.words).to.include('Someone else is signed in on this browser')
    await browser.press('Continue')
    expect((await rekey.rp.finish(browser)).claims.sub).to.equal(other.id)
  })
})
