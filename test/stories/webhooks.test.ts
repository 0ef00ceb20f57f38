import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import type { Person } from '../support/rekey.ts'
import { signInThere } from '../support/security.ts'
import { story } from '../support/story.ts'
import { isSigned, WebhookReceiver } from '../support/webhook-receiver.ts'

const everything = { which: 'all' }

story('The pages of webhooks', (rekey) => {
  const receiver = new WebhookReceiver()
  const url = () => `http://localhost:${receiver.port}/`
  let organization: string
  let admin: Person
  before(async () => {
    await receiver.listen()
    organization = await rekey.organization('Hanami')
    admin = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
  })
  beforeEach(() => {
    receiver.answer = 204
    receiver.got.length = 0
  })
  after(() => receiver.stop())

  const at = async (person = admin, of = organization): Promise<Browser> => {
    const browser = new Browser()
    await browser.open(`${rekey.issuer}/administration/${of}`)
    await signInThere(rekey, person, browser)
    await browser.follow('Webhooks')
    return browser
  }
  const add = async (browser: Browser, fields: { [name: string]: string } = {}) => {
    await browser.follow('Add a webhook')
    await browser.press('Add a webhook', { url: url(), ...everything, ...fields })
    return keyOn(browser)
  }
  const keyOn = (browser: Browser): string => {
    expect(browser.heading).to.equal('Copy the key now')
    return browser.shown.document.querySelector('#key')!.text
  }
  const idOn = (browser: Browser): string => new URL(browser.shown.url).pathname.split('/').at(-1)!
  const stored = async (browser: Browser) => (await rekey.store.webhooks.get(idOn(browser)))!

  it('add one, whose key is shown once, and send it what happens', async () => {
    const browser = await at()
    const key = await add(browser, {
      description: 'Help desk',
      which: 'chosen',
      'event_account-renamed': 'yes',
    })
    await browser.follow('I have it: back to the webhook')
    expect(browser.shown.text).not.to.contain(key)
    const id = idOn(browser)
    expect(await rekey.store.webhooks.get(id)).to.include({
      url: url(),
      description: 'Help desk',
      organization,
    })
    expect((await stored(browser)).events).to.deep.equal(['account.renamed'])
    await browser.press('Send a test message')
    expect(browser.said).to.include('being sent')
    await rekey.work()
    expect(receiver.got.map(({ body }) => body.type)).to.deep.equal(['webhook.test'])
    expect(isSigned(key, receiver.got[0]!)).to.equal(true)
    await browser.follow('Back to the webhooks')
    expect(browser.words).to.include('Help desk').and.include('1 event').and.include('Active')
    const log = await rekey.store.audit.find('log', 'all', { limit: 500 })
    expect(log.filter(({ actor }) => actor === admin.id).map(({ event }) => event)).to.include(
      'webhook.created',
    )
  })

  it('show the last deliveries, and send one again under the same id', async () => {
    const browser = await at()
    await add(browser)
    await rekey.work()
    receiver.got.length = 0
    await browser.follow('I have it: back to the webhook')
    receiver.answer = 410
    await browser.press('Send a test message')
    await rekey.work()
    rekey.logged.length = 0
    await browser.open(browser.shown.url)
    expect(browser.words).to.include('Given up').and.include('410')
    receiver.answer = 204
    await browser.press('Send again')
    await rekey.work()
    await browser.open(browser.shown.url)
    expect(browser.words).to.include('Delivered')
    const ids = receiver.got.map(({ headers }) => headers['webhook-id'])
    expect(ids).to.have.length(2)
    expect(new Set(ids).size).to.equal(1)
  })

  it('refuse private networks and a choice of nothing, and keep what was typed', async () => {
    const browser = await at()
    await browser.follow('Add a webhook')
    for (const address of ['https://10.1.2.3/', 'http://example.com/', 'nonsense']) {
      await browser.press('Add a webhook', { url: address, description: 'Desk', ...everything })
      expect(browser.said, address).to.include('private network')
      expect(browser.shown.document.querySelector('#url')!.getAttribute('value')).to.equal(address)
      expect(browser.shown.document.querySelector('#description')!.getAttribute('value')).to.equal('Desk')
    }
    await browser.press('Add a webhook', { url: url(), which: 'chosen' })
    expect(browser.said).to.include('at least one event')
    await browser.press('Add a webhook', { url: url(), description: 'x'.repeat(201), ...everything })
    expect(browser.said).to.include('200 characters')
  })

  it('change one, unless somebody else was first', async () => {
    const browser = await at()
    await add(browser)
    await browser.follow('I have it: back to the webhook')
    const late = browser.form('Save', { description: 'Late', ...everything })
    await browser.press('Save', { description: 'First', which: 'chosen', 'event_recovery-denied': 'yes' })
    expect(browser.said).to.include('saved')
    await browser.send(late.action, late.body)
    expect(browser.said).to.include('Someone else')
    expect(await stored(browser)).to.deep.include({ description: 'First', events: ['recovery.denied'] })
    const now = browser.shown.document.querySelectorAll('.applies-now').map(({ id, text }) => [id, text])
    expect(now).to.deep.equal([
      ['description-now', 'Now: First'],
      ['which-now', 'Now: Only the events that I choose'],
      ['event_recovery-denied-now', 'Now: yes'],
    ])
    expect(browser.form('Save').body.get('description')).to.equal('Late')
    await browser.press('Save', { url: 'https://169.254.169.254/latest' })
    expect(browser.said).to.include('private network')
    expect((await stored(browser)).url).to.equal(url())
  })

  it('pause one, which then is sent nothing and stays paused when it is changed, and resume it', async () => {
    const browser = await at()
    await add(browser)
    await browser.follow('I have it: back to the webhook')
    await rekey.work()
    await browser.press('Pause the webhook')
    expect(browser.said).to.include('paused')
    await browser.press('Save', { description: 'Quiet' })
    expect((await stored(browser)).disabled).to.equal(true)
    const before = receiver.got.length
    const { id } = await stored(browser)
    expect(await rekey.store.webhookMessages.find('webhook', id)).to.deep.equal([])
    expect(browser.shown.document.querySelectorAll('button').map(({ text }) => text)).not.to.include(
      'Send a test message',
    )
    await rekey.work()
    expect(receiver.got).to.have.length(before)
    await browser.press('Resume the webhook')
    expect((await stored(browser)).disabled).to.equal(undefined)
  })

  it('make a new key, which signs beside the one before', async () => {
    const browser = await at()
    const key = await add(browser)
    await browser.follow('I have it: back to the webhook')
    await browser.press('Make a new key')
    const next = keyOn(browser)
    await browser.follow('I have it: back to the webhook')
    await rekey.work()
    receiver.got.length = 0
    await browser.press('Send a test message')
    await rekey.work()
    const [got] = receiver.got
    expect([next === key, isSigned(key, got!), isSigned(next, got!)]).to.deep.equal([false, true, true])
  })

  it('remove one after asking once', async () => {
    const browser = await at()
    await add(browser)
    await browser.follow('I have it: back to the webhook')
    const id = idOn(browser)
    await browser.press('Remove the webhook')
    expect(browser.heading).to.include('Remove the webhook of localhost')
    expect((await rekey.store.webhooks.get(id))!.removed).to.equal(undefined)
    await browser.press('Remove the webhook')
    expect(browser.said).to.include('removed')
    await rekey.work()
    expect(await rekey.store.webhooks.get(id)).to.equal(undefined)
    expect(
      (await browser.open(`${rekey.issuer}/administration/${organization}/webhooks/${id}`)).status,
    ).to.equal(404)
  })

  it('show and change those of one organization to nobody else’s super admins', async () => {
    const own = await at()
    await add(own)
    await own.follow('I have it: back to the webhook')
    const { id } = await stored(own)
    const other = await rekey.organization('Nordlys')
    const theirs = await rekey.person({ memberships: [{ organization: other, role: 'super_admin' }] })
    const browser = await at(theirs, other)
    expect(browser.words).to.include('There is no webhook yet')
    await browser.follow('Add a webhook')
    const there = `${rekey.issuer}/administration/${other}/webhooks/${id}`
    const { body } = browser.form('Add a webhook', everything)
    for (const deed of ['save', 'pause', 'roll', 'test', 'replay', 'remove']) {
      body.set('do', deed)
      body.set('sure', 'yes')
      expect((await browser.send(there, body)).status, deed).to.equal(404)
    }
    expect((await browser.open(there)).status).to.equal(404)
    expect(await rekey.store.webhooks.get(id)).to.include({ url: url() })
  })

  it('take a second factor of the last five minutes to change anything', async () => {
    const browser = await at()
    await browser.follow('Add a webhook')
    rekey.advance(6 * 60_000)
    const before = await rekey.store.webhooks.find('organization', organization, { limit: 100 })
    await browser.press('Add a webhook', { url: url(), ...everything })
    expect(browser.heading).to.equal('Sign in')
    const after = await rekey.store.webhooks.find('organization', organization, { limit: 100 })
    expect(after.length).to.equal(before.length)
  })

  it('show an operator those of all, and add ones that are told what happens everywhere', async () => {
    const browser = new Browser()
    await browser.open(`${rekey.issuer}/operator`)
    await signInThere(rekey, await rekey.person({ operator: true }), browser)
    await browser.follow('Webhooks')
    expect(browser.words).to.include(organization)
    await add(browser, { description: 'Everybody’s' })
    await browser.follow('I have it: back to the webhook')
    expect((await stored(browser)).organization).to.equal(undefined)
    await browser.follow('Back to the webhooks')
    expect(browser.words).to.include('All organizations')
  })
})
