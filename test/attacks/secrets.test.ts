import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { readBackupCode } from '../../rules/backup-codes.ts'
import { Browser } from '../support/browser.ts'
import {
  codeIn,
  codesOn,
  enrol,
  getReset,
  givePassword,
  linkIn,
  mailsTo,
  openApproval,
  requestReset,
  secretOn,
} from '../support/journeys.ts'
import { story } from '../support/story.ts'
import { team } from '../support/team.ts'

const key = randomBytes(32).toString('base64url')

story(
  'Secrets',
  (rekey) => {
    it('stand in the clear neither in the store nor in the audit log nor in the log, after all that can happen', async () => {
      const secrets = await liveThrough()
      const entries = JSON.stringify(await rekey.store.audit.find('log', 'all', { limit: 500 }))
      const places = { store: await rekey.dump(), audit: entries, log: rekey.logged.join('') }
      for (const [place, text] of Object.entries(places)) {
        for (const [what, secret] of secrets)
          expect(holds(text, secret), `${what} in the ${place}`).to.equal(false)
      }
    })

    it('would be found where they are searched for', async () => {
      const person = await rekey.person()
      await rekey.store.people.update(person.id, (current) => [
        { ...current!, name: `${person.backupCodes[0]} 123456 ${person.password}` },
        undefined,
      ])
      const store = await rekey.dump()
      for (const planted of [person.backupCodes[0]!, '123456', person.password, person.email])
        expect(holds(store, planted), planted).to.equal(true)
      rekey.app.services.log.info('something')
      expect(rekey.logged.join('')).to.include('something')
    })

    it('are in no page but the one that is there to show them', async () => {
      const person = await rekey.person({ bare: true })
      const browser = await givePassword(rekey, person)
      const secret = secretOn(browser)
      await browser.press('Turn on', { code: '000000' })
      expect(browser.shown.text).to.not.include(person.password)
      await enrol(rekey, browser)
      expect(browser.shown.text).to.not.include(secret)
      const codes = codesOn(browser)
      await browser.press('Continue', { saved: 'yes' })
      const next = await givePassword(rekey, person)
      for (const one of [secret, person.password, ...codes]) expect(next.shown.text).to.not.include(one)
    })

    it('are in pages that no cache keeps and that tell no other site where they were', async () => {
      const { person, admin } = await team(rekey)
      const { waiting, link, disavow } = await requestReset(rekey, person, admin)
      const approver = await openApproval(rekey, admin, link)
      const owner = new Browser()
      await owner.open(disavow)
      for (const { shown } of [waiting, approver, owner]) {
        expect(shown.headers.get('cache-control')).to.equal('no-store')
        expect(shown.headers.get('referrer-policy')).to.equal('no-referrer')
        expect(shown.text).to.not.match(/(src|href)="https?:\/\/(?!localhost)/)
      }
    })

    /** Lives through everything in which a secret plays a part; what must not be found afterwards, by what it is. */
    async function liveThrough(): Promise<[what: string, secret: string][]> {
      const { person, admin } = await team(rekey, { person: { bare: true } })
      const secrets: [string, string][] = [
        ['password', person.password],
        ["the approver's password", admin.password],
        ["the approver's secret", admin.secret],
        ['key of the installation', key],
      ]
      const add = (what: string, ...found: string[]) =>
        secrets.push(...found.map((one): [string, string] => [what, one]))

      const first = new Browser()
      await rekey.rp.start(first)
      await first.press('Sign in', { email: person.password, password: person.email })
      await first.press('Sign in', { email: person.email, password: 'a wrong but telling password' })
      add('a wrong password', 'a wrong but telling password')
      await first.press('Sign in', { email: person.email, password: person.password })
      person.secret = await enrol(rekey, first)
      add('secret', person.secret)
      person.backupCodes = codesOn(first)
      add('backup code', ...person.backupCodes, ...person.backupCodes.map(readBackupCode))
      await first.download('Download PDF')
      await first.press('Continue', { saved: 'yes' })
      await rekey.rp.finish(first)

      const second = await givePassword(rekey, person)
      await second.press('Use a backup code')
      await second.press('Verify', { code: 'WRNG-BVT0-TE11-1NG0' })
      add('a wrong backup code', 'WRNG-BVT0-TE11-1NG0', 'WRNGBVT0TE111NG0')
      await second.press('Verify', { code: person.backupCodes[0]! })
      await second.press('Get new codes')
      add('new backup code', ...codesOn(second), ...codesOn(second).map(readBackupCode))

      const { waiting, code, link, disavow } = await requestReset(rekey, person, admin)
      add('mailed code', code)
      add('link', ...[link, disavow].map((url) => url.split('/').at(-1)!))
      const approver = await openApproval(rekey, admin, link)
      await approver.press('Approve', { code: code === '424242' ? '535353' : '424242', reason: 'Called.' })
      await approver.press('Approve', { code, reason: 'Called.' })
      for (const { key: name, value } of await approver.jar.getCookies(rekey.issuer))
        if (name === 'console') add('session of our own pages', value)
      await waiting.open(waiting.shown.url)
      add('second secret', secretOn(waiting))
      await waiting.press('Not now')
      await rekey.rp.finish(waiting)

      const notice = (await mailsTo(rekey, person.email)).find((mail) => /was reset$/.test(mail.subject))!
      const stop = linkIn(notice.text, '/recovery/disavow/')
      add('link', stop.split('/').at(-1)!)
      const owner = new Browser()
      await owner.open(stop)
      await owner.press("This wasn't me")
      const back = await givePassword(rekey, person)
      await back.press('Send the code')
      const mailed = codeIn((await rekey.mail.next(person.email, /^Your code/)).text)
      add('mailed code', mailed)
      await back.press('Verify', { code: mailed })
      await back.press('Save password', { password: 'short' })
      await back.press('Save password', { password: 'a whole new sentence' })
      add('new password', 'a whole new sentence')
      await back.press('Not now')
      await rekey.rp.finish(back)

      const other = await team(rekey)
      await getReset(rekey, other.person, other.admin)
      add('password of someone reset', other.person.password)
      await rekey.work()
      return secrets
    }

    /** Six digits are found only where they stand for themselves, not in the middle of an id or a time. */
    function holds(text: string, secret: string): boolean {
      if (!/^\d{6}$/.test(secret)) return text.includes(secret)
      return new RegExp(`(?<![0-9A-Za-z_-])${secret}(?![0-9A-Za-z_-])`).test(text)
    }
  },
  { level: 'trace', keys: [{ id: 'test', key }] },
)
