import { expect } from 'chai'
import { mortalStore } from '../support/mortal-store.ts'
import { Receiver, receiverClient, setStatus, typesOf } from '../support/receiver.ts'
import { startRekey } from '../support/rekey.ts'
import { describeEachEngine } from '../support/stores.ts'

const keys = [{ id: 'test', key: Buffer.alloc(32, 9).toString('base64url') }]
const clients = [receiverClient('polling'), receiverClient('pushed')]

describeEachEngine('Security events of a process that is killed', (engine) => {
  it('are neither lost nor doubled, whichever write it was killed before', async function () {
    this.timeout(120_000)
    const clock = { offset: 0 }
    const opened = await engine.open(() => Date.now() + clock.offset)
    const polling = await new Receiver('polling').listen()
    const pushed = await new Receiver('pushed').listen()
    let writes = 0
    for (let dead = true; dead; writes += 1) {
      const start = async (store = opened.store) => {
        const rekey = await startRekey(store, { keys, clients, clock })
        polling.attach(rekey)
        pushed.attach(rekey)
        return rekey
      }
      const first = await start()
      await polling.reset()
      await pushed.reset()
      const stream = await polling.stream({ delivery: polling.poll })
      await pushed.stream()
      await setStatus(first, await first.person(), 'deactivated', { settle: false })
      await first.stop()

      const mortal = mortalStore(opened.store, writes)
      const killed = await startRekey(mortal.store, { keys, clients, clock })
      for (const receiver of [polling, pushed]) receiver.issuers.push(killed.issuer)
      pushed.rekey = killed
      await killed.work().catch(() => {})
      dead = mortal.dead()
      await killed.stop().catch(() => {})

      const next = await start()
      clock.offset += 3_600_000
      await next.work()
      const expected = ['account-disabled', 'session-revoked']
      expect(typesOf((await polling.polled(stream)).events), `${writes} writes`).to.deep.equal(expected)
      // What was taken and not written down is sent again, with the same id (RFC 8935 §2).
      const once = pushed.events.filter(
        ({ jti }, at) => pushed.events.findIndex((one) => one.jti === jti) === at,
      )
      expect(typesOf(once), `${writes} writes`).to.deep.equal(expected)
      await next.stop()
    }
    expect(writes).to.be.greaterThan(8)
    await polling.stop()
    await pushed.stop()
    await opened.dispose()
  })
})
