import { expect } from 'chai'
import { setDomains } from '../../organization/domains.ts'
import { Browser } from '../support/browser.ts'
import { enrol, mailsTo, signIn } from '../support/journeys.ts'
import type { Person, PersonOptions } from '../support/rekey.ts'
import { eventsOf, signInThere } from '../support/security.ts'
import { type Scene, story } from '../support/story.ts'

interface Team {
  organization: string
  admin: Person
  member: Person
}

/** What everybody who administers begins with. */
const stage = (rekey: Scene) => {
  const team = async (options: PersonOptions = {}, policy = {}): Promise<Team> => {
    const organization = await rekey.organization('Hanami', policy)
    const admin = await rekey.person({ memberships: [{ organization, role: 'super_admin' }] })
    const member = await rekey.person({ memberships: [{ organization }], ...options })
    return { organization, admin, member }
  }
  const at = async (admin: Person, path: string, browser = new Browser()): Promise<Browser> => {
    await browser.open(`${rekey.issuer}/administration/${path}`)
    return signInThere(rekey, admin, browser)
  }
  const atMember = ({ organization, admin, member }: Team, browser?: Browser) =>
    at(admin, `${organization}/members/${member.id}`, browser)
  const lastMail = async (address: string) => (await mailsTo(rekey, address)).at(-1)!
  const linkIn = ({ text }: { text: string }, path: string) => new RegExp(`\\S+${path}[\\w-]+`).exec(text)![0]
  return { team, at, atMember, lastMail, linkIn }
}

story('Looking for people', (rekey) => {
  const { at } = stage(rekey)
  let admin: Person
  let organization: string
  before(async () => {
    organization = await rekey.organization('Hanami')
    const memberships = [{ organization }]
    admin = await rekey.person({
      name: 'Sora Ito',
      memberships: [{ organization, role: 'super_admin' }],
      calls: ['+81312345678'],
    })
    await rekey.person({ name: 'Mika Tanaka', memberships })
    await rekey.person({ name: 'José Álvarez', memberships, bare: true })
    await rekey.person({ name: '田中 美香', memberships, status: 'deactivated' })
    await rekey.person({
      name: 'Mika Elsewhere',
      memberships: [{ organization: await rekey.organization('Nordlys') }],
    })
  })
  const found = async (query: string): Promise<string[]> => {
    const browser = await at(admin, `${organization}?${query}`)
    return [...browser.shown.document.querySelectorAll('tbody th a')].map((link) => link.textContent!.trim())
  }

  it('finds a part of a name or an address, whatever its accents, width and script', async () => {
    expect(await found('q=anak')).to.deep.equal(['Mika Tanaka'])
    expect(await found('q=JOSE+alv')).to.deep.equal(['José Álvarez'])
    expect(await found('q=%E4%B8%AD')).to.deep.equal(['田中 美香'])
    expect(await found('q=%EF%BD%8D%EF%BD%89%EF%BD%8B%EF%BD%81')).to.deep.equal(['Mika Tanaka'])
    expect(await found(`q=${admin.email.slice(0, 9)}`)).to.include('Sora Ito')
    expect(await found('q=mika+ito')).to.deep.equal([])
  })

  it('picks out by role, status, methods and the last sign-in, and counts', async () => {
    expect(await found('role=super_admin')).to.deep.equal(['Sora Ito'])
    expect(await found('status=deactivated')).to.deep.equal(['田中 美香'])
    expect(await found('methods=none')).to.deep.equal(['José Álvarez'])
    expect(await found('methods=one&status=active')).to.deep.equal(['Mika Tanaka'])
    expect(await found('signed=recent')).to.deep.equal(['Sora Ito'])
    expect(await found('signed=never')).to.have.members(['Mika Tanaka', 'José Álvarez', '田中 美香'])
    const browser = await at(admin, organization)
    expect(browser.words).to.include('4 people').and.not.include('Elsewhere')
  })

  it('sorts by name', async () => {
    expect(await found('sort=name')).to.deep.equal(['José Álvarez', 'Mika Tanaka', 'Sora Ito', '田中 美香'])
  })

  it('follows what becomes of people', async () => {
    const person = await rekey.person({ name: 'Nils Holm', memberships: [{ organization }] })
    expect(await found('q=holm&methods=one')).to.deep.equal(['Nils Holm'])
    await signIn(rekey, person)
    expect(await found('q=holm&signed=recent')).to.deep.equal(['Nils Holm'])
    const browser = await at(admin, `${organization}/members/${person.id}`)
    await browser.press('Save', { name: 'Nils Berg', reason: 'Married.' })
    expect(await found('q=holm')).to.deep.equal([])
    expect(await found('q=berg')).to.deep.equal(['Nils Berg'])
    expect((await rekey.account(person)).name).to.equal('Nils Berg')
    expect((await mailsTo(rekey, person.email)).at(-1)!.subject).to.equal('Your name was changed')
  })
})

story('The page of a member', (rekey) => {
  const { team, atMember, lastMail, linkIn } = stage(rekey)

  it('shows methods, sessions and what happened, and no secret', async () => {
    const scene = await team()
    await rekey.rp.finish(await signIn(rekey, scene.member))
    const browser = await atMember(scene)
    expect(browser.words).to.include('Authenticator app').and.include('Proven').and.include('Recent activity')
    expect(browser.shown.text).not.to.include(scene.member.secret)
  })

  it('shows an organization only what is its own of who belongs elsewhere too', async () => {
    const scene = await team()
    const elsewhere = await rekey.organization('Nordlys')
    const member = await rekey.person({
      memberships: [{ organization: scene.organization }, { organization: elsewhere }],
    })
    const browser = await atMember({ ...scene, member })
    expect(browser.words).to.include('1 other organization').and.not.include('Recent activity')
    expect(() => browser.form('Deactivate')).to.throw()
    expect(() => browser.form('Suspend here')).not.to.throw()
  })

  it('leaves the account to the organization that has the domain of its address', async () => {
    const scene = await team()
    const other = await rekey.organization('Nordlys')
    const claim = (domains: string[]) => setDomains(rekey.app.services, other, domains, 'operator')
    expect(await claim(['people.example'])).to.deep.equal({ ok: true })
    const browser = await atMember(scene)
    expect(() => browser.form('Deactivate')).to.throw()
    await claim([])
  })

  it('takes one method away with a reason that the person reads, and never the last one', async () => {
    const scene = await team({ texts: ['+81312345679'] })
    const browser = await atMember(scene)
    await browser.press('Remove this method', { reason: 'The phone is the company’s.' })
    expect(browser.said).to.include('The method was removed')
    expect((await rekey.account(scene.member)).factors).to.have.length(1)
    const mail = await lastMail(scene.member.email)
    expect(mail.subject).to.include('removed by a super admin')
    expect(mail.text).to.include('The phone is the company’s.')
    await atMember(scene, browser)
    expect(browser.words).not.to.include('Remove this method')
  })

  it('changes the sign-in address once the person has proven the new one, and tells both', async () => {
    const scene = await team()
    const address = `new.${scene.member.email}`
    const browser = await atMember(scene)
    await browser.press('Send the link', { address, reason: 'Renamed.' })
    expect(browser.said).to.include('on its way')
    expect((await lastMail(scene.member.email)).subject).to.equal('Another sign-in address was asked for')
    const link = linkIn(await lastMail(address), '/address/')
    expect((await rekey.account(scene.member)).email).to.equal(scene.member.email)
    const thief = new Browser()
    await thief.open(link)
    expect(thief.heading).to.equal('Sign in')
    const own = await signInThere(rekey, scene.member, thief)
    await own.press('Sign in with the new address')
    expect(own.said).to.include('You sign in with the new address now')
    expect((await rekey.account(scene.member)).email).to.equal(address)
    for (const told of [scene.member.email, address])
      expect((await lastMail(told)).subject).to.equal('Your sign-in address was changed')
    await own.open(link)
    expect(own.shown.status).to.equal(404)
  })

  it('undoes a removal while the account is kept', async () => {
    const scene = await team()
    const browser = await atMember(scene)
    await browser.press('Remove', { reason: 'Left.' })
    expect((await rekey.account(scene.member)).status).to.equal('removed')
    await browser.press('Undo')
    expect(browser.heading).to.equal('Removal undone')
    expect((await rekey.account(scene.member)).status).to.equal('active')
  })
})

story('Roles', (rekey) => {
  const { team, atMember, lastMail } = stage(rekey)
  const roleOf = async ({ organization, member }: Team) =>
    (await rekey.store.memberships.get(`${organization}:${member.id}`))!.role

  it('are changed by one super admin where nothing else is said, and the member is told', async () => {
    const scene = await team()
    const browser = await atMember(scene)
    await browser.press('Make a super admin', { reason: 'Leads the team.' })
    expect(await roleOf(scene)).to.equal('super_admin')
    expect((await lastMail(scene.member.email)).subject).to.equal('You are a super admin of Hanami now')
    expect(await eventsOf(rekey, scene.member)).to.include('membership.role_changed')
  })

  it('take a second super admin where the policy says so, who is neither of the two', async () => {
    const scene = await team({}, { roleApprovals: 2 })
    const second = await rekey.person({
      memberships: [{ organization: scene.organization, role: 'super_admin' }],
    })
    const browser = await atMember(scene)
    await browser.press('Make a super admin', { reason: 'Leads the team.' })
    expect(browser.said).to.include('once a second super admin agrees')
    expect(await roleOf(scene)).to.equal('member')
    expect(() => browser.form('Agree')).to.throw()
    // Seen failing without `own_proposal` in `proposalRefusal` (rules/role-change.ts).
    const { action, body } = browser.form('Withdraw')
    body.set('change', 'agree')
    await browser.send(action, body)
    expect(browser.said).to.include('You proposed it yourself')
    const other = await atMember({ ...scene, admin: second })
    await other.press('Agree')
    expect(await roleOf(scene)).to.equal('super_admin')
  })

  it('are never taken from the last super admin', async () => {
    const scene = await team()
    const browser = await atMember({ ...scene, member: scene.admin })
    await browser.press('Make an ordinary member', { reason: 'Tired.' })
    expect(browser.said).to.include('the only super admin')
    expect(await roleOf({ ...scene, member: scene.admin })).to.equal('super_admin')
  })
})

story('Invitations', (rekey) => {
  const { team, at, lastMail, linkIn } = stage(rekey)
  const invite = async (scene: Team, address: string) => {
    const browser = await at(scene.admin, `${scene.organization}/invitations`)
    await browser.press('Send the invitation', { address })
    return browser
  }

  it('set a password, lead to a second factor, and work once', async () => {
    const scene = await team()
    const address = `kai.${scene.organization}@new.example`
    const admin = await invite(scene, address)
    expect(admin.said).to.include('on its way')
    const link = linkIn(await lastMail(address), '/invitation/')
    const browser = new Browser()
    await browser.open(link)
    expect(browser.words).to.include(scene.admin.name)
    await browser.press('Accept the invitation', { name: 'Kai', password: 'short' })
    expect(browser.said).to.include('15')
    const password = 'seventeen quiet boats'
    await browser.press('Accept the invitation', { name: 'Kai', password })
    await browser.press('Sign in', { email: address, password })
    expect(browser.heading).to.equal('Set up an authenticator app')
    const account = (await rekey.app.services.accounts.find(address))!
    expect(await rekey.store.memberships.get(`${scene.organization}:${account.id}`)).to.include({
      role: 'member',
    })
    await enrol(rekey, browser)
    expect(browser.words).to.not.include('replace all older ones')
    await browser.press('Continue', { saved: 'yes' })
    expect(browser.said).to.include('You have joined')
    await browser.open(link)
    expect(browser.shown.status).to.equal(404)
  })

  it('end when they are withdrawn, sent again or too old', async () => {
    const scene = await team()
    const address = `lina.${scene.organization}@new.example`
    const admin = await invite(scene, address)
    const first = linkIn(await lastMail(address), '/invitation/')
    await admin.press('Send again')
    const second = linkIn(await lastMail(address), '/invitation/')
    const status = async (link: string) => (await fetch(link)).status
    expect([await status(first), await status(second)]).to.deep.equal([404, 200])
    rekey.advance(8 * 86_400_000)
    expect(await status(second)).to.equal(404)
    const again = await at(scene.admin, `${scene.organization}/invitations`)
    await again.press('Send again')
    const third = linkIn(await lastMail(address), '/invitation/')
    expect(await status(third)).to.equal(200)
    await again.press('Withdraw')
    expect(await status(third)).to.equal(404)
  })

  it('of a super admin are sent once a second one agrees, where the policy says so', async () => {
    const scene = await team({}, { roleApprovals: 2 })
    const memberships = [{ organization: scene.organization, role: 'super_admin' as const }]
    const second = await rekey.person({ memberships })
    const address = `ada.${scene.organization}@new.example`
    const admin = await at(scene.admin, `${scene.organization}/invitations`)
    await admin.press('Send the invitation', { address, role: 'super_admin' })
    expect(admin.said).to.include('once a second super admin agrees')
    expect(admin.words).to.include('It waits for another super admin.')
    expect(await mailsTo(rekey, address)).to.deep.equal([])
    expect((await lastMail(second.email)).text)
      .to.include(address)
      .and.include('/invitations')
    expect(() => admin.form('Agree')).to.throw()
    // Seen failing without `own_proposal` in `agreedInvitation` (rules/invitation.ts).
    const { action, body } = admin.form('Withdraw')
    for (const change of ['agree', 'resend']) {
      body.set('change', change)
      await admin.send(action, body)
      expect(await mailsTo(rekey, address)).to.deep.equal([])
    }
    const other = await at(second, `${scene.organization}/invitations`)
    await other.press('Agree')
    expect(other.said).to.include('on its way')
    const browser = new Browser()
    await browser.open(linkIn(await lastMail(address), '/invitation/'))
    await browser.press('Accept the invitation', { name: 'Ada', password: 'seventeen quiet boats' })
    const account = (await rekey.app.services.accounts.find(address))!
    expect(await rekey.store.memberships.get(`${scene.organization}:${account.id}`)).to.include({
      role: 'super_admin',
    })
  })

  it('of a super admin that nobody agrees to are never sent', async () => {
    const scene = await team({}, { roleApprovals: 2 })
    const memberships = [{ organization: scene.organization, role: 'super_admin' as const }]
    const second = await rekey.person({ memberships })
    const address = `eve.${scene.organization}@new.example`
    const admin = await at(scene.admin, `${scene.organization}/invitations`)
    await admin.press('Send the invitation', { address, role: 'super_admin' })
    const other = await at(second, `${scene.organization}/invitations`)
    await other.press('Refuse')
    expect(other.words).to.include('No invitation waits.')
    expect(await mailsTo(rekey, address)).to.deep.equal([])
  })

  it('ask whoever has an account to sign in with it', async () => {
    const scene = await team()
    const known = await rekey.person()
    await invite(scene, known.email)
    const browser = new Browser()
    await browser.open(linkIn(await lastMail(known.email), '/invitation/'))
    await browser.press('Accept the invitation')
    await signInThere(rekey, known, browser)
    await browser.press('Accept the invitation')
    expect(browser.said).to.include('You have joined')
    expect(await rekey.store.memberships.get(`${scene.organization}:${known.id}`)).to.include({
      role: 'member',
    })
  })
})

story('Several members at once', (rekey) => {
  const { team, at } = stage(rekey)

  it('are listed with what will happen before it does', async () => {
    const scene = await team()
    const other = await rekey.person({ memberships: [{ organization: scene.organization }] })
    const browser = await at(scene.admin, scene.organization)
    const picked = Object.fromEntries(
      [scene.member, other, scene.admin].map(({ id }) => [`pick_${id}`, 'yes']),
    )
    await browser.press('See what will happen', { ...picked, change: 'deactivate' })
    expect(browser.words).to.include('2 people').and.include('the only super admin')
    expect((await rekey.account(other)).status).to.equal('active')
    await browser.press('Do it for 2 people', { reason: 'The project is over.' })
    expect(browser.words).to.include('Done for 2 people')
    const statuses = await Promise.all([scene.member, other, scene.admin].map((one) => rekey.account(one)))
    expect(statuses.map(({ status }) => status)).to.deep.equal(['deactivated', 'deactivated', 'active'])
    // Seen failing without `undoneBy` in `show` (interactions/administration/several.ts).
    await browser.press('Undo')
    expect(browser.words).to.include('Done for 2 people')
    expect((await rekey.account(other)).status).to.equal('active')
  })
})
