import { expect } from 'chai'
import { verifyLog } from '../../effects/open-audit.ts'
import { type Rekey, startRekey } from './rekey.ts'
import { describeStory, type Opened } from './stores.ts'
import { moveProcessTime, type ProcessClock } from './time.ts'

/** Rekey on a store of its own, and what is in that store. */
export interface Scene extends Rekey {
  /** Everything that is stored, as text. */
  dump: Opened['dump']
}

type Options = Omit<NonNullable<Parameters<typeof startRekey>[1]>, 'clock'>

/**
 * Tests that share one Rekey, in a time that can be moved. It is there once the tests run; whatever
 * they do, it is no fault for the log, and the audit log stays whole.
 */
export function story(title: string, tell: (rekey: Scene) => void, options: Options = {}): void {
  describeStory(title, (engine) => {
    const scene = {} as Scene
    let opened: Opened
    let clock: ProcessClock

    before(async () => {
      clock = moveProcessTime()
      opened = await engine.open(() => Date.now())
      const { dump } = opened
      Object.assign(scene, await startRekey(opened.store, { ...options, clock }), { dump })
    })
    after(async () => {
      // What is still on its way to an app or a mailbox arrives before both are gone.
      await scene.work()
      const { fault } = await verifyLog(scene.app.services)
      await scene.stop()
      await opened.dispose()
      clock.restore()
      expect(fault).to.equal(undefined)
      expect(scene.logged.filter(isFault)).to.deep.equal([])
    })

    tell(scene)
  })
}

const isFault = (line: string): boolean => JSON.parse(line).level >= 40
