import { expect } from 'chai'
import type { Store } from '../../adapters/store/store.ts'
import { account, artifact, hour, times, unique, winners } from './subject.ts'

/** Several processes on one database. */
export interface Processes {
  /** The store of one of them; any number names one. */
  one(index: number): Store
  now(): number
  advance(milliseconds: number): void
  /** Another program removes the setting with this id, and writes it anew with the value `new`. */
  replace(id: string): void
}

/** What holds whoever is first: all that the processes share is the database. */
export function processesConformance({ one, now, advance, replace }: Processes): void {
  it("count one document up without losing each other's steps", async () => {
    const count = (store: Store) =>
      store.settings.update('counter', (current) => {
        const value = Number(current?.value ?? 0) + 1
        return [{ id: 'counter', value: `${value}` }, value]
      })
    const outcomes = await Promise.all(times(90, (i) => count(one(i))))
    expect(outcomes.sort((a, b) => a - b)).to.deep.equal(times(90, (i) => i + 1))
  })

  it('redeem a code once', async () => {
    const code = artifact()
    await one(0).artifacts.insert(code)
    const redeem = (store: Store) =>
      store.artifacts.update(code.id, (current) =>
        current!.consumed ? [current, 'refused'] : [{ ...current!, consumed: 1 }, 'redeemed'],
      )
    const outcomes = await Promise.all(times(30, (i) => redeem(one(i))))
    expect(outcomes.filter((outcome) => outcome === 'redeemed')).to.have.length(1)
  })

  it('take a document away once', async () => {
    const link = artifact()
    await one(0).artifacts.insert(link)
    const taking = times(30, (i) =>
      one(i).artifacts.update(link.id, (current) => [undefined, current !== undefined]),
    )
    expect((await Promise.all(taking)).filter((taken) => taken)).to.have.length(1)
  })

  it('give an expired id and an expired unique value to one of them', async () => {
    const gone = account({ expiresAt: now() + hour } as never)
    const setting = { id: unique('setting'), value: 'old', expiresAt: now() + hour }
    await Promise.all([one(0).accounts.insert(gone), one(0).settings.insert(setting)])
    advance(hour)
    const { email } = gone
    const emails = times(30, (i) => one(i).accounts.insert(account({ email })))
    const ids = times(30, (i) => one(i).settings.insert({ id: setting.id, value: `${i}` }))
    expect(await Promise.all([winners(emails), winners(ids)])).to.deep.equal([1, 1])
  })

  it('do not mistake a document for the one that was there before it', async () => {
    const id = unique('setting')
    await one(0).settings.insert({ id, value: 'old' })
    const seen: (string | undefined)[] = []
    await one(0).settings.update(id, (current) => {
      seen.push(current?.value)
      if (seen.length === 1) replace(id)
      return [{ id, value: `${current?.value} and changed` }, undefined]
    })
    expect(seen).to.deep.equal(['old', 'new'])
    expect((await one(0).settings.get(id))?.value).to.equal('new and changed')
  })
}
