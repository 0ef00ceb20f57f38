import { execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Folder, folder, rekeyCommand } from '../standalone/kit.ts'
import { Browser } from '../support/browser.ts'
import { newRoot } from '../support/certificates.ts'
import { codeIn } from '../support/journeys.ts'
import { type MailServer, startMailServer } from '../support/mail-server.ts'
import { freePorts, type Running, run } from '../support/process.ts'

/** Where Debian's packages put them; or others, named here. */
const binaries = {
  nginx: process.env['REKEY_NGINX'] ?? '/usr/sbin/nginx',
  caddy: process.env['REKEY_CADDY'] ?? '/usr/bin/caddy',
  haproxy: process.env['REKEY_HAPROXY'] ?? '/usr/sbin/haproxy',
}

describe('docs/production.md', () => {
  let home: Folder
  let mail: MailServer
  let server: Running
  let config: string
  let port: number
  let health: number
  let front: number
  let issuer: string
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' }

  before(async () => {
    home = await folder()
    mail = await startMailServer()
    ;[port, health, front] = [await freePorts(1), await freePorts(1), await freePorts(1)]
    issuer = `https://localhost:${front}`
    config = join(home.path, 'config.json')
    const { pem, key } = newRoot('localhost')
    await home.file('cert.pem', pem)
    await home.file('key.pem', key.export({ type: 'pkcs8', format: 'pem' }) as string)
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    const made = await rekeyCommand(await wordsOfInit())
    expect([made.code, made.err]).to.deep.equal([0, ''])
    server = run(['standalone/start.mjs', 'serve', '--config', config], {
      REKEY_PORT: String(port),
      REKEY_HEALTH_PORT: String(health),
    })
    await server.until('Rekey is listening')
  })
  after(async () => {
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    await server.stop('SIGTERM')
    await mail.stop()
    await home.remove()
  })

  /** The command as printed, with this machine's names in place of the example's. */
  const wordsOfInit = async (): Promise<string[]> => {
    const page = await readFile('docs/production.md', 'utf8')
    const [, text] = /npx (rekey init [\s\S]*?[^\\])\n(?! )/.exec(page)!
    const own = text!
      .replaceAll('\\\n', ' ')
      .replace('/etc/rekey/config.json', config)
      .replace('/var/lib/rekey', home.data)
      .replace('https://id.example.com', issuer)
      .replace('smtp://user:password@mail.example.com:587', mail.url)
    return [...own.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!).slice(1)
  }

  /** Any proxy that does what the page says. */
  const ownProxy = async (): Promise<() => void> => {
    const tls = {
      key: readFileSync(join(home.path, 'key.pem')),
      cert: readFileSync(join(home.path, 'cert.pem')),
    }
    const proxy = createTlsServer(tls, (asked, answer) => {
      const headers = { ...asked.headers, 'x-forwarded-for': asked.socket.remoteAddress ?? '' }
      const { url: path, method } = asked
      const passed = request({ port, host: '127.0.0.1', path, method, headers }, (said) => {
        answer.writeHead(said.statusCode!, said.headers)
        said.pipe(answer)
      })
      asked.pipe(passed)
    }).listen(front)
    return () => {
      proxy.close()
      proxy.closeAllConnections()
    }
  }

  it('leads from nothing to a first super admin over TLS, with the commands as printed', async () => {
    const stop = await ownProxy()
    const checked = await rekeyCommand(['check', '--config', config], env)
    expect(checked.code, checked.out + checked.err).to.equal(0)
    const browser = new Browser()
    await browser.open(`${issuer}/security`)
    await browser.press('Forgot your password?')
    await browser.press('Send the code', { email: 'ada@example.com' })
    const { text } = await mail.next('ada@example.com', /code/i)
    await browser.press('Verify', { code: codeIn(text) })
    await browser.press('Save password', { password: 'a first password of some length' })
    expect(browser.words).to.include('ada@example.com')
    stop()
  })

  const behind = async (name: keyof typeof binaries, file: string, words: string[]): Promise<void> => {
    const proxy = spawn(binaries[name], words, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, HOME: home.path, XDG_DATA_HOME: home.path, XDG_CONFIG_HOME: home.path },
    })
    let said = ''
    proxy.stderr.on('data', (text) => {
      said += text
    })
    try {
      const metadata = await discovery(() => proxy.exitCode !== null && `${file}: ${said}`)
      expect(metadata).to.include({ issuer, token_endpoint: `${issuer}/token` })
      const browser = new Browser({ 'x-forwarded-for': '6.6.6.6', 'x-forwarded-host': 'evil.example' })
      await browser.open(`${issuer}/security`)
      await browser.press('Sign in', { email: 'ada@example.com', password: `wrong behind ${name}` })
      expect(browser.words).to.include('is wrong')
      const log = await rekeyCommand(['audit', 'list', '--config', config])
      expect(log.out).to.include('sign_in.password_wrong').and.not.include('6.6.6.6')
    } finally {
      proxy.kill('SIGTERM')
    }
  }

  /** Asked until the proxy listens, or has ended. */
  const discovery = async (ended: () => string | false): Promise<object> => {
    for (;;) {
      const answer = await fetch(`${issuer}/.well-known/openid-configuration`).catch(() => undefined)
      if (answer?.ok) return answer.json() as Promise<object>
      const fault = ended()
      if (fault) throw new Error(fault)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  const adapted = async (file: string): Promise<string> =>
    (await readFile(`deploy/proxies/${file}`, 'utf8'))
      .replaceAll('/etc/ssl/id.example.com.pem', join(home.path, 'cert.pem'))
      .replaceAll('/etc/ssl/id.example.com.key', join(home.path, 'key.pem'))
      .replaceAll('127.0.0.1:3000', `127.0.0.1:${port}`)

  it('works behind nginx as in deploy/proxies', async function () {
    if (!isThere(binaries.nginx)) return this.skip()
    const site = (await adapted('nginx.conf'))
      .replace('listen 443 ssl', `listen ${front} ssl`)
      .replace('server_name id.example.com', 'server_name localhost')
    const own = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (use) => `${use}_temp_path ${home.path}/${use};`,
    )
    const whole = `daemon off; pid ${home.path}/pid; events {} http { access_log off; ${own.join(' ')} ${site} }`
    const file = await home.file('nginx.conf', whole)
    await behind('nginx', file, ['-p', home.path, '-e', 'stderr', '-c', file])
  })

  it('works behind Caddy as in deploy/proxies', async function () {
    if (!isThere(binaries.caddy)) return this.skip()
    const site = (await adapted('Caddyfile')).replace(
      'id.example.com {',
      `localhost:${front} {\n\ttls ${home.path}/cert.pem ${home.path}/key.pem`,
    )
    const file = await home.file('Caddyfile', `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${site}`)
    await behind('caddy', file, ['run', '--config', file, '--adapter', 'caddyfile'])
  })

  it('works behind HAProxy as in deploy/proxies', async function () {
    if (!isThere(binaries.haproxy)) return this.skip()
    const both = await Promise.all(
      ['cert.pem', 'key.pem'].map((part) => readFile(join(home.path, part), 'utf8')),
    )
    const pem = await home.file('both.pem', both.join(''))
    const whole = (await readFile('deploy/proxies/haproxy.cfg', 'utf8'))
      .replace('/etc/ssl/id.example.com.pem', pem)
      .replace('bind :443', `bind :${front}`)
      .replace('127.0.0.1:3000', `127.0.0.1:${port}`)
      .replace('check port 9090', `check port ${health}`)
    const file = await home.file('haproxy.cfg', whole)
    await behind('haproxy', file, ['-f', file])
  })

  function isThere(binary: string): boolean {
    try {
      execFileSync(binary, [binary.endsWith('caddy') ? 'version' : '-v'], { stdio: 'ignore' })
      return true
    } catch {
      console.log(`skipped: ${binary} isn't there (a package of Debian's)`)
      return false
    }
  }
})
