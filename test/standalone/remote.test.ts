import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
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

    /** What a command prints, and how often it had the admin sign in at another screen. */
    const atTerminal = async (folder: string, words: string[]): Promise<[out: string, signIns: number]> => {
      const signedIn: Promise<void>[] = []
      const heard = (said: string) => {
        const found = /Open (\S+)[\s\S]*shows (\S+)/.exec(said)
        if (found !== null && signedIn.length === 0) signedIn.push(signInAt(found[1]!))
      }
      const { code, out, err } = await rekeyCommand(
        [...words, '--url', rekey.issuer],
        { XDG_CONFIG_HOME: folder },
        heard,
      )
      await Promise.all(signedIn)
      expect(code, err).to.equal(0)
      return [out, signedIn.length]
    }

    const signInAt = async (address: string): Promise<void> => {
      const browser = new Browser()
      await browser.open(address)
      await browser.press('Continue')
      await browser.press('Continue')
      await browser.press('Sign in', { email: admin.email, password: admin.password })
      await browser.press('Verify', { code: rekey.code(admin) })
      if (browser.shown.document.querySelector('button[name=decision]')) await browser.press('Allow')
      expect(browser.heading).to.equal('Your device is connected')
    }

    it('signs a person in by another screen, and keeps the token where nobody else reads it', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'rekey-'))
      try {
        expect(await atTerminal(folder, ['org', 'list'])).to.deep.equal(['acme  Acme\n', 1])
        const file = join(folder, 'rekey', 'tokens.json')
        expect((await stat(file)).mode & 0o777).to.equal(0o600)
        const kept = async () => JSON.parse(await readFile(file, 'utf8'))
        const name = `${rekey.issuer} rekey-cli`
        expect(Object.keys(await kept())).to.deep.equal([name])

        // The token is over: the next one comes without a sign-in, and is kept in its place.
        const before = (await kept())[name]
        await writeFile(file, JSON.stringify({ [name]: { ...before, expiresAt: 0 } }))
        expect(await atTerminal(folder, ['org', 'list'])).to.deep.equal(['acme  Acme\n', 0])
        const after = (await kept())[name]
        expect(after.token).not.to.equal(before.token)
        expect(after.refresh).not.to.equal(before.refresh)

        // What only whoever is there may do takes a second factor anew, and no more than that.
        rekey.advance(400_000)
        const other = await rekey.person({ memberships: [{ organization: 'acme' }] })
        await requestReset(rekey, other, admin)
        const one = (await casesOf(rekey, other)).at(-1)!
        const deny = ['case', 'deny', one.id, '--reason', 'Nobody called']
        const [said, signedIn] = await atTerminal(folder, deny)
        expect(said).to.include('denied')
        expect(signedIn).to.equal(1)
      } finally {
        await rm(folder, { recursive: true })
      }
    })
  },
  {
    clients: [
      apiClient('program', all, { operator: true }),
      {
        client_id: 'rekey-cli',
        client_name: 'Command line',
        token_endpoint_auth_method: 'none',
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
        response_types: [],
        redirect_uris: [],
        scope: `openid ${all}`,
        operator: true,
      },
    ],
  },
)
