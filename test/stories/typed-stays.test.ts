import { expect } from 'chai'
import { attemptLifetime } from '../../rules/attempt.ts'
import { createViews } from '../../views/render.ts'
import { optionsOn } from '../support/authenticator.ts'
import { Browser } from '../support/browser.ts'
import { ask, askSupport, day, openDesk, supportLink } from '../support/cases.ts'
import { givePassword, linkIn, mailsTo, openApproval, signIn } from '../support/journeys.ts'
import { holder } from '../support/passkeys.ts'
import { withPhone } from '../support/push-journeys.ts'
import { embedded, type Person } from '../support/rekey.ts'
import { signInThere } from '../support/security.ts'
import { simulator } from '../support/simulator.ts'
import { story } from '../support/story.ts'
import { team } from '../support/team.ts'
import { Twilio } from '../support/twilio.ts'
import {
  type Filled,
  lostFrom,
  plainName,
  sameForm,
  sendFilled,
  type TypedForm,
  typedForms,
} from '../support/typed-forms.ts'
import { samples } from '../views/samples.ts'
import { renderSample } from '../views/serve.ts'

/** What nobody means: no address, no number, no name of anything. */
const nonsense = (name: string): string => `¿ ${name} ?`
const tooLong = 'so long that nobody reads it. '.repeat(120).trim()

/** A text in every field, and whatever isn't chosen there now. */
const filledIn = ({ fields }: TypedForm, text: (name: string) => string, boxes = true): Filled =>
  new Map(
    fields.flatMap(({ name, kind, value, otherwise }): [string, string][] => {
      const box = boxes ? otherwise : value
      const sent = kind === 'text' ? text(name) : kind === 'box' ? box : (otherwise ?? value)
      return sent === undefined ? [] : [[name, sent]]
    }),
  )

/** Each way in which somebody fills in a form wrongly. */
function* mistakes(form: TypedForm): Generator<Filled> {
  yield filledIn(form, nonsense)
  yield filledIn(form, () => '', false)
  for (const { name } of form.fields.filter((one) => one.kind === 'text' && one.required))
    yield filledIn(form, (field) => (field === name ? '' : nonsense(field)))
  // What is looked for stands in an address, which may not be as long as that.
  if (form.method === 'get') return
  const secret = (name: string) => form.fields.find((one) => one.name === name)?.secret
  yield filledIn(form, (name) => (secret(name) ? nonsense(name) : tooLong))
}

/** Or asked to wait: for the phone. */
const refused = (browser: Browser): boolean =>
  browser.shown.document.querySelector('#message.error, .page-push #message') !== null

const twilio = new Twilio()

story(
  'What was typed',
  (rekey) => {
    let us: Awaited<ReturnType<typeof team>>
    let operator: Person
    let agent: Person
    let tried = new Set<string>()
    let apps = 0
    before(async () => {
      tried = new Set()
      us = await team(rekey, { admins: 2 })
      operator = await rekey.person({ operator: true })
      agent = await rekey.person({ supportAgent: true })
    })

    let visitor: Person
    const browsers = new Map<Person, Browser>()
    const at = async (person: Person, path: string): Promise<Browser> => {
      const browser = browsers.get(person) ?? new Browser()
      browsers.set(person, browser)
      visitor = person
      await browser.open(`${rekey.issuer}${path}`)
      return signInThere(rekey, person, browser)
    }
    const atAdministration = (path: string) => at(us.admin, `/administration/${us.organization}${path}`)
    const choosing = async (button: string) => {
      const browser = await givePassword(rekey, await rekey.person({ bare: true }))
      if (browser.shown.document.querySelectorAll('button').some((one) => one.text.trim() === button))
        await browser.press(button)
      return browser
    }
    const begun = async () => {
      const browser = new Browser()
      await rekey.rp.start(browser)
      return browser
    }

    /** Where each form stands. */
    const places: { [place: string]: () => Promise<Browser> } = {
      password: begun,
      forgot: async () => {
        const browser = await begun()
        await browser.press('Forgot your password?')
        return browser
      },
      totp: async () => givePassword(rekey, await rekey.person()),
      phone: async () => {
        const person = await rekey.person({ texts: ['+819012345678'], phoneOnly: true })
        const browser = await givePassword(rekey, person)
        await browser.press('Text me a code')
        return browser
      },
      passkey: async () => givePassword(rekey, (await holder(rekey)).owner),
      push: async () => givePassword(rekey, (await withPhone(rekey)).person),
      enrol_phone: () => choosing('Phone number'),
      enrol_passkey: () => choosing('Passkey or security key'),
      backup_codes: async () => {
        const browser = await signIn(rekey, await rekey.person(), { action: 'backup_codes' })
        await browser.press('Make backup codes')
        return browser
      },
      factors: async () => signIn(rekey, await rekey.person(), { action: 'manage_factors' }),
      recovery_waiting: async () => {
        const { waiting } = await ask(rekey, await team(rekey))
        await waiting.follow(supportLink)
        return waiting
      },
      support_ask: async () => {
        const browser = new Browser()
        await browser.open((await ask(rekey, await team(rekey))).support)
        return browser
      },
      support_case: async () => {
        const asked = await ask(rekey, await team(rekey))
        await askSupport(asked.waiting)
        rekey.advance(3 * day)
        await rekey.work()
        visitor = agent
        return openDesk(rekey, agent, `/support/cases/${asked.id}`)
      },
      approve: async () => {
        const them = await team(rekey)
        visitor = them.admin
        return openApproval(rekey, them.admin, (await ask(rekey, them)).approve[0]!)
      },
      invitation: async () => {
        const browser = await atAdministration('/invitations')
        await browser.press('Send the invitation', { address: 'kai@new.example' })
        const mail = (await mailsTo(rekey, 'kai@new.example')).at(-1)!
        const guest = new Browser()
        await guest.open(linkIn(mail.text, '/invitation/'))
        return guest
      },
      security_addresses: () => at(us.person, '/security/addresses'),
      security_method: () => at(us.person, `/security/methods/${us.person.id}-totp`),
      security_password: () => at(us.person, '/security/password'),
      members: () => atAdministration(''),
      several: async () => {
        const browser = await atAdministration('')
        await browser.press('See what will happen', {
          change: 'end_sessions',
          [`pick_${us.person.id}`]: 'yes',
        })
        return browser
      },
      member: async () => atAdministration(`/members/${us.person.id}`),
      begin_reset: () => atAdministration(`/members/${us.person.id}/reset`),
      invitations: () => atAdministration('/invitations'),
      policy: () => atAdministration('/policy'),
      'policy of all': () => at(operator, '/operator/policy'),
      audit: () => atAdministration('/audit'),
      'audit of all': () => at(operator, '/operator/audit'),
      webhook: () => atAdministration('/webhooks/new'),
      'webhook of all': () => at(operator, '/operator/webhooks/new'),
      operator_organizations: () => at(operator, '/operator/organizations'),
      operator_support: () => at(operator, '/operator/support'),
      operator_app: () => at(operator, '/operator/apps/new'),
      'operator_app that is there': async () => {
        const browser = await at(operator, '/operator/apps/new')
        const fields = {
          client_id: `ledger-${++apps}`,
          client_name: 'Ledger',
          redirect_uris: 'https://ledger.example/cb',
        }
        await browser.press('Register', fields)
        await browser.open(`${rekey.issuer}/operator/apps/${fields.client_id}`)
        return browser
      },
    }

    // A host keeps its apps itself.
    if (embedded) delete places['operator_app that is there']

    for (const [place, reach] of Object.entries(places))
      it(`stays after every refusal: ${place}`, async () => {
        const first = await reach()
        const forms = typedForms(first.shown.text)
        expect(forms, first.words).to.not.deep.equal([])
        for (const form of forms) {
          let browser = first
          const refusals: string[] = []
          for (const filled of mistakes(form)) {
            if (sameForm(browser, form) === undefined) browser = await reach()
            // A passkey answers what the script asks for.
            if (form.action.endsWith('passkey')) await optionsOn(browser)
            const answered = await sendFilled(browser, sameForm(browser, form)!, filled)
            if (answered === undefined || !(refused(browser) || form.method === 'get')) continue
            expect(lostFrom(answered, filled), `${form.page}: ${form.key}: ${browser.said}`).to.deep.equal([])
            refusals.push(browser.said)
          }
          if (refusals.length > 0)
            for (const { name } of form.fields) tried.add(`${form.page} ${plainName(name)}`)
        }
      })

    /** Places that take a second factor of the last five minutes; whoever picked several people begins again. */
    const fresh = [
      'support_case',
      'approve',
      ...Object.keys(places).filter((name) =>
        /^(security|member$|begin|invitations|policy|audit of|webhook|operator)/.test(name),
      ),
    ]
    for (const place of fresh)
      it(`is there again after the second factor, where it was sent too late: ${place}`, async () => {
        let browser = await places[place]!()
        for (const form of typedForms(browser.shown.text)) {
          if (sameForm(browser, form) === undefined) browser = await places[place]!()
          if (form.method !== 'post' || sameForm(browser, form) === undefined) continue
          const filled = filledIn(form, (name) => `${name} that took long`)
          rekey.advance(6 * 60_000)
          await sendFilled(browser, sameForm(browser, form)!, filled)
          expect(browser.heading, form.key).to.equal('Sign in')
          await signInThere(rekey, visitor, browser)
          if (browser.heading === 'One more step') await browser.press('Continue')
          const answered = sameForm(browser, form)
          expect(answered && lostFrom(answered, filled), `${browser.heading}: ${form.key}`).to.deep.equal([])
          expect(browser.said).to.include('what you filled in is still here')
        }
      })

    it('is nobody else’s to see, once, and for a quarter of an hour', async () => {
      const typed = { name: 'Late Ltd', id: 'late' }
      const late = async () => {
        browsers.delete(operator)
        const browser = await at(operator, '/operator/organizations')
        rekey.advance(6 * 60_000)
        await browser.press('Create organization', typed)
        return browser
      }
      const name = ({ shown }: Browser) => shown.document.querySelector('#name')!.getAttribute('value')
      const other = await late()
      await signInThere(rekey, await rekey.person({ operator: true }), other)
      await other.press('Continue')
      expect(name(other)).to.equal('')
      const own = await late()
      await signInThere(rekey, operator, own)
      expect(name(own)).to.equal(typed.name)
      await own.open(own.shown.url)
      expect(name(own)).to.equal('')
      const tomorrow = await late()
      rekey.advance(16 * 60_000)
      await signInThere(rekey, operator, tomorrow)
      expect(name(tomorrow)).to.equal('')
      expect(await rekey.store.organizations.get('late')).to.equal(undefined)
    })

    it('stays when there were too many tries', async () => {
      for (const place of ['password', 'security_addresses']) {
        const browser = await places[place]!()
        const form = typedForms(browser.shown.text)[0]!
        const filled = filledIn(form, (name) => (name === 'password' ? nonsense(name) : 'mika@example.com'))
        for (let tries = 0; tries < 12 && !/too many/i.test(browser.said); tries += 1)
          await sendFilled(browser, sameForm(browser, form)!, filled)
        expect(browser.said).to.match(/too many/i)
        expect(lostFrom(sameForm(browser, form)!, filled)).to.deep.equal([])
      }
    })

    it('stays where the operator may change nothing yet', async () => {
      const changed = await rekey.person({ operator: true })
      rekey.advance(2 * day)
      await rekey.store.protections.update(changed.id, (current) => [
        { ...current!, factorsChangedAt: rekey.now() },
        undefined,
      ])
      for (const path of ['/organizations', '/support', '/policy', '/audit', '/webhooks/new', '/apps/new'])
        for (const form of typedForms((await at(changed, `/operator${path}`)).shown.text)) {
          const browser = await at(changed, `/operator${path}`)
          const filled = filledIn(form, nonsense)
          const answered =
            form.method === 'post' && (await sendFilled(browser, sameForm(browser, form)!, filled))
          if (answered !== false) expect(lostFrom(answered!, filled), form.key).to.deep.equal([])
        }
    })

    it('stays on a page that was open for too long', async () => {
      const browser = await begun()
      rekey.advance(attemptLifetime + 1)
      await browser.press('Sign in', { email: us.person.email, password: 'something' })
      expect(browser.said).to.include('open for a long time')
      expect(browser.form('Sign in').body.get('email')).to.equal(us.person.email)
    })

    // That somebody is sure is asked for anew: what they are sure of may have changed.
    it('was looked for in every form that the gallery has', () => {
      const views = createViews({ brand: 'Rekey' })
      const there = samples.flatMap((sample) =>
        typedForms(renderSample(views, sample, 'en')).flatMap(({ page, fields }) =>
          fields
            .filter(({ secret, name }) => !secret && name !== 'sure')
            .map(({ name }) => `${page} ${plainName(name)}`),
        ),
      )
      // Nor are a host's people ours to change.
      const elsewhere = embedded ? /^(member (address|family|given|locale|name)|operator_app days)$/ : /^$/
      const missing = [...new Set(there)].filter((one) => !tried.has(one) && !elsewhere.test(one))
      expect(missing.sort()).to.deep.equal([])
    })
  },
  { twilio, proofing: simulator(), config: { sessionCookie: 'choose' } },
)
