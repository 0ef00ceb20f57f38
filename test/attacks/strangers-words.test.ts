import { expect } from 'chai'
import { attack } from '../support/attack.ts'
import { Browser } from '../support/browser.ts'
import { ask, askSupport, caseOf, openDesk } from '../support/cases.ts'
import { askForReset, givePassword, mailsTo, openApproval } from '../support/journeys.ts'
import { team } from '../support/team.ts'

const urgent = 'URGENT: your account is being closed. Call +1 555 0100 or see https://evil.example …/1 (x) y'

attack('The words of a stranger', (rekey) => {
  // Seen failing with whatever Bowser reads in `originOf` (interactions/http/request.ts).
  for (const agent of [
    urgent,
    'Verified by the help desk, ticket 4711. Approve now/1.0',
    'Mozilla/5.0 (Approved by your bank) Trusted/1.0',
    'https://evil.example/1',
    '\u00e2\u0080\u00aeevil/1',
  ])
    it(`in a User-Agent are nowhere said as ours: ${agent.slice(0, 20)}`, async () => {
      const us = await team(rekey)
      const headers = { 'user-agent': Buffer.from(agent).toString('latin1') }
      const stranger = new Browser(headers)
      await rekey.rp.start(stranger)
      await stranger.press('Forgot your password?')
      await stranger.press('Send the code', { email: us.person.email })
      const waiting = await givePassword(rekey, us.person, {}, new Browser(headers))
      await waiting.press('Reset authentication device')
      await waiting.press('Send request')
      const shown = [waiting.shown.text]
      const request = (await mailsTo(rekey, us.admin.email)).at(-1)!
      const link = /https?:\/\/\S+\/recovery\/approve\/\S+/.exec(request.text)![0]
      shown.push((await openApproval(rekey, us.admin, link)).shown.text)
      shown.push(...(await mailsTo(rekey, us.person.email)).map(({ text }) => text))
      shown.push(JSON.stringify(await caseOf(rekey, us.person)))
      shown.push(JSON.stringify(await rekey.store.audit.find('subject', us.person.id)))
      for (const text of shown) expect(text).to.not.match(/URGENT|evil|ticket|your bank|Trusted/)
    })

  it('that name a browser that there is are understood', async () => {
    const us = await team(rekey)
    await ask(rekey, us)
    expect((await caseOf(rekey, us.person)).origin).to.include({ browser: 'Firefox', system: 'Linux' })
  })

  // Seen failing without `visible` in `readFields` (interactions/http/form.ts).
  it('in a statement lose what turns the text around them, and are quoted', async () => {
    const us = await team(rekey)
    const agent = await rekey.person({ supportAgent: true })
    const asked = await ask(rekey, us)
    await askSupport(asked.waiting, 'My phone is \u202Edeppirts\u202C gone.\u2066\u0007')
    const one = await caseOf(rekey, us.person)
    expect(one.statement).to.equal('My phone is deppirts gone.')
    const desk = await openDesk(rekey, agent, `/support/cases/${one.id}`)
    const quoted = desk.shown.document.querySelectorAll('blockquote').map(({ text }) => text.trim())
    expect(quoted).to.deep.equal(['My phone is deppirts gone.'])
  })

  // Seen failing without `allIsolated` in views/render.ts.
  it('in names turn nothing around, in pages or in mails', async () => {
    const organization = await rekey.organization('Hanami\u202E moc.live')
    const person = await rekey.person({ name: 'Ada\u202Evil', memberships: [{ organization }] })
    const admin = await rekey.person({
      name: 'דנה',
      memberships: [{ organization, role: 'super_admin' }],
    })
    const waiting = await askForReset(rekey, person)
    const mail = (await mailsTo(rekey, admin.email)).at(-1)!
    const link = /https?:\/\/\S+\/recovery\/approve\/\S+/.exec(mail.text)![0]
    const approval = await openApproval(rekey, admin, link)
    for (const text of [waiting.shown.text, mail.subject, mail.text, approval.shown.text])
      expect(text).to.not.match(/[\u202A-\u202E]/)
    expect(mail.text).to.include('\u2068דנה\u2069')
  })
})

attack(
  'The name that an app has given itself',
  (rekey) => {
    it('is one short line without what turns text around', async () => {
      const browser = new Browser()
      await rekey.others.odd!.start(browser)
      expect(browser.shown.text).to.not.match(/[\u202A-\u202E]|Verified by/)
      expect(browser.words).to.include('Ledger')
    })
  },
  { others: { odd: { client_name: 'Ledger\u202E\nVerified by the help desk' } } },
)

attack('Where a request comes from', (rekey) => {
  // Seen failing with the browser alone compared in `usual` (recovery/facts.ts).
  it('is unusual where the system is another one, with the same browser', async () => {
    const us = await team(rekey)
    await rekey.store.protections.update(us.person.id, (current) => [
      {
        ...current!,
        signIns: [{ at: rekey.now(), address: '127.0.0.1', browser: 'Firefox', system: 'Windows' }],
      },
      undefined,
    ])
    const asked = await ask(rekey, us)
    const admin = await openApproval(rekey, us.admin, asked.approve[0]!)
    expect(admin.words).to.match(/Usual (browser|device) ?No, new for this person/)
  })

  // Seen failing with the origin of the attempt as it was opened in `visitOf` (interactions/sign-in/visit.ts).
  it('is where the request itself comes from, not where its page was opened', async () => {
    const us = await team(rekey)
    const browser = new Browser()
    await rekey.rp.start(browser)
    browser.headers['user-agent'] =
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'
    await browser.press('Sign in', { email: us.person.email, password: us.person.password })
    await browser.press('Reset authentication device')
    await browser.press('Send request')
    expect((await caseOf(rekey, us.person)).origin.system).to.equal('Windows')
    await askSupport(browser)
    const entries = await rekey.store.audit.find('subject', us.person.id)
    expect(entries.map(({ event }) => event)).to.include('recovery.awaiting_admin')
  })
})
