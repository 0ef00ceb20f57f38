import { expect } from 'chai'
import { Browser } from '../support/browser.ts'
import { story } from '../support/story.ts'
import { team } from '../support/team.ts'

story('The page at the issuer’s root', (rekey) => {
  const follow = async (link: string, browser = new Browser()) => {
    await browser.open(`${rekey.issuer}/`)
    await browser.follow(link)
    return browser
  }

  it('leads to every page of our own, and those ask who it is', async () => {
    for (const link of ['Your security', 'Administration, for super admins', 'Support, for agents']) {
      const browser = await follow(link)
      expect(browser.heading, link).to.equal('Sign in')
    }
  })

  it('leads a super admin to their organization', async () => {
    const { admin } = await team(rekey)
    const browser = await follow('Administration, for super admins')
    await browser.press('Sign in', { email: admin.email, password: admin.password })
    await browser.press('Verify', { code: rekey.code(admin) })
    expect(browser.heading).to.equal('Members')
  })

  it('leads nobody further than they may go', async () => {
    const { person } = await team(rekey)
    for (const link of ['Administration, for super admins', 'Support, for agents']) {
      const browser = await follow(link)
      await browser.press('Sign in', { email: person.email, password: person.password })
      await browser.press('Verify', { code: rekey.code(person) })
      expect(browser.shown.status, link).to.equal(403)
    }
  })
})
