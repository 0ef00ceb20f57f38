import { expect } from 'chai'
import type { Browser } from '../support/browser.ts'
import { copyOf, type Deed, type End, KillSite, type Outside, type Ready } from '../support/kill-site.ts'
import type { Rekey } from '../support/rekey.ts'
import type { Engine, Opened } from '../support/stores.ts'
import { moveProcessTime, type ProcessClock } from '../support/time.ts'

/** Each deed, with the process killed before each of its writes; on a server some deeds before some, unless STORIES=all. */
export const killsOn = (
  engine: Engine,
  deeds: { [title: string]: Deed },
  outside?: (issuer: string) => Promise<Outside>,
): void => {
  const where = outside === undefined ? '' : ', with others outside'
  describe(`A process that is killed before a write of whoever (${engine.name}${where})`, () => {
    let clock: ProcessClock
    let opened: Opened
    let site: KillSite

    before(async () => {
      clock = moveProcessTime()
      opened = await engine.open(() => Date.now())
      site = await KillSite.open(opened, clock, outside)
    })
    afterEach(() => site.rekey.stop().catch(() => {}))
    after(async () => {
      await site.close()
      await opened.dispose()
      clock.restore()
    })

    // All of them on the embedded store: elsewhere one deed of four before one write of two, each beginning with another.
    const sampled = engine.name !== 'lmdb' && process.env['STORIES'] !== 'all'
    const step = sampled ? 2 : 1
    const chosen = Object.entries(deeds).filter((_, at) => !sampled || at % 4 === 0)
    for (const [index, [title, deed]] of chosen.entries())
      it(`${title} leaves the same end as without the kill, or nothing`, async function () {
        this.timeout(900_000)
        const ready = await site.prepare(deed)
        await site.begin()
        const rekeyBefore = await site.goOn()
        const untouched = await site.end()
        await rekeyBefore.stop()
        expect(await site.run(ready, 0)).to.equal(false)
        const after = await site.goOn()
        const wanted = await site.end()
        await after.stop()
        let dieAt = 1 + (index % step)
        for (; await site.run(ready, dieAt); dieAt += step) {
          const rekey = await site.goOn()
          let end = await site.end()
          const goesOn = ready.browser?.shown.url.includes('/interaction/')
          if (goesOn || JSON.stringify(end) === JSON.stringify(untouched)) {
            await again(ready, rekey)
            end = await site.end()
          }
          await rekey.stop()
          const left = JSON.stringify(differing(end, wanted), undefined, 1)
          if (left !== '{}') expect.fail(`killed before write ${dieAt}: ${left}`)
        }
        if (step === 1) expect(dieAt, 'nothing was written').to.be.greaterThan(1)
      })
  })
}

/** Whoever got no answer does it again; in a sign-in only where the same is asked again. */
async function again({ browser, press, until }: Ready, rekey: Rekey): Promise<void> {
  const copy = await copyOf(browser)
  if (browser?.shown.url.includes('/interaction/')) {
    await copy.open(browser.shown.url, { stopAt: until?.(rekey) ?? rekey.rp.origin })
    if (asked(copy) !== asked(browser)) return
  }
  await press(rekey, copy)
}

/** What a page asks for. */
const asked = ({ shown }: Browser): string =>
  shown.document
    .querySelectorAll('button')
    .map(({ text }) => text.trim())
    .join('|')

/** What only one of two ends has. */
function differing(end: End, wanted: End): object {
  const entries = Object.keys(wanted).map((name) => {
    const [is, was] = [end[name]!, wanted[name]!]
    return [
      name,
      { lost: was.filter((one) => !is.includes(one)), more: is.filter((one) => !was.includes(one)) },
    ] as const
  })
  return Object.fromEntries(entries.filter(([, { lost, more }]) => lost.length + more.length > 0))
}
