import { setImmediate } from 'node:timers/promises'
import { expect } from 'chai'
import { createLifecycle } from '../../standalone/lifecycle.ts'

const timers = () => process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length

describe('What ends a program', () => {
  it('leaves no timer behind, for which a program that could not start would wait', async () => {
    // The test's own has begun by then.
    await setImmediate()
    const before = timers()
    const lifecycle = createLifecycle()
    lifecycle.add(async () => {})
    await lifecycle.stop()
    expect(timers()).to.equal(before)
  })
})
