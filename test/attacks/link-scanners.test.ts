import { expect } from 'chai'
import { attack } from '../support/attack.ts'
import { Browser } from '../support/browser.ts'
import { approve, ask, disavow, statement, why } from '../support/cases.ts'
import { linkIn, mailsTo, openApproval } from '../support/journeys.ts'
import { type Team, team } from '../support/team.ts'

// identity-idp#2045: a GET changes nothing.
attack('A scanner of links', (rekey) => {
  const stateOf = async ({ person, admins }: Team) => {
    const { store } = rekey
    const everyone = [person, ...admins]
    const list = async <T>(find: (id: string) => Promise<T[]>) =>
      (await Promise.all(everyone.map(({ id }) => find(id)))).flat()
    await rekey.work()
    return {
      accounts: await Promise.all(everyone.map((one) => rekey.account(one))),
      cases: await store.cases.find('account', person.id),
      links: (await list((id) => store.links.find('account', id))).sort((a, b) => (a.id < b.id ? -1 : 1)),
      attempts: await list((id) => store.attempts.find('account', id)),
      sessions: (await list((id) => store.sessions.find('account', id))).map(({ ended }) => ended),
      audit: await list((id) => store.audit.find('subject', id)),
      mails: rekey.mail.mails.length,
    }
  }
  const linksOf = async ({ person, admins }: Team) => {
    const texts: string[] = []
    for (const { email } of [person, ...admins])
      texts.push(
        ...(await mailsTo(rekey, email)).map(({ text, html }) => text + html.replaceAll('&amp;', '&')),
      )
    return [...new Set(texts.join('\n').match(/https?:\/\/[^\s"<>]+/g))].filter((url) =>
      url.startsWith(rekey.issuer),
    )
  }
  const scan = async (links: string[]) => {
    for (const method of ['GET', 'HEAD', 'GET', 'HEAD', 'GET'])
      for (const link of links) await new Browser({ 'user-agent': 'Scanner/1.0' }).open(link, { method })
  }
  const terms = { policy: { afterReset: 'password_and_mail' } } as const

  // Seen failing with `disavow` called in `showDisavow` (interactions/recovery/disavow.ts), `askSupport` in `showSupport`
  // (interactions/recovery/support.ts) and the link removed in `showContinue` (interactions/recovery/continue.ts).
  it('changes nothing by opening every link of every mail, again and again', async () => {
    const us = await team(rekey, terms)
    const asked = await ask(rekey, us)
    const opened = await linksOf(us)
    expect(opened.map((link) => new URL(link).pathname.split('/')[2]).sort()).to.deep.equal([
      'approve',
      'disavow',
      'status',
      'support',
    ])
    const before = await stateOf(us)
    await scan(opened)
    expect(await stateOf(us)).to.deep.equal(before)

    await approve(rekey, us, asked)
    const later = await linksOf(us)
    expect(later.some((link) => link.includes('/recovery/continue/'))).to.equal(true)
    const done = await stateOf(us)
    await scan(later)
    expect(await stateOf(us)).to.deep.equal(done)
    const browser = new Browser()
    await browser.open(later.find((link) => link.includes('/recovery/continue/'))!)
    await browser.press('Continue')
    expect(browser.heading).to.equal('You can continue in this browser')
    expect((await disavow(asked.disavow)).heading).to.equal('Stopped')
  })

  // Seen failing without `checkFormToken` in `confirmDisavow`, `sendToSupport` and `useCompletionLink` (recovery/).
  it('changes nothing by sending the forms without their token, or with one of another page', async () => {
    const us = await team(rekey, terms)
    const other = await ask(rekey, await team(rekey))
    const elsewhere = new Browser()
    await elsewhere.open(other.disavow)
    const foreign = elsewhere.form("This wasn't me").body.get('form')!
    const asked = await ask(rekey, us)
    const before = await stateOf(us)
    const post = async (link: string, fields: { [name: string]: string }) => {
      for (const form of [undefined, '', foreign]) {
        const body = new URLSearchParams({ ...fields, ...(form === undefined ? {} : { form }) })
        const browser = new Browser()
        await browser.send(link, body)
        expect(browser.shown.status).to.equal(403)
      }
    }
    await post(asked.disavow, {})
    await post(asked.support, { statement })
    expect(await stateOf(us)).to.deep.equal(before)
    await approve(rekey, us, asked)
    const done = await stateOf(us)
    await post(linkIn((await mailsTo(rekey, us.person.email)).at(-1)!.text, '/recovery/continue/'), {})
    expect(await stateOf(us)).to.deep.equal(done)
  })

  // Seen failing without `checkFormToken` in `decide` (interactions/recovery/approve.ts).
  it("approves nothing by sending the form, not even from an approver's own browser", async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    const admin = await openApproval(rekey, us.admin, asked.approve[0]!)
    const before = await stateOf(us)
    for (const decision of ['approve', 'deny']) {
      const fields = { decision, code: asked.code, reason: why, outcome: 'reset' }
      await admin.send(asked.approve[0]!, new URLSearchParams(fields))
      expect(admin.shown.status).to.equal(403)
      await new Browser().send(asked.approve[0]!, new URLSearchParams(fields))
    }
    expect(await stateOf(us)).to.deep.equal(before)
  })
})
