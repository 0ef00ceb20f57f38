import { expect } from 'chai'
import { attack } from '../support/attack.ts'
import { makePasskey, newAuthenticator, optionsOn } from '../support/authenticator.ts'
import { Browser } from '../support/browser.ts'
import { givePassword } from '../support/journeys.ts'
import { holder } from '../support/passkeys.ts'

/** Sets a member of the answer, or of its `response`; undefined takes it away. */
const changed = (credential: string, path: string, value: unknown): string => {
  const answer = JSON.parse(credential)
  const [inner, outer] = path.split('.').reverse() as [string, string | undefined]
  const within = outer === undefined ? answer : answer[outer]
  if (value === undefined) delete within[inner]
  else within[inner] = value
  return JSON.stringify(answer)
}

const optional = ['response.userHandle', 'authenticatorAttachment', 'clientExtensionResults', 'rawId', 'type']
const nothing = [null, '', undefined]

// Safari says some of these for a key that isn't resident, and other browsers the others.
attack('What a browser says as null, as empty or not at all', (rekey) => {
  // Seen failing with `read` (account/passkeys.ts) handing over what was parsed.
  for (const member of optional)
    for (const value of nothing)
      it(`is the same to a second factor: ${member} ${JSON.stringify(value) ?? 'absent'}`, async () => {
        const { owner, key } = await holder(rekey)
        const browser = await givePassword(rekey, owner)
        const credential = changed(key.get(await optionsOn(browser)), member, value)
        await browser.press('Use your passkey', { credential })
        expect((await rekey.rp.finish(browser)).claims.sub).to.equal(owner.id)
        expect((await rekey.account(owner)).throttles).to.deep.equal({})
      })

  for (const value of nothing)
    it(`names nobody where nobody else does: a user handle ${JSON.stringify(value) ?? 'absent'}`, async () => {
      const { key } = await holder(rekey)
      const browser = new Browser()
      await rekey.rp.start(browser)
      const credential = changed(key.get(await optionsOn(browser)), 'response.userHandle', value)
      await browser.press('Sign in with a passkey', { credential })
      expect(browser.heading).to.equal('Sign in')
    })

  for (const member of ['response.transports', 'authenticatorAttachment', 'clientExtensionResults', 'rawId'])
    for (const value of nothing)
      it(`is the same where one is made: ${member} ${JSON.stringify(value) ?? 'absent'}`, async () => {
        const key = newAuthenticator(rekey.issuer)
        const owner = await rekey.person({ bare: true })
        const browser = await givePassword(rekey, owner)
        await browser.press('Passkey or security key')
        const create = key.create.bind(key)
        key.create = (options, differently) => changed(create(options, differently), member, value)
        await makePasskey(browser, key)
        expect((await rekey.account(owner)).factors).to.have.length(1)
      })
})
