import { expect } from 'chai'
import { isOfOtherKind } from '../../provider/token-ids.ts'

const random = '0eGYsXwKgLBHmUDfWdFvmx2Wh9r4TnvZr-_5yQkSaBc'

describe('The id of a token', () => {
  it('tells what it is no token of, where it is one that says so', () => {
    const models = ['AccessToken', 'AuthorizationCode', 'ClientCredentials', 'RefreshToken']
    for (const letter of ['a', 'c', 'm', 'r']) {
      const others = models.filter((model) => isOfOtherKind(model, `mb2k9x0q${letter}.${random}`))
      expect(others.length, letter).to.equal(3)
    }
    expect(isOfOtherKind('RefreshToken', `mb2k9x0qr.${random}`)).to.equal(false)
  })

  it('says nothing where it is of the library alone, of an earlier release, a host’s own, or of another model', () => {
    for (const id of [random, `mb2k9x0q${random}`, 'short', '', 'a.', '.........'])
      for (const model of ['AccessToken', 'RefreshToken'])
        expect(isOfOtherKind(model, id), id).to.equal(false)
    for (const model of ['ReplayDetection', 'PushedAuthorizationRequest', 'InitialAccessToken'])
      expect(isOfOtherKind(model, `mb2k9x0qa.${random}`), model).to.equal(false)
  })
})
