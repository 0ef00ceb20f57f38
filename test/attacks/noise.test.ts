import { expect } from 'chai'
import { throttleLimits } from '../../rules/throttle.ts'
import { attack } from '../support/attack.ts'
import { givePassword, signIn } from '../support/journeys.ts'
import type { Person } from '../support/rekey.ts'
import { atSecurity } from '../support/security.ts'

attack('Someone with the password who makes noise', (rekey) => {
  const activity = async (person: Person) =>
    (await atSecurity(rekey, person)).shown.document
      .querySelectorAll('.activity li')
      .map((one) => one.querySelector('span')!.text.trim())

  // Seen failing with as many lines for tries as there are in `activityOf` (rules/activity.ts).
  it('pushes nothing that was done off the list, by whatever kinds of wrong tries in turn', async () => {
    const person = await rekey.person()
    await signIn(rekey, person)
    const before = (await activity(person)).length
    for (let round = 0; round < 12; round += 1) {
      const guess = await givePassword(rekey, { ...person, password: 'not the password' })
      expect(guess.heading).to.equal('Sign in')
      rekey.advance(throttleLimits.strangersWait)
      const thief = await givePassword(rekey, person)
      await thief.press('Verify', { code: '000000' })
      // After some tries it is the password again.
      const codes = thief.heading === 'Enter your code' ? thief : await givePassword(rekey, person)
      await codes.press('Use a backup code')
      await codes.press('Verify', { code: '0000-0000-0000-0000' })
      rekey.advance(throttleLimits.strangersWait)
    }
    const after = await activity(person)
    expect(after.filter((line) => line.startsWith('Signed in'))).to.have.length(before + 1)
  })
})
