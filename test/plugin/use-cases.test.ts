import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { ben, benSigningIn, type Host, startHost } from '../support/host.ts'
import { codeIn } from '../support/journeys.ts'
import { moveProcessTime, type ProcessClock } from '../support/time.ts'

describe('The plugin without a page', () => {
  let host: Host
  let clock: ProcessClock
  let signIn: ReturnType<typeof benSigningIn>

  before(async () => {
    clock = moveProcessTime()
    host = await startHost({
      mount: (provider) => provider.callback(),
      options: { organizations: undefined },
    })
    signIn = benSigningIn(host, clock)
  })
  after(async () => {
    await host.stop()
    clock.restore()
  })

  const told = async (sid: unknown) => {
    while (!host.rp.loggedOut.some((one) => one.sid === sid)) await host.rp.nextLogout()
  }

  it('says what protects a person, and nothing secret', async () => {
    const { claims } = await signIn()
    const found = (await host.recovery.accounts.protection('2'))!
    expect(found).to.include({ person: '2', status: 'active', backupCodesLeft: 10 })
    expect(found.factors.map(({ kind }) => kind)).to.deep.equal(['totp'])
    expect(found.sessions).to.have.length(1)
    expect(JSON.stringify(found)).to.not.include('secret')
    expect(await host.recovery.accounts.protection('nobody')).to.equal(undefined)
    expect(await host.recovery.accounts.endSessions('2')).to.deep.equal({ ok: true })
    await told(claims.sid)
  })

  it('ends everything of someone whom the host has deactivated, and tells the apps', async () => {
    const { browser, claims } = await signIn()
    host.people.set('2', { ...host.people.get('2')!, status: 'deactivated' })
    expect(await host.recovery.accounts.changed('2', 'status')).to.deep.equal({ ok: true })
    await told(claims.sid)
    await host.rp.start(browser, { prompt: 'none' })
    expect(await host.rp.refusal(browser)).to.equal('login_required')
    host.people.set('2', { ...host.people.get('2')!, status: 'active' })
    expect(await host.recovery.accounts.changed('nobody', 'status')).to.deep.equal({
      ok: false,
      reason: 'unknown',
    })
  })

  it('keeps organizations where the host has none, and never leaves one without a super admin', async () => {
    const { organizations } = host.recovery
    expect(await organizations.add({ id: 'o', name: 'O' })).to.deep.equal({ ok: true })
    expect(await organizations.add({ id: 'o', name: 'O' })).to.deep.equal({ ok: false, reason: 'taken' })
    expect(await organizations.join('o', '1', 'super_admin')).to.deep.equal({ ok: true })
    expect(await organizations.join('o', '2')).to.deep.equal({ ok: true })
    expect(await organizations.join('o', 'nobody')).to.deep.equal({ ok: false, reason: 'unknown' })
    expect(await organizations.setPolicy('o', { supportHoldHours: 1 })).to.deep.equal({
      ok: false,
      reason: 'policy',
    })
    const by = { by: 'host', reason: 'a test' }
    expect(await organizations.leave('o', '1', by)).to.deep.equal({ ok: false, reason: 'last_super_admin' })
    expect(await organizations.leave('o', '2', by)).to.deep.equal({ ok: true })
    expect(await organizations.of('2')).to.deep.equal([])
    await organizations.join('o', '2')
  })

  it('lets two last super admins who leave at the same moment not both go', async () => {
    const { organizations } = host.recovery
    await organizations.add({ id: 'p', name: 'P' })
    for (const person of ['1', '3']) await organizations.join('p', person, 'super_admin')
    const by = { by: 'host', reason: 'a test' }
    const left = await Promise.all(['1', '3'].map((person) => organizations.leave('p', person, by)))
    expect(left.filter(({ ok }) => ok)).to.have.length(1)
    expect(left.find(({ ok }) => !ok)).to.deep.equal({ ok: false, reason: 'last_super_admin' })
  })

  it('answers what is no id like one that nobody has', async () => {
    const { accounts, cases, organizations } = host.recovery
    const by = { by: 'host', reason: 'a test' }
    const unknown = { ok: false, reason: 'unknown' }
    for (const given of [undefined, null, '', 7, {}, [], 'nobody', '__proto__', 'x'.repeat(3_000), 'a\0b']) {
      const id = given as string
      const nothing = [accounts.protection(id), cases.get(id), cases.open(id), organizations.get(id)]
      expect(await Promise.all(nothing)).to.deep.equal([undefined, undefined, undefined, undefined])
      expect(await Promise.all([cases.of(id), organizations.of(id)])).to.deep.equal([[], []])
      const refused = [
        accounts.changed(id, 'password'),
        accounts.endSessions(id),
        accounts.endSession(id, 'none'),
        accounts.endSession('2', id),
        accounts.removeFactor('2', id),
        accounts.takeFactor(id, 'none', by),
        accounts.deactivate(id, by),
        cases.cancel(id),
        cases.decide(id, { by: 'host', approve: true, reason: 'a test' }),
        organizations.setPolicy(id, {}),
        organizations.join(id, '1'),
        organizations.join('o', id),
        organizations.leave(id, '1', by),
        organizations.leave('o', id, by),
      ]
      for (const [at, outcome] of (await Promise.all(refused)).entries())
        expect(outcome, `${at} of ${String(given)}`).to.deep.equal(unknown)
    }
  })

  it('takes no organization and no policy that could not be one', async () => {
    const { accounts, organizations } = host.recovery
    const add = (id: unknown, name: unknown, policy = {}) =>
      organizations.add({ id, name, policy } as { id: string; name: string })
    for (const id of [undefined, null, '', 'a:b', 'a b', 7])
      expect(await add(id, 'Name')).to.deep.equal({ ok: false, reason: 'id' })
    for (const name of [undefined, null, '', 7, 'x'.repeat(200)])
      expect(await add('q', name)).to.deep.equal({ ok: false, reason: 'name' })
    const wrong = [null, '', [], { approvals: 'two' }, { requireSecondFactor: 'yes' }, { nonsense: 1 }]
    for (const policy of [...wrong, { methods: ['retina'] }, { afterReset: 'nothing' }]) {
      const refused = { ok: false, reason: 'policy' }
      expect(await organizations.setPolicy('o', policy as object), JSON.stringify(policy)).to.deep.equal(
        refused,
      )
      expect(await add('q', 'Q', policy as object)).to.deep.equal(refused)
    }
    expect(await organizations.get('o')).to.deep.include({ policy: {} })
    const said = (one: Promise<unknown>) => one.then(String, ({ name, message }) => `${name}: ${message}`)
    expect(await said(organizations.join('o', '1', 'boss' as 'member'))).to.match(
      /^TypeError: join: the role/,
    )
    expect(await said(accounts.changed('2', 'name' as 'status'))).to.match(/^TypeError: changed: what/)
  })

  it('shows a case, and cancels it', async () => {
    const browser = new Browser()
    await host.rp.start(browser)
    await browser.press('Sign in', ben)
    await browser.press('Reset authentication device')
    await browser.press('Send request')
    expect(codeIn((await host.mail.next(ben.email, /reset/)).text)).to.match(/^\d{6}$/)
    const open = (await host.recovery.cases.open('2'))!
    expect(open).to.include({ person: '2', status: 'awaiting_admin', organization: 'o' })
    expect(open).to.not.have.property('code')
    expect(await host.recovery.cases.cancel(open.id)).to.deep.equal({ ok: true })
    expect((await host.recovery.cases.get(open.id))!.status).to.equal('cancelled')
    expect(await host.recovery.cases.cancel('none')).to.deep.equal({ ok: false, reason: 'unknown' })
  })
})

describe('A host whose people are at an organization of its own', () => {
  it('changes that itself', async () => {
    const host = await startHost({ mount: (provider) => provider.callback() })
    const { organizations } = host.recovery
    expect(await organizations.join('host', '2')).to.deep.equal({ ok: false, reason: 'host' })
    for (const id of [null, '', 'x'.repeat(3_000)])
      expect(await organizations.setPolicy(id as string, {})).to.deep.equal({ ok: false, reason: 'unknown' })
    await host.stop()
  })
})
