import { expect } from 'chai'
import { exportedNames, namesExportedTwice } from './names.ts'

describe('A name', () => {
  // Seen failing with `Phone` exported by interactions/authenticator/phone.ts as well as by views/pages.ts.
  it('is exported by one file alone, so that it means one thing', () => {
    expect(exportedNames().size).to.be.above(500)
    expect(namesExportedTwice()).to.deep.equal([])
  })
})
