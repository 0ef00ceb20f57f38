import { expect } from 'chai'
import { verifyLog } from '../../effects/open-audit.ts'
import { type Rekey, startRekey } from './rekey.ts'
import { describeAttack, type Opened } from './stores.ts'
import { moveProcessTime, type ProcessClock } from './time.ts'

/**
 * Attacks on one Rekey, in a time that can be moved by days; on MongoDB too where they turn on what an engine does.
 * Whatever they do, it is no fault for the log, and the audit log stays whole.
 */
export function attack(
  title: string,
  tell: (rekey: Rekey) => void,
  options: Omit<NonNullable<Parameters<typeof startRekey>[1]>, 'clock'> = {},
): void {
  describeAttack(title, (engine) => {
    const rekey = {} as Rekey
    let opened: Opened
    let clock: ProcessClock

    before(async () => {
      clock = moveProcessTime()
      opened = await engine.open(() => Date.now())
      Object.assign(rekey, await startRekey(opened.store, { ...options, clock }))
    })
    after(async () => {
      await rekey.work()
      const { fault } = await verifyLog(rekey.app.services)
      await rekey.stop()
      await opened.dispose()
      clock.restore()
      expect(fault).to.equal(undefined)
      expect(rekey.logged).to.deep.equal([])
    })

    tell(rekey)
  })
}
