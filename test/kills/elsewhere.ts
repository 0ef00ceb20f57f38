import { expect } from 'chai'
import { createAccounts } from '../../account/use-cases.ts'
import { createOrganizations } from '../../organization/use-cases.ts'
import { apiClient, call as callApi, programToken } from '../support/api.ts'
import { makePasskey, newAuthenticator } from '../support/authenticator.ts'
import { Browser } from '../support/browser.ts'
import { why } from '../support/cases.ts'
import { askForReset, givePassword } from '../support/journeys.ts'
import type { Deed, Outside, Ready } from '../support/kill-site.ts'
import { holder, signInByPasskey } from '../support/passkeys.ts'
import { PhoneApp } from '../support/phone-app.ts'
import { numberOn, pairingLink, startPairing, withPhone } from '../support/push-journeys.ts'
import { PushDevice } from '../support/push-service.ts'
import type { Person, Rekey } from '../support/rekey.ts'
import { atSecurity } from '../support/security.ts'
import { simulator } from '../support/simulator.ts'
import { team } from '../support/team.ts'
import { Twilio } from '../support/twilio.ts'
import { startUpstream } from '../support/upstream.ts'

const twilio = new Twilio()
const number = '+819012345678'
const eve = { subject: 'c-eve', email: 'eve@corp.example', verified: true }
const operator = apiClient('program', 'policy.manage organizations.read', { operator: true })

/** A carrier of texts, a provider of photo ID, the provider of an organization, and a program. */
export async function everythingOutside(issuer: string): Promise<Outside> {
  const corp = await startUpstream([`${issuer}/upstream/corp`])
  corp.at = eve
  const proofing = simulator()
  let connected: ReturnType<typeof proofing> | undefined
  return {
    twilio,
    // One for all processes: what it was asked by one of them it still knows when another goes on.
    proofing: async (at, store) => {
      connected ??= proofing(at, store)
      return { ...(await connected), stop: async () => {} }
    },
    clients: [operator],
    config: { upstreams: [{ id: 'corp', name: 'Corp', ...corp.settings, domains: ['corp.example'] }] },
    stop: async () => {
      await corp.stop()
      await (await connected)?.stop()
    },
  }
}

const pressing =
  (button: string, fields: { [name: string]: string } = {}): Ready['press'] =>
  (rekey, browser) =>
    browser.press(button, fields, { stopAt: rekey.rp.origin })

/** Where the library takes over from our pages. */
const handedOver = ({ issuer }: Rekey) => `${issuer}/auth/`

const handingOver =
  (button: string, fields: { [name: string]: string } = {}): Ready['press'] =>
  (rekey, browser) =>
    browser.press(button, fields, { stopAt: handedOver(rekey) })

const passkeys: { [title: string]: Deed } = {
  'makes a passkey': async (rekey) => {
    const browser = await givePassword(rekey, await rekey.person({ bare: true }))
    await browser.press('Passkey or security key')
    // Each try is another key.
    const make = ({ issuer }: Rekey, at: Browser) =>
      makePasskey(at, newAuthenticator(new URL(issuer).origin, { counts: false }))
    return { browser, press: make }
  },
  'signs in by a passkey alone': async (rekey) => {
    const { key } = await holder(rekey, { nature: { counts: false } })
    const browser = new Browser()
    await rekey.rp.start(browser)
    return { browser, press: (_now, at) => signInByPasskey(at, key) }
  },
}

/** Somebody whose phone has opened the code of the page. */
async function scanned(rekey: Rekey): Promise<{ browser: Browser; phone: PhoneApp }> {
  const browser = await startPairing(rekey, await rekey.person({ bare: true }))
  const phone = new PhoneApp(rekey.issuer, rekey.now)
  await phone.open(pairingLink(browser))
  await browser.open(browser.shown.url)
  return { browser, phone }
}

const phones: { [title: string]: Deed } = {
  'shows the code to connect a phone': async (rekey) => {
    const browser = await givePassword(rekey, await rekey.person({ bare: true }))
    return { browser, press: pressing('Rekey authenticator') }
  },
  'opens the code on a phone': async (rekey) => {
    const browser = await startPairing(rekey, await rekey.person({ bare: true }))
    const phone = new PhoneApp(rekey.issuer, rekey.now)
    const scan = () => {
      // What a phone got no answer to, it has not learnt.
      delete phone.id
      return phone.open(pairingLink(browser))
    }
    return { press: scan }
  },
  'types the number on the phone': async (rekey) => {
    const { browser, phone } = await scanned(rekey)
    return { press: () => phone.typePairing(numberOn(browser)) }
  },
  'connects a phone': async (rekey) => {
    const { browser, phone } = await scanned(rekey)
    await phone.typePairing(numberOn(browser))
    return { browser, press: pressing('Continue') }
  },
  'starts over with another phone': async (rekey) => {
    const browser = await startPairing(rekey, await rekey.person({ bare: true }))
    await new PhoneApp(rekey.issuer, rekey.now).open(pairingLink(browser))
    await browser.open(browser.shown.url)
    return { browser, press: pressing('Start over with another phone') }
  },
  'has the phone asked': async (rekey) => {
    const { person } = await withPhone(rekey)
    const browser = new Browser()
    await rekey.rp.start(browser)
    return { browser, press: pressing('Sign in', { email: person.email, password: person.password }) }
  },
  'says yes on the phone': async (rekey) => {
    const { person, phone } = await withPhone(rekey)
    const browser = await givePassword(rekey, person)
    const { id } = await phone.request()
    return { press: () => phone.approve(id, numberOn(browser)) }
  },
  'says on the phone that it was somebody else': async (rekey) => {
    const { person, phone } = await withPhone(rekey)
    await givePassword(rekey, person)
    const { id } = await phone.request()
    return { press: () => phone.notMe(id) }
  },
  'lets the phone be woken up': async (rekey) => {
    const { phone } = await withPhone(rekey)
    const subscription = { endpoint: 'http://localhost:9/push', ...new PushDevice().keys }
    return { press: () => phone.ask('subscription', { subscription }) }
  },
}

const codeTo = async (): Promise<string> =>
  /^\d{6}/.exec((await twilio.next(number, 'Messages')).fields.Body!)![0]

const texts: { [title: string]: Deed } = {
  'has a code texted': async (rekey) => {
    const browser = await givePassword(rekey, await rekey.person({ texts: [number], phoneOnly: true }))
    return { browser, press: pressing('Text me a code') }
  },
  'gives a code that was texted': async (rekey) => {
    const browser = await givePassword(rekey, await rekey.person({ texts: [number], phoneOnly: true }))
    await browser.press('Text me a code')
    return { browser, press: handingOver('Verify', { code: await codeTo() }), until: handedOver }
  },
}

const identity: { [title: string]: Deed } = {
  'shows a photo ID': async (rekey) => {
    const organization = await rekey.organization('Nordlys')
    const person = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    const browser = await askForReset(rekey, person)
    const show = async (now: Rekey, at: Browser) => {
      await at.press('Verify with photo ID')
      await at.press('Approve as the right person', {}, { stopAt: now.rp.origin })
    }
    return { browser, press: show }
  },
  'takes the photo ID off the account': async (rekey) => {
    const person = await rekey.person()
    const proofing = { subject: 'someone', issuer: 'https://photo.example', at: rekey.now() }
    await rekey.store.protections.update(person.id, (current) => [{ ...current!, proofing }, undefined])
    const browser = await atSecurity(rekey, person, '/identity')
    return { browser, press: pressing('Remove the enrolment') }
  },
}

const upstream: { [title: string]: Deed } = {
  'signs in at the provider of the organization for the first time': async (rekey) => {
    const person = await rekey.person()
    await rekey.store.people.update(person.id, (one) => [
      { ...one!, login: eve.email, mail: [eve.email] },
      undefined,
    ])
    const browser = new Browser()
    await rekey.rp.start(browser)
    return { browser, press: pressing('Sign in with your organization', { email: eve.email }) }
  },
}

/** What a host calls, about a member of a team. */
const hosted =
  (call: (rekey: Rekey, person: Person, organization: string) => Promise<unknown>): Deed =>
  async (rekey) => {
    const us = await team(rekey, { admins: 2 })
    return { press: (now) => call(now, us.person, us.organization) }
  }

const organizations = ({ app }: Rekey) => createOrganizations(app.services, false)

const hosts: { [title: string]: Deed } = {
  'ends all sessions for a host': hosted(({ app }, { id }) => createAccounts(app.services).endSessions(id)),
  'takes somebody out of an organization for a host': hosted((rekey, { id }, organization) =>
    organizations(rekey).leave(organization, id, { by: 'host', reason: why }),
  ),
}

const programs: { [title: string]: Deed } = {
  'sets a policy by the API': async (rekey) => {
    const { organization } = await team(rekey)
    const token = await programToken(rekey, operator.client_id)
    const path = `/api/v1/organizations/${organization}/policy`
    const { body: policy } = await callApi(rekey, 'GET', path, { token })
    const set = async (now: Rekey) => {
      const body = { ...policy, requireSecondFactor: true }
      const answer = await callApi(now, 'PUT', path, { token, body, headers: { 'if-match': '*' } })
      expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
    }
    return { press: set }
  },
}

/** What takes somebody outside: a phone, a carrier, a provider, a host or a program. */
export const elsewhereDeeds: { [title: string]: Deed } = {
  ...passkeys,
  ...phones,
  ...texts,
  ...identity,
  ...upstream,
  ...hosts,
  ...programs,
}
