import { expect } from 'chai'
import { type Rekey, startRekey } from './rekey.ts'
import { describeEachEngine, type Opened } from './stores.ts'

/** Rekey on a store of its own, and what is in that store. */
export interface Scene extends Rekey {
  /** Everything that is stored, as text. */
  dump: Opened['dump']
}

/**
 * Tests that share one Rekey, on every engine. It is there once the tests run; whatever they do, nothing of it may end
 * up in the log as a fault.
 */
export function story(
  title: string,
  tell: (rekey: Scene) => void,
  options: Omit<NonNullable<Parameters<typeof startRekey>[1]>, 'clock'> = {},
): void {
  describeEachEngine(title, (engine) => {
    const scene = {} as Scene
    let opened: Opened

    before(async () => {
      const clock = { offset: 0 }
      opened = await engine.open(() => Date.now() + clock.offset)
      const { dump } = opened
      Object.assign(scene, await startRekey(opened.store, { ...options, clock }), { dump })
    })
    after(async () => {
      // What is still on its way to an app or a mailbox arrives before both are gone.
      await scene.work()
      await scene.stop()
      await opened.dispose()
      expect(scene.logged).to.deep.equal([])
    })

    tell(scene)
  })
}
