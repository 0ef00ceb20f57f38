import { totpCode } from '../../adapters/secrets/totp.ts'
import { Browser } from '../support/browser.ts'
import { ask, askSupport, day, hour, issuePass, openDesk, statement, why } from '../support/cases.ts'
import {
  askForReset,
  codeIn,
  getReset,
  givePassword,
  linkIn,
  mailsTo,
  openApproval,
  secretOn,
  signIn,
  trusting,
} from '../support/journeys.ts'
import type { Deed, Ready } from '../support/kill-site.ts'
import type { Person, PersonOptions, Rekey } from '../support/rekey.ts'
import { atSecurity } from '../support/security.ts'
import { team } from '../support/team.ts'
import { administrationDeeds } from './administration.ts'

const chosen = 'seven slow yellow trains'
const code = (rekey: Rekey, { secret }: Pick<Person, 'secret'>) => totpCode(secret, rekey.now())

const pressing =
  (button: string, fields: { [name: string]: string } = {}): Ready['press'] =>
  (rekey, browser) =>
    browser.press(button, fields, { stopAt: rekey.rp.origin })

/** On the page where a person looks after their own account. */
const own =
  (
    path: string,
    press: Ready['press'],
    before?: (rekey: Rekey, person: Person, browser: Browser) => Promise<unknown>,
    options?: PersonOptions,
  ): Deed =>
  async (rekey) => {
    const person = await rekey.person({ addresses: ['second@people.example'], ...options })
    const browser = await atSecurity(rekey, person, path)
    await before?.(rekey, person, browser)
    return { browser, press }
  }

const security: { [title: string]: Deed } = {
  'removes a factor': own('', pressing('Remove'), (_rekey, _person, browser) =>
    browser.follow('Authenticator app'),
  ),
  'names a factor': own('', pressing('Save name', { name: 'Old one' }), (_rekey, _person, browser) =>
    browser.follow('Authenticator app'),
  ),
  'makes a factor the first': own('', pressing('Make this the default'), async (rekey, person, browser) => {
    const other = { ...(await rekey.account(person)).factors[0]!, id: `${person.id}-other`, name: 'Spare' }
    await rekey.store.protections.update(person.id, (current) => [
      { ...current!, factors: [...current!.factors, other] },
      undefined,
    ])
    await browser.open(`${rekey.issuer}/security/methods/${other.id}`)
  }),
  'adds a factor': async (rekey) => {
    const person = await rekey.person()
    const browser = await atSecurity(rekey, person)
    await browser.press('Authenticator app')
    const secret = secretOn(browser)
    return { browser, press: (now, at) => at.press('Turn on', { code: code(now, { secret }) }) }
  },
  'checks a backup code': async (rekey) => {
    const person = await rekey.person()
    const browser = await atSecurity(rekey, person, '/codes')
    return { browser, press: pressing('Check', { code: person.backupCodes[3]! }) }
  },
  'makes new backup codes': own('/codes', pressing('Make backup codes'), (_rekey, _person, browser) =>
    browser.press('Make backup codes'),
  ),
  'says that the new codes are saved': own(
    '/codes',
    pressing('Continue', { saved: 'yes' }),
    async (_rekey, _person, browser) => {
      await browser.press('Make backup codes')
      await browser.press('Make backup codes')
    },
  ),
  'changes the password': async (rekey) => {
    const person = await rekey.person()
    await rekey.rp.finish(await signIn(rekey, person))
    const browser = await atSecurity(rekey, person, '/password')
    const filled = { current: person.password, password: chosen, others: 'yes' }
    return { browser, press: pressing('Save password', filled) }
  },
  'asks for a code to a new address': own(
    '/addresses',
    pressing('Send the code', { address: 'third@people.example' }),
  ),
  'adds an address': async (rekey) => {
    const person = await rekey.person()
    const browser = await atSecurity(rekey, person, '/addresses')
    await browser.press('Send the code', { address: 'third@people.example' })
    const { text } = (await mailsTo(rekey, 'third@people.example')).at(-1)!
    return { browser, press: pressing('Add this address', { code: codeIn(text) }) }
  },
  'removes an address': own('/addresses', pressing('Remove')),
  'ends all other sessions': async (rekey) => {
    const person = await rekey.person()
    await rekey.rp.finish(await signIn(rekey, person))
    return { browser: await atSecurity(rekey, person), press: pressing('End all other sessions') }
  },
  'ends a session': async (rekey) => {
    const person = await rekey.person()
    await rekey.rp.finish(await signIn(rekey, person))
    return { browser: await atSecurity(rekey, person), press: pressing('End this session') }
  },
  'takes an app’s access back': async (rekey) => {
    const person = await rekey.person()
    await rekey.rp.finish(await signIn(rekey, person))
    return { browser: await atSecurity(rekey, person), press: pressing('Remove access') }
  },
  'forgets a browser': async (rekey) => {
    const person = await rekey.person()
    await trusting(rekey, person)
    return { browser: await atSecurity(rekey, person), press: pressing('Ask again on this device') }
  },
}

/** On the pages of a super admin, about a member. */
const admin =
  (button: string, fields = { reason: why }, status?: 'deactivated' | 'removed', inTwo = false): Deed =>
  async (rekey) => {
    const us = await team(rekey, { admins: 2, person: { status } })
    if (inTwo) await joinAnother(rekey, us.person)
    else await rekey.rp.finish(await signIn(rekey, status === undefined ? us.person : us.admins[1]!))
    const browser = new Browser()
    await browser.open(`${rekey.issuer}/administration/${us.organization}/members/${us.person.id}`)
    await browser.press('Sign in', { email: us.admin.email, password: us.admin.password })
    await browser.press('Verify', { code: rekey.code(us.admin) })
    return { browser, press: pressing(button, fields) }
  }

async function joinAnother(rekey: Rekey, { id: account }: Person): Promise<void> {
  const organization = await rekey.organization('Momiji')
  const since = rekey.now() - day
  await rekey.store.memberships.insert({
    id: `${organization}:${account}`,
    organization,
    account,
    role: 'member',
    since,
  })
}

const administration: { [title: string]: Deed } = {
  'deactivates a member': admin('Deactivate'),
  'reactivates a member': admin('Reactivate', { reason: why }, 'deactivated'),
  'removes a member': admin('Remove'),
  'removes a member of another organization too': admin('Remove', { reason: why }, undefined, true),
  'signs a member out everywhere': admin('Sign out everywhere'),
  'changes the policy': async (rekey) => {
    const us = await team(rekey, { admins: 2 })
    const browser = new Browser()
    await browser.open(`${rekey.issuer}/administration/${us.organization}/policy`)
    await browser.press('Sign in', { email: us.admin.email, password: us.admin.password })
    await browser.press('Verify', { code: rekey.code(us.admin) })
    return { browser, press: pressing('Save', { requireSecondFactor: 'yes', holdAfterApprovalHours: '12' }) }
  },
  'forgets who was removed': async (rekey) => {
    const { person } = await team(rekey)
    await signIn(rekey, person)
    await rekey.store.people.update(person.id, (one) => [
      { ...one!, status: 'removed', removedAt: 1, purgeable: 'yes', purgeAt: rekey.now() + hour },
      undefined,
    ])
    return {
      press: (now) => {
        now.advance(hour)
        return now.work()
      },
    }
  },
}

/** At the decision about a request. */
const deciding =
  (button: string, fields: { [name: string]: string } = {}): Deed =>
  async (rekey) => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    const browser = await openApproval(rekey, us.admin, asked.approve[0]!)
    const given: { [name: string]: string } = button === 'Approve' ? { code: asked.code } : {}
    return { browser, press: pressing(button, { reason: why, ...given, ...fields }) }
  }

const atDesk =
  (button: string): Deed =>
  async (rekey) => {
    const us = await team(rekey, { admins: 0 })
    const agent = await rekey.person({ supportAgent: true })
    const asked = await ask(rekey, us)
    await askSupport(asked.waiting)
    rekey.advance(49 * hour)
    await rekey.work()
    const browser = await openDesk(rekey, agent, `/support/cases/${asked.id}`)
    return { browser, press: pressing(button, { reason: why }) }
  }

/** Where a mailed link leads, with a browser that knows nothing. */
const linked =
  (path: string, button: string, fields: { [name: string]: string } = {}): Deed =>
  async (rekey) => {
    const us = await team(rekey)
    await ask(rekey, us)
    const mail = (await mailsTo(rekey, us.person.email)).findLast(({ text }) => text.includes(path))!
    const browser = new Browser()
    await browser.open(linkIn(mail.text, path))
    return { browser, press: pressing(button, fields) }
  }

const recovery: { [title: string]: Deed } = {
  'asks for a reset': async (rekey) => {
    const { person } = await team(rekey)
    const browser = await givePassword(rekey, person)
    await browser.press('Reset authentication device')
    return { browser, press: pressing('Send request') }
  },
  'approves a reset': deciding('Approve'),
  'approves a pass': deciding('Approve', { outcome: 'pass', lifetime: '60' }),
  'denies a reset': deciding('Deny'),
  'says "this wasn’t me"': linked('/recovery/disavow/', "This wasn't me"),
  'sends a request to the support': linked('/recovery/support/', 'Ask support', { statement }),
  'takes a request back by its link': linked('/recovery/status/', 'Cancel this request'),
  'takes a request back on the security page': async (rekey) => {
    const { person } = await team(rekey)
    await askForReset(rekey, person)
    const browser = await givePassword(rekey, person)
    await browser.press('Verify', { code: rekey.code(person) })
    await browser.press('Keep the request')
    await rekey.rp.finish(browser)
    await browser.open(`${rekey.issuer}/security`)
    return { browser, press: pressing('Cancel this request') }
  },
  'approves a request at the support desk': atDesk('Approve'),
  'denies a request at the support desk': atDesk('Deny'),
  'uses the link of the completion mail': async (rekey) => {
    const { person, admin: approver } = await team(rekey, { policy: { afterReset: 'password_and_mail' } })
    await getReset(rekey, person, approver)
    const mail = (await mailsTo(rekey, person.email)).findLast(({ text }) =>
      text.includes('/recovery/continue/'),
    )!
    const browser = new Browser()
    await browser.open(linkIn(mail.text, '/recovery/continue/'))
    // Whether the browser counts is seen at the sign-in.
    const use = async (now: Rekey, at: Browser) => {
      await at.press('Continue')
      await givePassword(now, person, {}, at)
      if (at.shown.status === 200 && at.heading === 'One more step') throw new Error('spent for nothing')
    }
    return { browser, press: use }
  },
}

/** Where the library takes over from our pages. */
const handedOver = ({ issuer }: Rekey) => `${issuer}/auth/`

const signingIn: { [title: string]: Deed } = {
  'gives the password': async (rekey) => {
    const person = await rekey.person()
    const browser = new Browser()
    await rekey.rp.start(browser)
    return { browser, press: pressing('Sign in', { email: person.email, password: person.password }) }
  },
  'gives a code, with which the pages are done': async (rekey) => {
    const person = await rekey.person()
    const browser = await givePassword(rekey, person)
    const verify = (now: Rekey, at: Browser) =>
      at.press('Verify', { code: code(now, person) }, { stopAt: handedOver(now) })
    return { browser, press: verify, until: handedOver }
  },
  'spends a backup code, and is in': async (rekey) => {
    const person = await rekey.person()
    const browser = await givePassword(rekey, person)
    await browser.press('Use a backup code')
    const verify = pressing('Verify', { code: person.backupCodes[0]! })
    return { browser, press: verify }
  },
  'spends a one-time pass': async (rekey) => {
    const us = await team(rekey)
    const pass = await issuePass(rekey, us, await ask(rekey, us))
    const browser = await givePassword(rekey, us.person)
    await browser.press('Use a one-time pass')
    const verify = pressing('Verify', { code: pass })
    return { browser, press: verify }
  },
  'sets up a factor': async (rekey) => {
    const person = await rekey.person({ bare: true })
    const browser = await givePassword(rekey, person)
    const secret = secretOn(browser)
    const turnOn = (now: Rekey, at: Browser) => at.press('Turn on', { code: code(now, { secret }) })
    return { browser, press: turnOn }
  },
  'has a code mailed for a forgotten password': async (rekey) => {
    const person = await rekey.person()
    const browser = new Browser()
    await rekey.rp.start(browser)
    await browser.press('Forgot your password?')
    return { browser, press: pressing('Send the code', { email: person.email }) }
  },
  'replaces a forgotten password': async (rekey) => {
    const person = await rekey.person()
    await rekey.rp.finish(await signIn(rekey, person))
    const browser = new Browser()
    await rekey.rp.start(browser)
    await browser.press('Forgot your password?')
    await browser.press('Send the code', { email: person.email })
    const mail = (await mailsTo(rekey, person.email)).findLast(({ subject }) => /^Your code/.test(subject))!
    await browser.press('Verify', { code: codeIn(mail.text) })
    await browser.press('Verify', { code: rekey.code(person) })
    const save = (now: Rekey, at: Browser) =>
      at.press('Save password', { password: chosen }, { stopAt: handedOver(now) })
    return { browser, press: save, until: handedOver }
  },
  'chooses a language': async (rekey) => {
    const browser = await givePassword(rekey, await rekey.person())
    return { browser, press: pressing('日本語') }
  },
  'answers a check-up': async (rekey) => {
    const person = await rekey.person({ checkedUpAt: 0, texts: ['+81312345678'] })
    const browser = await signIn(rekey, person)
    const answer = (now: Rekey, at: Browser) => at.press('I still have it', {}, { stopAt: handedOver(now) })
    return { browser, press: answer, until: handedOver }
  },
}

/** Every deed of which a test kills the process before each of its writes. */
export const deeds: { [title: string]: Deed } = {
  ...security,
  ...administration,
  ...administrationDeeds,
  ...recovery,
  ...signingIn,
}
