import { createHook } from 'node:async_hooks'
import { expect } from 'chai'
import { noteCosts } from '../../adapters/secrets/foreign-costs.ts'
import { type AppOptions, partsOf } from '../../standalone/app.ts'
import { lmdb, type Opened } from '../support/stores.ts'

const scrypt = '$scrypt$ln=4,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA==$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g='

describe('Guessing who is here, where passwords were imported', () => {
  let opened: Opened
  before(async () => {
    opened = await lmdb.open()
  })
  after(() => opened.dispose())

  /** How often scrypt is begun for an address that nobody has. */
  const scrypted = async (): Promise<number> => {
    const { passwords } = partsOf({ store: opened.store, clock: Date.now } as AppOptions)
    let begun = 0
    const hook = createHook({
      init: (_id, type) => {
        if (type === 'SCRYPTREQUEST') begun += 1
      },
    }).enable()
    await passwords!.verify(undefined, 'any')
    hook.disable()
    return begun
  }

  // Seen failing with `createPasswords()` alone in `partsOf` (standalone/app.ts).
  it('takes the work of what was imported for everybody, in the program as in the plugin', async () => {
    expect(await scrypted()).to.equal(0)
    expect(await noteCosts(opened.store, [scrypt])).to.equal(true)
    expect(await scrypted()).to.be.greaterThan(0)
  })
})
