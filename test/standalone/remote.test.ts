import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { apiScopes } from '../../rules/api-scopes.ts'
import { apiClient, programToken } from '../support/api.ts'
import { Browser } from '../support/browser.ts'
import { casesOf, requestReset } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { story } from '../support/story.ts'
import { rekeyCommand } from './kit.ts'

const all = Object.keys(apiScopes)
  .filter((scope) => scope !== 'scim')
  .join(' ')

story(
  'The command line, at a distance',
  (rekey) => {
    let admin: Person
    let member: Person
    let token: string

    before(async () => {
      await rekey.store.organizations.insert({ id: 'acme', name: 'Acme', policy: {}, createdAt: rekey.now() })
      admin = await rekey.person({ memberships: [{ organization: 'acme', role: 'super_admin' }] })
      member = await rekey.person({ memberships: [{ organization: 'acme' }] })
      token = await programToken(rekey, 'program')
    })

    const remote = (...words: string[]) =>
      rekeyCommand([...words, '--url', rekey.issuer, '--json'], { REKEY_TOKEN: token })

    it('lists, shows and denies with the token of a program', async () => {
      await requestReset(rekey, member, admin)
      const [one] = await casesOf(rekey, member)
      const listed = await remote('case', 'list')
      expect(listed.code, listed.err).to.equal(0)
      expect(JSON.parse(listed.out).map(({ id }: { id: string }) => id)).to.deep.equal([one!.id])
      const approved = await remote('case', 'approve', one!.id, '--reason', 'Yes')
      expect([approved.code, approved.err]).to.deep.equal([
        1,
        `${JSON.stringify({ error: 'Only a person can do this, not a program. (person_needed)' })}\n`,
      ])
      const denied = await remote('case', 'deny', one!.id, '--reason', 'Nobody called')
      expect(JSON.parse(denied.out)).to.deep.equal({ id: one!.id, status: 'denied' })
      const people = JSON.parse((await remote('people', 'list')).out)
      expect(people.map(({ email }: Person) => email)).to.have.members([admin.email, member.email])
    })

    it('refuses what only the machine itself can do', async () => {
      const { code, err } = await remote('keys', 'reseal')
      expect([code, err]).to.deep.equal([
        1,
        `${JSON.stringify({ error: '`keys reseal` works on the machine itself, and not with --url' })}\n`,
      ])
    })

    it('signs a person in by another screen, and keeps the token where nobody else reads it', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'rekey-'))
      const child = spawn(process.execPath, ['standalone/start.mjs', 'org', 'list', '--url', rekey.issuer], {
        env: { ...process.env, XDG_CONFIG_HOME: folder },
      })
      let [out, err] = ['', '']
      child.stdout.on('data', (text) => {
        out += text
      })
      const told = new Promise<string>((resolve) => {
        child.stderr.on('data', (text) => {
          err += text
          const found = /Open (\S+)[\s\S]*shows (\S+)/.exec(err)
          if (found !== null) resolve(found[1]!)
        })
      })
      const ended = once(child, 'close')
      const address = await Promise.race([told, ended.then(() => expect.fail(`it ended: ${err}`))])
      const browser = new Browser()
      await browser.open(address)
      await browser.press('Continue')
      await browser.press('Continue')
      await browser.press('Sign in', { email: admin.email, password: admin.password })
      await browser.press('Verify', { code: rekey.code(admin) })
      if (browser.shown.document.querySelector('button[name=decision]')) await browser.press('Allow')
      expect(browser.heading).to.equal('Your device is connected')
      const [code] = await ended
      expect([code, out], err).to.deep.equal([0, 'acme  Acme\n'])
      const file = join(folder, 'rekey', 'tokens.json')
      expect((await stat(file)).mode & 0o777).to.equal(0o600)
      expect(Object.keys(JSON.parse(await readFile(file, 'utf8')))).to.deep.equal([
        `${rekey.issuer} rekey-cli`,
      ])
      await rm(folder, { recursive: true })
    })
  },
  {
    clients: [
      apiClient('program', all, { operator: true }),
      {
        client_id: 'rekey-cli',
        client_name: 'Command line',
        token_endpoint_auth_method: 'none',
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
        response_types: [],
        redirect_uris: [],
        scope: `openid ${all}`,
        operator: true,
      },
    ],
  },
)
