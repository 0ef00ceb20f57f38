import { Browser } from '../support/browser.ts'
import { why } from '../support/cases.ts'
import { linkIn, mailsTo } from '../support/journeys.ts'
import type { Deed, Ready } from '../support/kill-site.ts'
import type { Person, Rekey } from '../support/rekey.ts'
import { signInThere } from '../support/security.ts'
import { type Team, type TeamOptions, team } from '../support/team.ts'

type Fields = { [name: string]: string }

const pressing =
  (button: string, fields: Fields = {}): Ready['press'] =>
  (_rekey, browser) =>
    browser.press(button, fields)

/** Somebody at a page of ours, freshly signed in. */
async function at(rekey: Rekey, person: Person, path: string): Promise<Browser> {
  const browser = new Browser()
  await browser.open(`${rekey.issuer}${path}`)
  return signInThere(rekey, person, browser)
}

const lastLink = async (rekey: Rekey, address: string, path: string): Promise<string> =>
  linkIn((await mailsTo(rekey, address)).findLast(({ text }) => text.includes(path))!.text, path)

/** On a page of an organization, with two super admins. */
const inOrganization =
  (
    path: (us: Team) => string,
    button: string,
    fields: Fields = {},
    options: TeamOptions = {},
    before?: (rekey: Rekey, us: Team, browser: Browser) => Promise<Browser | undefined>,
  ): Deed =>
  async (rekey) => {
    const us = await team(rekey, { admins: 2, ...options })
    const first = await at(rekey, us.admin, `/administration/${us.organization}${path(us)}`)
    const browser = (await before?.(rekey, us, first)) ?? first
    return { browser, press: pressing(button, fields) }
  }

const member = ({ person }: Team) => `/members/${person.id}`
const newcomer = 'kai@new.example'

const invite = async (browser: Browser, address = newcomer) => {
  await browser.press('Send the invitation', { address })
  return browser
}

const roles: { [title: string]: Deed } = {
  'makes a member a super admin': inOrganization(member, 'Make a super admin', { reason: why }),
  'proposes a member as a super admin': inOrganization(
    member,
    'Make a super admin',
    { reason: why },
    { policy: { roleApprovals: 2 } },
  ),
  'agrees to a proposed super admin': inOrganization(
    member,
    'Agree',
    {},
    { policy: { roleApprovals: 2 } },
    async (rekey, us, browser) => {
      await browser.press('Make a super admin', { reason: why })
      return at(rekey, us.admins[1]!, `/administration/${us.organization}${member(us)}`)
    },
  ),
  'renames a member': inOrganization(member, 'Save', { name: 'Nils Berg', reason: why }),
  'asks for a new sign-in address of a member': inOrganization(member, 'Send the link', {
    address: newcomer,
    reason: why,
  }),
  'signs in with a new address from now on': inOrganization(
    member,
    'Sign in with the new address',
    {},
    {},
    async (rekey, us, browser) => {
      await browser.press('Send the link', { address: newcomer, reason: why })
      const own = new Browser()
      await own.open(await lastLink(rekey, newcomer, '/address/'))
      return signInThere(rekey, us.person, own)
    },
  ),
}

const invitations: { [title: string]: Deed } = {
  'invites somebody': inOrganization(() => '/invitations', 'Send the invitation', { address: newcomer }),
  'sends an invitation again': inOrganization(
    () => '/invitations',
    'Send again',
    {},
    {},
    (_rekey, _us, browser) => invite(browser),
  ),
  'withdraws an invitation': inOrganization(
    () => '/invitations',
    'Withdraw',
    {},
    {},
    (_rekey, _us, browser) => invite(browser),
  ),
  'accepts an invitation, as somebody new': inOrganization(
    () => '/invitations',
    'Accept the invitation',
    { name: 'Kai', password: 'seventeen quiet boats' },
    {},
    async (rekey, _us, browser) => {
      await invite(browser)
      const own = new Browser()
      await own.open(await lastLink(rekey, newcomer, '/invitation/'))
      return own
    },
  ),
  'accepts an invitation with the account they have': inOrganization(
    () => '/invitations',
    'Accept the invitation',
    {},
    {},
    async (rekey, _us, browser) => {
      const known = await rekey.person()
      await invite(browser, known.email)
      const own = new Browser()
      await own.open(await lastLink(rekey, known.email, '/invitation/'))
      await own.press('Accept the invitation')
      return signInThere(rekey, known, own)
    },
  ),
}

const readiness: { [title: string]: Deed } = {
  'starts a drill': inOrganization(() => '/readiness', 'Start a drill'),
  'answers a drill': inOrganization(
    () => '/readiness',
    'Answer the drill',
    {},
    {},
    async (rekey, us, browser) => {
      await browser.press('Start a drill')
      return at(rekey, us.admins[1]!, `/administration/${us.organization}/readiness`)
    },
  ),
  'begins a request for somebody who called': inOrganization(
    (us) => `${member(us)}/reset`,
    'Reset authentication device',
    { spoken: 'yes', reason: why },
  ),
}

/** Told of nothing that happens here: what is written is what counts. */
const webhook = { url: 'http://localhost:9/', which: 'chosen', 'event_recovery-denied': 'yes' }

const addWebhook = async (browser: Browser): Promise<void> => {
  await browser.press('Add a webhook', webhook)
  await browser.follow('I have it: back to the webhook')
}

const ofWebhooks = (button: string, fields: Fields = {}, twice = false): Deed =>
  inOrganization(
    () => '/webhooks/new',
    button,
    fields,
    {},
    async (_rekey, _us, browser) => {
      await addWebhook(browser)
      if (twice) await browser.press(button)
      return browser
    },
  )

const webhooks: { [title: string]: Deed } = {
  'adds a webhook': inOrganization(() => '/webhooks/new', 'Add a webhook', webhook),
  'changes a webhook': ofWebhooks('Save', { description: 'First' }),
  'pauses a webhook': ofWebhooks('Pause the webhook'),
  'makes a new key of a webhook': ofWebhooks('Make a new key'),
  'removes a webhook': ofWebhooks('Remove the webhook', {}, true),
}

/** On a page of the operator. */
const operating =
  (
    path: string,
    press: (someone: Person) => Ready['press'],
    before?: (browser: Browser) => Promise<unknown>,
  ): Deed =>
  async (rekey) => {
    const someone = await rekey.person()
    const operator = await rekey.person({ operator: true })
    const browser = await at(rekey, operator, `/operator${path}`)
    await before?.(browser)
    return { browser, press: press(someone) }
  }

const operator: { [title: string]: Deed } = {
  'makes an organization with its first super admin': operating('/organizations', ({ email }) =>
    pressing('Create organization', { name: 'Fresh', id: 'fresh', superAdmin: email }),
  ),
  'makes an organization': operating('/organizations', () =>
    pressing('Create organization', { name: 'Fresh', id: 'fresh' }),
  ),
  'changes the policy of new organizations': operating('/policy', () =>
    pressing('Save', { requireSecondFactor: 'yes' }),
  ),
  'says which domains are an organization’s': operating(
    '/organizations',
    () => pressing('Save the domains', { organization: 'fresh', domains: 'fresh.example' }),
    (browser) => browser.press('Create organization', { name: 'Fresh', id: 'fresh' }),
  ),
  'keeps the log for longer': operating('/audit', () => pressing('Save', { days: '2000' })),
  'takes the log along': operating('/audit', () => pressing('JSON lines for programs')),
  'makes somebody a support agent': operating('/support', ({ email }) =>
    pressing('Add', { email, role: 'supportAgent', reason: why }),
  ),
  'rotates the signing keys': operating(
    '/keys',
    () => pressing('Rotate the keys'),
    (browser) => browser.press('Rotate now'),
  ),
}

/** What super admins and operators do about others. */
export const administrationDeeds: { [title: string]: Deed } = {
  ...roles,
  ...invitations,
  ...readiness,
  ...webhooks,
  ...operator,
}
