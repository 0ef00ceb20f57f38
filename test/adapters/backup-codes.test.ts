import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { newBackupCodes, openCodes, sealCodes } from '../../adapters/secrets/backup-codes.ts'
import { createKeyRing } from '../../adapters/secrets/key-ring.ts'
import { backupCodeCount, readBackupCode } from '../../rules/backup-codes.ts'

const ring = createKeyRing([{ id: 'test', key: randomBytes(32).toString('base64url') }])

describe('New backup codes', () => {
  it('are ten, all different, in groups of four', () => {
    const codes = newBackupCodes()
    expect(codes).to.have.length(backupCodeCount)
    expect(new Set(codes.map(readBackupCode)).size).to.equal(backupCodeCount)
    for (const code of codes) expect(code).to.match(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
  })

  it('are others each time', () => {
    expect(newBackupCodes().filter((code) => newBackupCodes().includes(code))).to.deep.equal([])
  })

  it('are sealed for the sign-in that shows them, for one account and one set', () => {
    const codes = newBackupCodes()
    const sealed = sealCodes(ring, 'ada', 2, codes)
    expect(openCodes(ring, 'ada', { set: 2, sealed })).to.deep.equal(codes)
    expect(sealed).to.not.include(codes[0])
    expect(() => openCodes(ring, 'ada', { set: 1, sealed })).to.throw()
    expect(() => openCodes(ring, 'eve', { set: 2, sealed })).to.throw()
  })
})
