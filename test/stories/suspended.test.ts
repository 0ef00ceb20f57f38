import { expect } from 'chai'
import { changeMember } from '../../organization/members.ts'
import { givePassword, mailsTo, signIn } from '../support/journeys.ts'
import { story } from '../support/story.ts'

story(
  'A suspended membership',
  (rekey) => {
    const scene = async () => {
      await rekey.store.organizations.update('hanami', (current) => [
        current ?? { id: 'hanami', name: 'Hanami', policy: {}, createdAt: 0 },
        undefined,
      ])
      const memberships = [{ organization: 'hanami' }]
      const member = await rekey.person({ memberships })
      const admin = await rekey.person({ memberships: [{ organization: 'hanami', role: 'super_admin' }] })
      const change = (wanted: 'suspend' | 'reinstate') =>
        changeMember(rekey.app.services, wanted, {
          ...{ organization: 'hanami', account: member.id, by: admin.id, reason: 'On leave.' },
        })
      return { member, change }
    }
    const theirs = () => rekey.others.hers!

    it('is said at the sign-in to an app of that organization, and to no other', async () => {
      const { member, change } = await scene()
      expect(await change('suspend')).to.equal(undefined)
      const browser = await givePassword({ ...rekey, rp: theirs() }, member)
      expect(browser.heading).to.equal('Your membership is suspended')
      expect(browser.words).to.include('Hanami')
      await rekey.rp.finish(await signIn(rekey, member))
      expect((await mailsTo(rekey, member.email)).map(({ subject }) => subject)).to.include(
        'Your membership of Hanami was suspended',
      )
    })

    // Seen failing without `isSuspended` in `createFindAccount` (provider/claims.ts).
    it('gives a session that stands nothing for an app of that organization', async () => {
      const { member, change } = await scene()
      const browser = await signIn(rekey, member)
      await rekey.rp.finish(browser)
      await change('suspend')
      await theirs().start(browser, { prompt: 'none' })
      expect(await theirs().refusal(browser)).to.equal('login_required')
      await rekey.rp.start(browser, { prompt: 'none' })
      await rekey.rp.finish(browser)
      await change('reinstate')
      await theirs().start(browser, { prompt: 'none' })
      await theirs().finish(browser)
    })
  },
  { others: { hers: { organization: 'hanami' } } },
)
