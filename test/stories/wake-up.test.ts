import { expect } from 'chai'
import { promptLimits } from '../../rules/push.ts'
import { givePassword } from '../support/journeys.ts'
import type { PhoneApp } from '../support/phone-app.ts'
import { withPhone } from '../support/push-journeys.ts'
import { PushDevice, PushService, verifyVapid } from '../support/push-service.ts'
import { story } from '../support/story.ts'

story('A wake-up by Web Push', (rekey) => {
  let service: PushService

  before(async () => {
    service = await new PushService().listen()
  })
  beforeEach(() => {
    service.pushes.length = 0
    service.answers = []
  })
  after(() => service.stop())

  async function subscribed(path = '/push/1') {
    const { person, phone } = await withPhone(rekey)
    const device = new PushDevice()
    const answer = await subscribe(phone, device, path)
    expect(answer).to.deep.equal({ status: 200, body: { subscribed: true } })
    return { person, phone, device }
  }
  const subscribe = (phone: PhoneApp, { keys }: PushDevice, path: string) =>
    phone.ask('subscription', { subscription: { endpoint: service.origin + path, ...keys } })

  it('reaches the phone that asked for it, signed by us, and says nothing of what is asked', async () => {
    const { person, device } = await subscribed()
    await givePassword(rekey, person)
    await rekey.work()
    const [push] = await service.received(1)
    expect(push!.path).to.equal('/push/1')
    expect(device.read(push!)).to.equal('{}')
    const { key } = await verifyVapid(push!, service.origin)
    const page = await (await fetch(`${rekey.issuer}/authenticator`)).text()
    expect(page).to.include(`data-push-key="${key}"`)
    expect(push!.headers).to.include({ urgency: 'high', topic: 'prompt' })
    expect(Number(push!.headers.ttl)).to.be.within(1, promptLimits.lifetime / 1000)
  })

  it('comes with each prompt, and not with a page that is loaded again', async () => {
    const { person } = await subscribed()
    const browser = await givePassword(rekey, person)
    await browser.open(browser.shown.url)
    await rekey.work()
    expect(service.pushes).to.have.length(1)
    await browser.press('Send it again')
    await rekey.work()
    expect(service.pushes).to.have.length(2)
  })

  for (const status of [404, 410]) {
    it(`goes no more to a subscription that the push service answers with ${status}`, async () => {
      const { person } = await subscribed()
      service.answers = [{ status }]
      const browser = await givePassword(rekey, person)
      await rekey.work()
      const [factor] = (await rekey.account(person)).factors
      expect(factor).to.not.have.property('subscription')
      await browser.press('Send it again')
      await rekey.work()
      expect(service.pushes).to.have.length(1)
    })
  }

  it('keeps the subscription that the phone made meanwhile', async () => {
    const { person, phone, device } = await subscribed('/push/old')
    await givePassword(rekey, person)
    await rekey.work()
    await subscribe(phone, device, '/push/new')
    service.answers = [{ status: 410 }]
    await givePassword(rekey, person)
    await rekey.work()
    expect(service.pushes.map(({ path }) => path)).to.deep.equal(['/push/old', '/push/new'])
    const [factor] = (await rekey.account(person)).factors
    expect(factor).to.not.have.property('subscription')
  })

  it('is stored sealed, and only in the form that browsers give', async () => {
    const { person, phone } = await subscribed('/push/secret')
    expect(JSON.stringify(await rekey.account(person))).to.not.include('/push/secret')
    const { keys } = new PushDevice()
    for (const subscription of [
      { endpoint: 'javascript:alert(1)', ...keys },
      { endpoint: `${service.origin}/x`, ...keys, auth: 'short' },
      { endpoint: `${service.origin}/${'x'.repeat(1000)}`, ...keys },
      undefined,
    ])
      expect((await phone.ask('subscription', { subscription })).status).to.equal(401)
  })
})
