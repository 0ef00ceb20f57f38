import { expect } from 'chai'
import { changePassword } from '../../account/password.ts'
import { othersEnded } from '../../account/sessions.ts'
import type { Writes } from '../../effects/services.ts'
import { givePassword, mailsTo, signIn } from '../support/journeys.ts'
import { atSecurity, eventsOf } from '../support/security.ts'
import { story } from '../support/story.ts'

story('Changing the password', (rekey) => {
  const chosen = 'seven slow yellow trains'

  it('takes the present one, and ends other sessions', async () => {
    const person = await rekey.person()
    const other = await signIn(rekey, person)
    const { claims } = await rekey.rp.finish(other)
    const browser = await atSecurity(rekey, person, '/password')
    await browser.press('Save password', { current: person.password, password: chosen, others: 'yes' })
    expect(browser.heading).to.equal('Security')
    expect(browser.said).to.equal('Your new password is saved.')
    await rekey.work()
    const ended = rekey.rp.loggedOut.filter(({ sub }) => sub === person.id)
    expect(ended.map(({ sid }) => sid)).to.deep.equal([claims.sid])
    expect((await givePassword(rekey, person)).said).to.include('is wrong')
    expect((await givePassword(rekey, { ...person, password: chosen })).heading).to.equal('Enter your code')
    const subjects = (await mailsTo(rekey, person.email)).map(({ subject }) => subject)
    expect(subjects.slice(-2)).to.deep.equal([
      'Your password was changed',
      'Sessions of your account were ended',
    ])
    expect(await eventsOf(rekey, person)).to.include('password.changed')
  })

  // Seen failing with what is promised left out of the write (`changePassword`, account/password.ts).
  it('ends other sessions also when the process dies right after the change', async () => {
    const { services } = rekey.app
    const person = await rekey.person()
    const other = await signIn(rekey, person)
    const { claims } = await rekey.rp.finish(other)
    const before = await rekey.account(person)
    const by = { account: person.id, app: 'Rekey', origin: { address: '', browser: '', system: '' } }
    const also = othersEnded(by, 'the session of the page', rekey.now())
    // Whoever has died carries nothing out; the next process does.
    const change: Writes['change'] = (collection, id, rule) => services.change(collection, id, rule, 'later')
    const dead = { ...services, change }
    await changePassword(dead, by, before, chosen, `password:${person.id}`, also)
    expect(rekey.rp.loggedOut.filter(({ sub }) => sub === person.id)).to.deep.equal([])
    await rekey.work()
    const ended = rekey.rp.loggedOut.filter(({ sub }) => sub === person.id)
    expect(ended.map(({ sid }) => sid)).to.deep.equal([claims.sid])
  })

  it('leaves other sessions alone for who wants that', async () => {
    const person = await rekey.person()
    const other = await signIn(rekey, person)
    await rekey.rp.finish(other)
    const browser = await atSecurity(rekey, person, '/password')
    const { action, body } = browser.form('Save password', { current: person.password, password: chosen })
    body.delete('others')
    await browser.send(action, body)
    await rekey.rp.start(other, { prompt: 'none' })
    expect((await rekey.rp.finish(other)).claims.sub).to.equal(person.id)
  })

  it('refuses a wrong present one, and a new one that is short, easy or the same', async () => {
    const person = await rekey.person()
    const before = (await rekey.account(person)).passwordVersion
    const browser = await atSecurity(rekey, person, '/password')
    for (const [current, password, says] of [
      ['not my password', chosen, 'That is not your current password.'],
      [person.password, 'short', 'Use at least 8 characters.'],
      [person.password, 'passwordpassword', 'easy to guess'],
      [person.password, person.password, 'That is your old password.'],
    ] as const) {
      await browser.press('Save password', { current, password })
      expect(browser.said).to.include(says)
    }
    expect((await rekey.account(person)).passwordVersion).to.equal(before)
  })

  it('of two windows counts once', async () => {
    const person = await rekey.person()
    const browser = await atSecurity(rekey, person, '/password')
    const first = browser.form('Save password', { current: person.password, password: chosen })
    const second = browser.form('Save password', { current: person.password, password: `${chosen} again` })
    await browser.send(first.action, first.body)
    await browser.send(second.action, second.body)
    expect(browser.said).to.include('That is not your current password.')
    expect((await givePassword(rekey, { ...person, password: chosen })).heading).to.equal('Enter your code')
  })
})
