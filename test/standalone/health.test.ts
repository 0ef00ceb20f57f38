import { expect } from 'chai'
import { freePorts, run } from '../support/process.ts'
import { folder, soundSettings } from './kit.ts'

describe('The port for health', () => {
  it('says that the process lives and is ready, and has figures without anybody’s words in them', async () => {
    const place = await folder()
    const port = await freePorts(2)
    const settings = soundSettings(place.data, { issuer: `http://localhost:${port}`, port })
    const running = run(['standalone/start.mjs', 'serve'], {
      REKEY_CONFIG: await place.file('rekey.json', JSON.stringify(settings)),
      REKEY_HEALTH_PORT: String(port + 1),
    })
    await running.until('Rekey is listening')
    const at = (path: string) => fetch(`http://localhost:${port + 1}${path}`)
    for (const path of ['/livez', '/readyz']) {
      const answer = await at(path)
      expect([answer.status, await answer.json()], path).to.deep.equal([200, { status: 'ok' }])
    }
    const metrics = await (await at('/metrics')).text()
    expect(metrics)
      .to.include('rekey_outbox_messages{state="queued"} 0')
      .and.include('rekey_nodejs_eventloop_lag')
    expect((await at('/')).status).to.equal(404)
    expect((await fetch(`http://localhost:${port}/metrics`)).status).to.equal(404)
    expect(await running.stop('SIGTERM')).to.equal(0)
    await place.remove()
  })
})
