import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import fc from 'fast-check'
import { attemptLifetime } from '../../rules/attempt.ts'
import { Browser, type Filled, type Shown } from '../support/browser.ts'
import {
  askAsWell,
  casesOf,
  codeIn,
  codesOn,
  enrol,
  givePassword,
  linkIn,
  mailsTo,
  openApproval,
  requestReset,
  secretOn,
} from '../support/journeys.ts'
import { type Answer, routesOf, sendRaw } from '../support/raw.ts'
import type { Person } from '../support/rekey.ts'
import { type Scene, story } from '../support/story.ts'
import { team } from '../support/team.ts'

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const html = { accept: 'text/html' }

/** Nothing here may end in a fault of ours: what a client sends is answered with a page or a JSON error below 500. */
story('Bad input', (rekey) => {
  /** Everything that is known of some people, apart from what a refused try may count. */
  const stateOf = async (...people: Person[]) => {
    const state = []
    for (const person of people) {
      const { throttles: _, ...account } = await rekey.account(person)
      const sessions = await rekey.store.sessions.find('account', person.id)
      state.push({ account, sessions: sessions.map((one) => one.ended), cases: await casesOf(rekey, person) })
    }
    return state
  }
  const cookiesOf = (browser: Browser) => browser.jar.getCookieString(browser.shown.url)

  it('reads a link that is unknown, cut, too long or no text as a link that doesn’t work', async () => {
    const tokens = [
      'x'.repeat(43),
      'x',
      'x'.repeat(5000),
      '%00',
      '%E0%A4%A',
      '%FF%FE',
      '..%2f..%2f',
      '%F0%9F%94%91',
      '-',
    ]
    for (const purpose of ['approve', 'disavow', 'support', 'continue']) {
      for (const token of tokens) {
        const path = `/recovery/${purpose}/${token}`
        for (const init of [{}, { method: 'POST', headers: form, body: 'form=x&decision=approve' }]) {
          const { status, text } = await sendRaw(rekey.issuer, path, {
            ...init,
            headers: { ...init.headers, ...html },
          })
          expect(status, `${init.method} ${path}`).to.be.oneOf([400, 404])
          expect(text).to.match(
            /<h1>(This link doesn&#39;t work any more|There is nothing left to decide|That didn&#39;t work)/,
          )
        }
      }
    }
  })

  it('takes a link for nothing but what it was mailed for', async () => {
    const { person, admin } = await team(rekey)
    const { link, disavow } = await requestReset(rekey, person, admin)
    const before = await stateOf(person, admin)
    for (const [from, to] of [
      [disavow, 'approve'],
      [disavow, 'support'],
      [disavow, 'continue'],
      [link, 'disavow'],
      [link, 'support'],
    ] as const) {
      const browser = new Browser()
      await browser.open(from.replace(/recovery\/[a-z]+/, `recovery/${to}`))
      expect(browser.shown.status).to.equal(404)
    }
    expect(await stateOf(person, admin)).to.deep.equal(before)
  })

  it('takes no form of a sign-in that took too long', async () => {
    const person = await rekey.person()
    const browser = await givePassword(rekey, person)
    const { action, body } = browser.form('Verify', { code: rekey.code(person) })
    rekey.advance(attemptLifetime)
    const before = await stateOf(person)
    await browser.send(action, body)
    // Shown again, ready to use: nothing that was proven an hour ago still counts.
    expect(browser.heading).to.equal('Sign in')
    expect(await stateOf(person)).to.deep.equal(before)
  })

  it('takes no code that was made for another sign-in', async () => {
    const person = await rekey.person({ bare: true })
    const [first, second] = [await givePassword(rekey, person), await givePassword(rekey, person)]
    const code = rekey.code({ secret: secretOn(first) })
    await second.press('Turn on', { code })
    expect(second.said).to.equal("That code isn't right. Check it and enter it again.")
    expect((await rekey.account(person)).factors).to.deep.equal([])
  })

  it('shows no sign-in to another browser, and takes no form from it', async () => {
    const person = await rekey.person()
    const mine = await givePassword(rekey, person)
    const before = await stateOf(person)
    const page = mine.shown.url
    const { body } = mine.form('Verify', { code: rekey.code(person) })
    const theirs = await givePassword(rekey, await rekey.person())
    for (const browser of [theirs, new Browser()]) {
      for (const path of ['', '/status', '/backupCodes.pdf', '/backupCodes.txt']) {
        await browser.open(`${page}${path}`)
        expect(browser.shown.status, path).to.equal(400)
        expect(browser.shown.text).to.not.include(person.email)
      }
      for (const { path } of ourForms()) {
        await browser.send(`${page}${path}`, body)
        expect(browser.shown.status, path).to.equal(400)
      }
    }
    expect(await stateOf(person)).to.deep.equal(before)
    await mine.open(page)
    expect(mine.heading).to.equal('Enter your code')
  })

  it('takes no form without its token, or with one that was guessed or belongs elsewhere', async () => {
    const person = await rekey.person()
    const mine = await givePassword(rekey, person)
    const before = await stateOf(person)
    const page = mine.shown.url
    const fields = { code: rekey.code(person), choice: 'recovery', decision: 'allow', saved: 'yes' }
    const foreign = (await givePassword(rekey, person)).form('Verify').body.get('form')!
    for (const { path } of ourForms()) {
      for (const token of [undefined, '', foreign, 'x'.repeat(43), '\u{1F511}'.repeat(20)]) {
        const body = new URLSearchParams(fields)
        if (token !== undefined) body.set('form', token)
        await mine.send(`${page}${path}`, body)
        expect(mine.shown.status, `${path} ${token}`).to.be.oneOf([400, 403])
      }
    }
    expect(await stateOf(person)).to.deep.equal(before)
    await mine.open(page)
    expect(mine.heading).to.equal('Enter your code')
  })

  it('takes no form that belongs to another page of the sign-in', async () => {
    const { person } = await team(rekey)
    const browser = await givePassword(rekey, person)
    const page = browser.shown.url
    const before = await stateOf(person)
    const token = browser.form('Verify').body.get('form')!
    const fields = {
      form: token,
      code: '1',
      password: 'a whole new sentence',
      saved: 'yes',
      email: person.email,
    }
    for (const { path } of ourForms().filter(
      ({ path }) => !/\/(totp|choose|consent|another-account|language)$/.test(path),
    )) {
      await browser.send(`${page}${path}`, new URLSearchParams(fields))
      expect(browser.heading, path).to.equal('Enter your code')
      expect(browser.said, path).to.equal('That is no longer possible. Here is the current state.')
    }
    expect(await stateOf(person)).to.deep.equal(before)
  })

  it('reads no form with a field that is repeated, nested or no text', async () => {
    const person = await rekey.person()
    const browser = new Browser()
    await rekey.rp.start(browser)
    const { action, body } = browser.form('Sign in', { email: person.email, password: person.password })
    for (const extra of [
      'email=x',
      'form=x',
      'email[]=x',
      'a[b]=x',
      'x=%00',
      'x=%FF',
      '%FF=x',
      'x=%E0%A4%A',
      '%00',
    ]) {
      await browser.send(action, `${body}&${extra}`)
      expect(browser.shown.status, extra).to.equal(400)
      expect(browser.heading).to.equal("That didn't work")
    }
    for (const bytes of [
      Buffer.from([0xff, 0xfe, 0x00]),
      Buffer.concat([Buffer.from(`${body}&x=`), randomBytes(64), Buffer.from([0xff])]),
    ]) {
      const headers = { ...form, ...html, cookie: await cookiesOf(browser) }
      const { status } = await sendRaw(rekey.issuer, new URL(action).pathname, {
        method: 'POST',
        headers,
        body: bytes,
      })
      expect(status).to.be.oneOf([400, 403])
    }
    await browser.open(action.replace(/\/password$/, ''))
    await browser.press('Sign in', { email: person.email, password: person.password })
    expect(browser.heading).to.equal('Enter your code')
  })

  it('reads no form that is too large, and says so', async () => {
    const { person, admin } = await team(rekey)
    const { link, disavow } = await requestReset(rekey, person, admin)
    const before = await stateOf(person, admin)
    const browser = new Browser()
    await rekey.rp.start(browser)
    const large = `form=x&reason=${'x'.repeat(17_000)}`
    for (const url of [`${browser.shown.url}/password`, link, disavow]) {
      await browser.send(url, large)
      expect(browser.shown.status, url).to.equal(413)
      expect(browser.heading).to.equal('Too large')
    }
    for (const path of [
      '/token',
      '/token/introspection',
      '/token/revocation',
      '/auth',
      '/par',
      '/session/end',
    ]) {
      const headers = { ...form, ...html }
      const body = `x=${'x'.repeat(2_000_000)}`
      const { status } = await sendRaw(rekey.issuer, path, { method: 'POST', headers, body })
      expect(status, path).to.be.within(400, 499)
    }
    expect(await stateOf(person, admin)).to.deep.equal(before)
  })

  it('reads no form in another content type', async () => {
    const person = await rekey.person()
    const browser = new Browser()
    await rekey.rp.start(browser)
    const { action, body } = browser.form('Sign in', { email: person.email, password: person.password })
    const json = JSON.stringify(Object.fromEntries(body))
    for (const [type, sent] of [
      ['application/json', json],
      ['application/csp-report', json],
      ['text/plain', String(body)],
      [
        'multipart/form-data; boundary=x',
        '--x\r\ncontent-disposition: form-data; name="form"\r\n\r\nx\r\n--x--',
      ],
      ['application/xml', '<a/>'],
      ['nonsense', String(body)],
    ] as const) {
      await browser.send(action, sent, type)
      expect(browser.shown.status, type).to.be.within(400, 499)
      expect(browser.heading, type).to.not.equal('Enter your code')
    }
  })

  it('does nothing for a method that a route doesn’t have', async () => {
    const { person, admin } = await team(rekey)
    const { link, disavow } = await requestReset(rekey, person, admin)
    const waiting = await askAsWell(rekey, person)
    const before = await stateOf(person, admin)
    const cookie = await cookiesOf(waiting)
    for (const url of [
      waiting.shown.url,
      `${waiting.shown.url}/recovery/cancel`,
      link,
      disavow,
      `${rekey.issuer}/auth`,
      `${rekey.issuer}/token`,
    ]) {
      for (const method of ['HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY']) {
        const { status } = await sendRaw(rekey.issuer, new URL(url).pathname, {
          method,
          headers: { cookie, ...html },
        })
        expect(status, `${method} ${url}`).to.be.below(500)
      }
    }
    expect(await stateOf(person, admin)).to.deep.equal(before)
  })

  it('knows no other path, and says so in a page or in JSON', async () => {
    for (const path of [
      '/no/such',
      '/.env',
      '/dev/people.json',
      '/dev/inbox',
      '/dev/clock',
      '/%00',
      '/%E0%A4%A',
      '/assets/..%2fmain.ts',
      '/interaction',
      '/recovery',
      '/interaction/x/y/z',
      `/${'x/'.repeat(2000)}`,
    ]) {
      const page = await sendRaw(rekey.issuer, path, { headers: html })
      expect(page.status, path).to.equal(404)
      expect(page.text).to.include('<h1>There is no such page</h1>')
      const data = await sendRaw(rekey.issuer, path, { headers: { accept: 'application/json' } })
      expect([data.status, JSON.parse(data.text)], path).to.deep.equal([404, { error: 'not_found' }])
    }
  })

  it('answers only for its own host, whatever the headers say', async () => {
    for (const host of [
      'evil.example',
      'localhost',
      'localhost:1',
      '[::1]',
      'localhost:80:80',
      '%00',
      'x'.repeat(300),
    ]) {
      for (const path of ['/', '/auth', '/.well-known/openid-configuration', '/no/such']) {
        const { status, text } = await sendRaw(rekey.issuer, path, { headers: { host } })
        expect(status, `${host} ${path}`).to.be.oneOf([400, 421])
        expect(text).to.not.include('evil.example')
      }
    }
    const { host } = new URL(rekey.issuer)
    const forwarded = {
      host,
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example',
    }
    for (const path of ['/', '/.well-known/openid-configuration']) {
      const { status, text } = await sendRaw(rekey.issuer, path, { headers: forwarded })
      expect(status).to.equal(200)
      expect(text).to.not.include('evil.example')
    }
  })

  it('believes no address that a client forwards', async () => {
    const person = await rekey.person()
    const browser = new Browser({
      'x-forwarded-for': '203.0.113.7',
      'x-real-ip': '203.0.113.7',
      forwarded: 'for=203.0.113.7',
    })
    await rekey.rp.start(browser)
    await browser.press('Sign in', { email: person.email, password: 'not the password' })
    const [entry] = await rekey.store.audit.find('subject', person.id)
    expect(entry!.detail.address).to.not.equal('203.0.113.7')
  })

  it('answers absurd authorization requests with a page or an error to the app, and never leaves for a stranger', async () => {
    const good = {
      client_id: 'app',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: `${rekey.rp.origin}/callback`,
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    }
    const absurd: { [parameter: string]: string }[] = [
      { client_id: 'nobody' },
      { client_id: '\0' },
      { client_id: '__proto__' },
      { redirect_uri: 'https://evil.example/callback' },
      { redirect_uri: `${rekey.rp.origin}/callback/../evil` },
      { redirect_uri: 'javascript:alert(1)' },
      { redirect_uri: '\0' },
      { response_type: 'token' },
      { response_type: 'x'.repeat(2000) },
      { response_mode: 'nonsense' },
      { scope: '' },
      { scope: 'x'.repeat(4000) },
      { scope: '\0 openid' },
      { prompt: 'none login' },
      { prompt: 'nonsense' },
      { max_age: '-1' },
      { max_age: '1e999' },
      { max_age: 'NaN' },
      { max_age: '99999999999999999999' },
      { claims: '{' },
      { claims: '[]' },
      { claims: 'null' },
      { claims: '{"id_token":{"acr":{"essential":true,"values":[{"a":1},null,[]]}}}' },
      { claims: '{"id_token":{"__proto__":null}}' },
      {
        claims: JSON.stringify({
          id_token: Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`c${i}`, null])),
        }),
      },
      { acr_values: 'x '.repeat(1000) },
      { ui_locales: '\0'.repeat(10) },
      { ui_locales: 'ja '.repeat(1000) },
      { login_hint: 'x'.repeat(5000) },
      { login_hint: '\0<script>' },
      { id_token_hint: 'x.y.z' },
      { nonce: 'x'.repeat(5000) },
      { state: 'x'.repeat(5000) },
      { request: 'x.y.z' },
      { request_uri: 'urn:ietf:params:oauth:request_uri:x' },
      { request_uri: 'http://169.254.169.254/latest/meta-data' },
      { registration: '{}' },
      { code_challenge: '' },
      { code_challenge_method: 'plain' },
      { resource: 'not a uri' },
      { resource: 'https://api.example' },
      { authorization_details: '{' },
      { dpop_jkt: '\0' },
      { rekey_action: '\0' },
      { '': '' },
      { 'a[b]': 'c' },
    ]
    for (const params of absurd) {
      const query = String(new URLSearchParams({ ...good, ...params }))
      for (const init of [
        { path: `/auth?${query}` },
        { path: '/auth', method: 'POST', headers: form, body: query },
      ]) {
        const { path, ...rest } = init
        const answer = await sendRaw(rekey.issuer, path, { ...rest, headers: { ...rest.headers, ...html } })
        expect(answer.status, query.slice(0, 300)).to.be.below(500)
        staysHere(answer)
      }
    }
    for (const query of [
      'client_id=app&client_id=app',
      'client_id=%E0%A4%A',
      'client_id=app&scope=%FF',
      '%',
      '&&&',
      '?'.repeat(100),
    ]) {
      const answer = await sendRaw(rekey.issuer, `/auth?${query}`, { headers: html })
      expect(answer.status, query).to.be.below(500)
      staysHere(answer)
    }
  })

  it('answers nonsense at the endpoints for apps with an error in JSON', async () => {
    const bodies = [
      '',
      'x',
      'grant_type=authorization_code',
      'grant_type=refresh_token&refresh_token=%00',
      'grant_type=nonsense',
      'token=%FF',
      'grant_type=authorization_code&code=x&code=x',
      `token=${'x'.repeat(9000)}`,
    ]
    const basic = `Basic ${Buffer.from(`app:${rekey.rp.client.client_secret}`).toString('base64')}`
    for (const path of ['/token', '/token/introspection', '/token/revocation']) {
      for (const authorization of [
        undefined,
        basic,
        'Basic %%%',
        'Basic ',
        'Bearer x',
        'Basic OjoBOjo=',
        '\u00ff',
      ]) {
        for (const body of bodies) {
          const headers = { ...form, ...(authorization === undefined ? {} : { authorization }) }
          const answer = await sendRaw(rekey.issuer, path, { method: 'POST', headers, body })
          expect(answer.status, `${path} ${authorization} ${body.slice(0, 60)}`).to.be.below(500)
          if (answer.status >= 400) expect(JSON.parse(answer.text)).to.have.property('error')
        }
      }
    }
    for (const authorization of [
      'Bearer',
      'Bearer x',
      'Bearer %00',
      'DPoP x',
      `Bearer ${'x'.repeat(5000)}`,
      'x',
    ]) {
      const { status } = await sendRaw(rekey.issuer, '/me', { headers: { authorization } })
      expect(status, authorization).to.be.within(400, 499)
    }
  })

  it('reads cookies that are huge, broken or made up as none', async () => {
    const person = await rekey.person()
    const { pathname } = new URL((await givePassword(rekey, person)).shown.url)
    const made = 'x'.repeat(43)
    for (const cookie of [
      `session=${'x'.repeat(8000)}`,
      'session=%00; session.sig=%00; interaction=%E0%A4%A; resume=\u00ff',
      `session=${made}; session.sig=${made}`,
      `interaction=${made}; interaction.sig=${made}`,
      `interaction=${pathname.split('/').at(-1)}`,
      `console=${made}; console-leaving=${made}`,
      'completion=x; console-leaving=test.AAAA',
      '=;;;=;=',
      'a='.repeat(500),
      '__proto__=x; constructor=y',
    ]) {
      for (const path of [
        '/',
        pathname,
        '/console/callback?code=x&state=y',
        '/session/end',
        '/recovery/approve/x',
        '/support',
        '/auth',
      ]) {
        const { status, text } = await sendRaw(rekey.issuer, path, { headers: { cookie, ...html } })
        expect(status, `${path} ${cookie.slice(0, 60)}`).to.be.below(500)
        expect(text).to.not.include(person.email)
      }
    }
    const { status } = await sendRaw(rekey.issuer, '/', { headers: { cookie: `a=${'x'.repeat(40_000)}` } })
    expect(status).to.equal(431)
  })

  it('reads absurd headers as if they weren’t there', async () => {
    const person = await rekey.person()
    const absurd: { [name: string]: string }[] = [
      { 'user-agent': '' },
      { 'user-agent': 'x'.repeat(8000) },
      { 'user-agent': `Mozilla/5.0 ${'('.repeat(3000)} Version/${'1.'.repeat(2000)} Safari` },
      { 'user-agent': '\u00ff\u00fe <script>' },
      { 'accept-language': 'x'.repeat(8000) },
      { 'accept-language': ';q=;q=1,,;' },
      { accept: ';' },
      { accept: 'application/json;q=x' },
      { 'accept-encoding': '\u00ff' },
      { 'if-none-match': 'x'.repeat(4000) },
      { range: 'bytes=-1' },
      { origin: 'null', referer: '\u00ff' },
      { expect: 'x' },
      { 'x-http-method-override': 'DELETE' },
    ]
    for (const headers of absurd) {
      const answer = await sendRaw(rekey.issuer, '/', { headers })
      expect(answer.status, JSON.stringify(headers).slice(0, 80)).to.be.below(500)
      if ('expect' in headers || 'accept' in headers) continue
      const browser = new Browser(headers)
      await rekey.rp.start(browser)
      await browser.press('Sign in', { email: person.email, password: person.password })
      expect(browser.heading).to.equal('Enter your code')
    }
  })

  it('does what a form says once, though each form of the journey is sent twice', async () => {
    const { person, admin } = await team(rekey, { person: { bare: true } })
    const browser = new Stutterer()
    await rekey.rp.start(browser)
    await browser.press('Sign in', { email: person.email, password: person.password })
    person.secret = secretOn(browser)
    await browser.press('Turn on', { code: rekey.code(person) })
    person.backupCodes = codesOn(browser)
    await browser.press('Continue', { saved: 'yes' })
    await rekey.rp.finish(browser)
    expect(await audited(person)).to.deep.equal(['factor.added', 'sign_in.succeeded'])

    const spender = new Stutterer()
    await rekey.rp.start(spender)
    await spender.press('Sign in', { email: person.email, password: person.password })
    await spender.press('Use a backup code')
    await spender.press('Verify', { code: person.backupCodes[0]! })
    await spender.press('Continue')
    await rekey.rp.finish(spender)
    expect((await rekey.account(person)).backupCodes!.codes.filter((code) => code.usedAt)).to.have.length(1)

    const loser = new Stutterer()
    await rekey.rp.start(loser)
    await loser.press('Sign in', { email: person.email, password: person.password })
    await loser.press('Reset authentication device')
    await loser.press('Send request')
    await loser.press('Cancel this request')
    await loser.press('Back to sign-in')
    await loser.press('Reset authentication device')
    await loser.press('Send request')
    expect(await casesOf(rekey, person)).to.have.length(2)
    const request = (await mailsTo(rekey, admin.email)).findLast((mail) => /asks you/.test(mail.subject))!
    const own = (await mailsTo(rekey, person.email)).findLast((mail) => /^You asked/.test(mail.subject))!
    const approver = new Stutterer()
    await openApproval(rekey, admin, linkIn(request.text, '/recovery/approve/'), approver)
    await approver.press('Approve', { code: codeIn(own.text), reason: 'Called.' })
    expect(approver.heading).to.equal('Approved')
    await loser.open(loser.shown.url)
    await enrol(rekey, loser)
    await loser.press('Continue', { saved: 'yes' })
    await rekey.rp.finish(loser)
    expect((await rekey.account(person)).factors).to.have.length(1)
    const subjects = (await mailsTo(rekey, person.email)).map((mail) => mail.subject)
    expect(subjects).to.deep.equal([
      'A sign-in method was added',
      'Sign-in from a new device',
      'A backup code was used to sign in',
      'Sign-in from a new device',
      'You asked to reset your authentication device',
      'The reset of your authentication device was cancelled',
      'You asked to reset your authentication device',
      'Your authentication device was reset',
      'A sign-in method was added',
      'Sign-in from a new device',
    ])
  })

  it('answers whatever is sent to whatever route below 500, and changes nothing', async () => {
    const { person, admin } = await team(rekey)
    const { link, disavow } = await requestReset(rekey, person, admin)
    const browser = await givePassword(rekey, person)
    const approver = await openApproval(rekey, admin, link)
    const before = await stateOf(person, admin)
    const values = [browser.shown.url, link, disavow].map((url) => url.split('/').at(-1)!)
    await fuzz({ values, forms: [], cookies: [await cookiesOf(browser), await cookiesOf(approver), ''] })
    expect(await stateOf(person, admin)).to.deep.equal(before)
  })

  it('answers whatever stands in a form below 500, though its token is right', async () => {
    const { person, admin } = await team(rekey)
    const { link } = await requestReset(rekey, person, admin)
    const browsers = [
      new Browser(),
      await givePassword(rekey, person),
      await givePassword(rekey, await rekey.person({ bare: true })),
      await openApproval(rekey, admin, link),
    ]
    await rekey.rp.start(browsers[0]!)
    const forms = browsers.map(
      ({ shown }) => shown.document.querySelector('input[name=form]')!.getAttribute('value')!,
    )
    const values = browsers.map(({ shown }) => shown.url.split('/').at(-1)!)
    await fuzz({ values, forms, cookies: await Promise.all(browsers.map(cookiesOf)) })
  })

  /** Sends anything to any path with any method: nothing may be a fault of ours. */
  async function fuzz(known: { values: string[]; forms: string[]; cookies: string[] }): Promise<void> {
    const requests = await anyRequest(rekey, known)
    await fc.assert(
      fc.asyncProperty(requests, async ({ path, query, ...init }) => {
        const { status } = await sendRaw(rekey.issuer, `${path}${query}`.replace(/[^!-~]/g, ''), init)
        if (status >= 500) throw new Error(`${status}: ${rekey.logged.at(-1)}`)
      }),
      { numRuns: 300 },
    )
  }

  const audited = async (person: Person) =>
    (await rekey.store.audit.find('subject', person.id)).map((entry) => entry.event)

  /** Every form of a sign-in, by its path below the interaction. */
  function ourForms(): { path: string }[] {
    const below = '/interaction/:uid'
    return routesOf(rekey.app.koa)
      .filter((route) => route.method === 'POST' && route.path.startsWith(below))
      .map((route) => ({ path: route.path.slice(below.length) }))
  }

  /** An answer that sends the browser on sends it to us or to the app that is registered. */
  function staysHere({ headers }: Answer): void {
    if (headers.location === undefined) return
    const { origin } = new URL(String(headers.location), rekey.issuer)
    expect(origin).to.be.oneOf([rekey.issuer, rekey.rp.origin])
  }
})

/** Requests to all paths there are, with values that are right, wrong or no text at all. */
async function anyRequest(
  rekey: Scene,
  { values, forms, cookies }: { values: string[]; forms: string[]; cookies: string[] },
) {
  const bad = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }).map(encodeURIComponent),
    fc.string({ maxLength: 20 }).map(encodeURIComponent),
    fc.constantFrom('%00', '%E0%A4%A', '%', '..', '.', '__proto__', 'constructor', 'x'.repeat(3000)),
  )
  const value = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...values) }, bad)
  const templates = [...routesOf(rekey.app.koa).map((route) => route.path), ...(await endpoints(rekey))]
  const path = fc.oneof(
    { weight: 8, arbitrary: fc.tuple(fc.constantFrom(...templates), value) },
    fc.tuple(
      bad.map((text) => `/${text}`),
      value,
    ),
  )
  const names = ['code', 'email', 'password', 'choice', 'decision', 'reason', 'saved', 'outcome', 'lifetime']
  const protocol = ['client_id', 'grant_type', 'token', 'xsrf', 'scope', 'user_code', 'request_uri']
  const field = fc.tuple(fc.oneof(fc.constantFrom(...names, ...protocol), bad), fc.oneof(value, bad))
  const token =
    forms.length === 0 ? fc.constant('form=x') : fc.constantFrom(...forms.map((one) => `form=${one}`))
  const fields = fc
    .tuple(token, fc.array(field))
    .map(([first, others]) => [first, ...others.map((pair) => pair.join('='))].join('&'))
  const body = fc.oneof(
    { weight: 4, arbitrary: fields },
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.json({ maxDepth: 3 }),
  )
  const urlencoded = 'application/x-www-form-urlencoded'
  const headers = fc.record({
    'content-type': fc.constantFrom(urlencoded, urlencoded, 'application/json', 'text/plain', '\u00ff'),
    accept: fc.constantFrom('text/html', 'application/json', '*/*', 'x'),
    cookie: fc.constantFrom(...cookies),
  })
  const method = fc.constantFrom('GET', 'POST', 'POST', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS')
  const query = fc.oneof(
    fc.constant(''),
    fields.map((text) => `?${text}`),
  )
  return fc
    .record({ method, path, query, headers, body })
    .map(({ path: [template, filled], method: how, body: sent, ...rest }) => ({
      ...rest,
      method: how,
      path: template.replace(/:\w+/g, () => filled),
      ...(how === 'GET' || how === 'HEAD' ? {} : { body: sent }),
    }))
}

/** The paths of the endpoints that the provider announces. */
async function endpoints(rekey: Scene): Promise<string[]> {
  return Object.values((await rekey.rp.config()).serverMetadata())
    .filter((one): one is string => typeof one === 'string' && one.startsWith(`${rekey.issuer}/`))
    .map((url) => new URL(url).pathname)
}

/** Sends every form twice, as an impatient person or a bad network does. */
class Stutterer extends Browser {
  override async press(button: string, fields: Filled = {}): Promise<Shown> {
    const { action, body } = this.form(button, fields)
    const shown = await super.press(button, fields)
    const { trail } = this
    await this.send(action, body)
    expect(this.shown.status).to.be.below(500)
    this.shown = shown
    this.trail = trail
    return shown
  }
}
