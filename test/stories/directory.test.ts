import { expect } from 'chai'
import { call } from '../support/api.ts'
import { Browser } from '../support/browser.ts'
import { embedded, type Person } from '../support/rekey.ts'
import { signInThere } from '../support/security.ts'
import { story } from '../support/story.ts'

story('The page of a directory', (rekey) => {
  let organization: string
  let admin: Person
  before(async function () {
    // People whom a host keeps are the host's to provision.
    if (embedded) this.skip()
    organization = await rekey.organization('Hanami')
    admin = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
  })

  const at = async (): Promise<Browser> => {
    const browser = new Browser()
    await browser.open(`${rekey.issuer}/administration/${organization}`)
    await signInThere(rekey, admin, browser)
    await browser.follow('Directory (SCIM)')
    return browser
  }
  const tokenOn = (browser: Browser): string => browser.shown.document.querySelector('#token')!.text
  const users = async (token: string) =>
    (await call(rekey, 'GET', `/scim/v2/${organization}/Users`, { token })).status

  it('makes a token that is shown once, and says when it was last used', async () => {
    const browser = await at()
    expect(browser.words)
      .to.include(`${rekey.issuer}/scim/v2/${organization}`)
      .and.include('There is no token')
    await browser.press('Make a token')
    const token = tokenOn(browser)
    expect(browser.words).to.include(`by ${admin.name}`).and.include('Not used yet')
    expect(await users(token)).to.equal(200)
    await browser.open(`${rekey.issuer}/administration/${organization}/directory`)
    expect(browser.words).to.not.include('Not used yet').and.not.include(token)
    const used = (await rekey.store.organizations.get(organization))!.scimToken!.usedAt
    rekey.advance(60_000)
    expect(await users(token)).to.equal(200)
    expect((await rekey.store.organizations.get(organization))!.scimToken!.usedAt).to.equal(used)
  })

  it('asks before the token that is used is good for nothing, and then it is', async () => {
    const browser = await at()
    const before = async () => (await rekey.store.organizations.get(organization))!.scimToken?.hash
    const kept = await before()
    await browser.press('Make a new token')
    expect(browser.heading).to.equal('Make a new token?')
    expect(await before()).to.equal(kept)
    await browser.press('Make a new token')
    const token = tokenOn(browser)
    expect(await users(token)).to.equal(200)
    await browser.press('Revoke the token')
    expect(await users(token)).to.equal(200)
    await browser.press('Revoke the token')
    expect(browser.said).to.include('The token is revoked')
    expect(await users(token)).to.equal(401)
  })
})
