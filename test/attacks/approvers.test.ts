import { expect } from 'chai'
import { attack } from '../support/attack.ts'
import { approve, ask, askSupport, caseOf, day, openDesk, why } from '../support/cases.ts'
import { codeIn, enrol, givePassword, linkIn, mailsTo, openApproval } from '../support/journeys.ts'
import type { Person, Rekey } from '../support/rekey.ts'
import { type Team, team } from '../support/team.ts'

attack('An approver', (rekey) => {
  const untouched = async ({ person }: Team) => {
    expect((await caseOf(rekey, person)).status).to.equal('awaiting_admin')
    expect((await rekey.account(person)).factors).to.have.length(1)
  }

  // Seen failing without the membership looked up in `accessOf` (interactions/recovery/approve.ts).
  it('who is no super admin any more since the mail went out decides nothing', async () => {
    const us = await team(rekey, { admins: 2 })
    const asked = await ask(rekey, us)
    const open = await openApproval(rekey, us.admin, asked.approve[0]!)
    await demote(rekey, us, us.admin)
    await open.press('Approve', { code: asked.code, reason: why })
    expect(open.words).to.include('You are not a super admin of this organization any more.')
    await untouched(us)
    const other = await openApproval(rekey, us.admins[1]!, asked.approve[1]!)
    await other.press('Approve', { code: asked.code, reason: why })
    expect(other.heading).to.equal('Approved')
  })

  // Seen failing without the account's status looked at in `stillStands` (interactions/console/session.ts).
  it('whose own account was deactivated decides nothing', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    const open = await openApproval(rekey, us.admin, asked.approve[0]!)
    await deactivate(rekey, us.admin)
    await open.press('Approve', { code: asked.code, reason: why })
    expect(open.heading).to.equal('Sign in')
    await untouched(us)
  })

  // Seen failing without `changedRecently` in `accessOf` (interactions/recovery/approve.ts).
  it('who changed a factor decides nothing for a day', async () => {
    const us = await team(rekey, { admins: 2 })
    const renewed = us.admins[1]!
    const own = await ask(rekey, { person: renewed, admins: [us.admin] })
    await approve(rekey, us, own)
    await own.waiting.open(own.waiting.shown.url)
    const secret = await enrol(rekey, own.waiting)
    await own.waiting.press('Continue', { saved: 'yes' })

    const asked = await ask(rekey, us)
    const now = { ...renewed, secret }
    const early = await openApproval(rekey, now, asked.approve[1]!)
    expect(early.words).to.include('Your own sign-in methods changed less than a day ago.')
    rekey.advance(day - 600_000)
    const still = await openApproval(rekey, now, asked.approve[1]!)
    expect(still.words).to.include('Your own sign-in methods changed less than a day ago.')
    await untouched(us)
    rekey.advance(600_000)
    const later = await openApproval(rekey, now, asked.approve[1]!)
    await later.press('Approve', { code: asked.code, reason: why })
    expect(later.heading).to.equal('Approved')
  })

  // Seen failing without 'own_case' in `refusalOf` (rules/case-events.ts), 'self' in `accessOf` (interactions/recovery/approve.ts) and the
  // subject left out in `approversFor` (rules/approvers.ts).
  it('is never the person who asks, super admin or not', async () => {
    const organization = await rekey.organization('Hanami')
    const both = { memberships: [{ organization, role: 'super_admin' as const }] }
    const [person, admin] = [await rekey.person(both), await rekey.person(both)]
    const asked = await ask(rekey, { person, admins: [admin] })
    expect((await mailsTo(rekey, person.email)).some(({ text }) => text.includes('/approve/'))).to.equal(
      false,
    )
    const own = await openApproval(rekey, person, asked.approve[0]!)
    await own.press('Keep the request')
    expect(own.words).to.include("You can't decide your own request.")
    await own.send(
      asked.approve[0]!,
      new URLSearchParams({ decision: 'approve', code: asked.code, reason: why }),
    )
    expect(own.words).to.include("You can't decide your own request.")
    expect((await caseOf(rekey, person)).status).to.equal('awaiting_admin')
  })

  // Seen failing with 'support' offered only where nothing else is, in `routesFor` (rules/approvers.ts).
  it('may be missing by now: where the last super admin has left, the support still decides', async () => {
    const us = await team(rekey)
    const agent = await rekey.person({ supportAgent: true })
    const asked = await ask(rekey, us)
    await demote(rekey, us, us.admin)
    await asked.waiting.open(asked.waiting.shown.url)
    await askSupport(asked.waiting)
    rekey.advance(2 * day)
    const desk = await openDesk(rekey, agent, `/support/cases/${asked.id}`)
    await desk.press('Approve', { reason: why })
    expect(desk.heading).to.equal('Approved')
    expect((await rekey.account(us.person)).factors).to.deep.equal([])
  })

  // Seen failing without 'inactive' in `accessOf` (interactions/recovery/approve.ts).
  it('lets nobody in whose account was deactivated meanwhile', async () => {
    const us = await team(rekey)
    const asked = await ask(rekey, us)
    await deactivate(rekey, us.person)
    const admin = await openApproval(rekey, us.admin, asked.approve[0]!)
    expect(admin.words).to.include('This account was deactivated meanwhile')
    await untouched(us)
    await asked.waiting.open(asked.waiting.shown.url)
    expect(asked.waiting.heading).to.equal('This account is deactivated')
    expect((await givePassword(rekey, us.person)).heading).to.equal('This account is deactivated')
  })

  // Seen failing with `account.status` left out of `nextStep` (rules/next-step.ts): the password alone signed in.
  it('of the support lets nobody in either whose account was deactivated during the hold', async () => {
    const us = await team(rekey, { admins: 0 })
    const agent = await rekey.person({ supportAgent: true })
    const asked = await ask(rekey, us)
    await askSupport(asked.waiting)
    await deactivate(rekey, us.person)
    rekey.advance(2 * day)
    const desk = await openDesk(rekey, agent, `/support/cases/${asked.id}`)
    await desk.press('Approve', { reason: why })
    await asked.waiting.open(asked.waiting.shown.url)
    expect(asked.waiting.heading).to.equal('This account is deactivated')
    expect((await givePassword(rekey, us.person)).heading).to.equal('This account is deactivated')
  })

  describe('who needs another one', () => {
    const policy = { approvals: 2 } as const

    // Seen failing without 'already_approved' in `approve` (rules/case-events.ts).
    it('is not enough by approving twice', async () => {
      const us = await team(rekey, { policy, admins: 2 })
      const asked = await ask(rekey, us)
      const first = await openApproval(rekey, us.admin, asked.approve[0]!)
      const { action, body } = first.form('Approve', { code: asked.code, reason: why })
      await first.send(action, body)
      expect(first.heading).to.equal('Your approval is recorded')
      for (let time = 0; time < 2; time += 1) await first.send(action, body)
      expect(first.heading).to.equal('There is nothing left to decide')
      await first.open(asked.approve[0]!)
      await untouched(us)
      expect((await caseOf(rekey, us.person)).approvals).to.have.length(1)
      const second = await openApproval(rekey, us.admins[1]!, asked.approve[1]!)
      expect(second.words).to.include('2 super admins must approve; 1 have so far.')
      await second.press('Approve', { code: asked.code, reason: why })
      expect(second.heading).to.equal('Approved')
    })

    // Seen failing without 'already_approved' in `approve` (rules/case-events.ts).
    it('is counted once also when the form is sent many times at once', async () => {
      const us = await team(rekey, { policy, admins: 2 })
      const asked = await ask(rekey, us)
      const first = await openApproval(rekey, us.admin, asked.approve[0]!)
      const { action, body } = first.form('Approve', { code: asked.code, reason: why })
      const cookie = await first.jar.getCookieString(action)
      const send = () => fetch(action, { method: 'POST', body, headers: { cookie } })
      await Promise.all(Array.from({ length: 6 }, send))
      expect((await caseOf(rekey, us.person)).approvals.map(({ by }) => by)).to.deep.equal([us.admin.id])
      await untouched(us)
    })

    // Seen failing with `approvals.length` left out of `approve` (rules/case-events.ts).
    it('can still stop it, and a denial of the second one counts', async () => {
      const us = await team(rekey, { policy, admins: 2 })
      const asked = await ask(rekey, us)
      await approve(rekey, us, asked)
      const second = await openApproval(rekey, us.admins[1]!, asked.approve[1]!)
      await second.press('Deny', { reason: 'Not their voice.' })
      expect((await caseOf(rekey, us.person)).status).to.equal('denied')
      expect((await rekey.account(us.person)).factors).to.have.length(1)
    })
  })

  // Seen failing with `slice` left out of `approversFor` (rules/approvers.ts).
  it('is one of the first twenty-five, and whoever was not asked has no say', async () => {
    const organization = await rekey.organization('Lakes')
    const person = await rekey.person({ memberships: [{ organization }] })
    const admins: Person[] = []
    for (let index = 0; index < 26; index += 1) {
      const superAdminSince = rekey.now() - day * (100 - index)
      admins.push(
        await rekey.person({ memberships: [{ organization, role: 'super_admin', superAdminSince }] }),
      )
    }
    const waiting = await givePassword(rekey, person)
    await waiting.press('Reset authentication device')
    await waiting.press('Send request')
    expect(await mailsTo(rekey, admins[25]!.email)).to.deep.equal([])
    const asked = (await mailsTo(rekey, admins[24]!.email))[0]!
    const code = codeIn((await mailsTo(rekey, person.email))[0]!.text)
    const link = linkIn(asked.text, '/recovery/approve/')
    const uninvited = await openApproval(rekey, admins[25]!, link)
    expect(uninvited.words).to.include('an account that was not asked')
    const invited = await openApproval(rekey, admins[24]!, link)
    await invited.press('Approve', { code, reason: why })
    expect(invited.heading).to.equal('Approved')
  })
})

async function demote({ store }: Rekey, { organization }: Team, { id }: Person): Promise<void> {
  await store.memberships.update(`${organization}:${id}`, (current) => {
    const { superAdminOf: _, superAdminSince: __, ...rest } = current!
    return [{ ...rest, role: 'member' }, undefined]
  })
}

async function deactivate({ store }: Rekey, { id }: Person): Promise<void> {
  await store.people.update(id, (current) => [{ ...current!, status: 'deactivated' }, undefined])
}
