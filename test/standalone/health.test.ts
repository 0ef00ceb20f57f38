import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { freePorts, run } from '../support/process.ts'
import { startRelyingApp } from '../support/relying-app.ts'
import { folder, rekeyCommand, soundSettings } from './kit.ts'

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
    expect(metrics)
      .to.match(/rekey_disk_free_bytes \d+/)
      .and.match(/rekey_worker_lag_seconds \d/)
    expect(metrics).to.include('rekey_password_queue 0')
    expect(await running.stop('SIGTERM')).to.equal(0)
    await place.remove()
  })

  it('counts what happens, and each line of the log is JSON, belongs to its request and holds nobody’s words', async () => {
    const place = await folder()
    const port = await freePorts(2)
    const issuer = `http://localhost:${port}`
    const app = await startRelyingApp(issuer)
    const settings = soundSettings(place.data, {
      issuer,
      port,
      health: { port: port + 1 },
      clients: [app.client],
    })
    const config = await place.file('rekey.json', JSON.stringify(settings))
    const people = {
      people: [{ name: 'Ada', email: 'ada@acme.example', password: 'an engine of differences' }],
    }
    await rekeyCommand([
      'import',
      await place.file('people.json', JSON.stringify(people)),
      '--config',
      config,
    ])
    const running = run(['standalone/start.mjs', 'serve', '--config', config])
    await running.until('Rekey is listening')
    const browser = new Browser()
    await app.start(browser, { login_hint: 'ada@acme.example' })
    await browser.press('Sign in', { email: 'ada@acme.example', password: 'not hers' })
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await fetch(`${issuer}/recovery/approve/secret-token`, { headers: { traceparent } })
    await fetch(`${issuer}/ada@acme.example`, { headers: { traceparent: 'ada@acme.example' } })
    const metrics = await (await fetch(`http://localhost:${port + 1}/metrics`)).text()
    for (const figure of [
      'rekey_events_total{event="sign_in.password_wrong"} 1',
      'rekey_sign_in_messages_total{message="wrong_credentials"} 1',
      'rekey_http_request_duration_seconds_count{route="interaction/password",method="POST",status="3xx"} 1',
      'route="other",method="GET",status="4xx"} 1',
      'rekey_store_operation_duration_seconds_count{collection="attempts",operation="update"}',
    ])
      expect(metrics).to.include(figure)
    expect(await running.stop('SIGTERM')).to.equal(0)
    const lines = running
      .printed()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const answered = lines.filter(({ msg }) => msg === 'answered')
    expect(new Set(answered.map(({ request }) => request)).size).to.equal(answered.length)
    expect(answered.filter((line) => line.traceparent === traceparent)).to.have.length(1)
    for (const words of ['ada@', 'secret-token', 'not hers', '127.0.0.1'])
      expect(running.printed(), words).to.not.include(words)
    await app.stop()
    await place.remove()
  })
})
