import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import fc from 'fast-check'
import type { Protection } from '../../rules/account.ts'
import {
  acceptPush,
  answerPrompt,
  countPrompt,
  failPush,
  type Prompt,
  promptFrom,
  promptLimits,
  slowPrompts,
  spendPrompt,
} from '../../rules/push.ts'
import { throttleLimits } from '../../rules/throttle.ts'
import { account, day, factor, hour, minute, noon, times } from './examples.ts'

const prompt: Prompt = {
  id: 'prompt',
  account: 'ada',
  attempt: 'attempt',
  number: 'hash of the number',
  state: 'open',
  failures: 0,
  origin: { address: '192.0.2.1', browser: 'Firefox', system: 'Windows' },
  app: 'App',
  createdAt: noon,
  expiresAt: noon + promptLimits.lifetime,
}
const device = { account: 'ada', factor: 'push-factor' }
const right = { decision: 'approve', number: prompt.number } as const
const wrong = { decision: 'approve', number: 'hash of another' } as const
const notMe = { decision: 'not_me' } as const
const ada = account({ factors: [factor('push')] })

describe('A prompt', () => {
  it('is approved by its number, once', () => {
    const [approved, outcome] = answerPrompt(prompt, device, right, noon)
    expect(outcome).to.deep.equal({ ok: true, state: 'approved' })
    expect(approved).to.include({ state: 'approved', factor: 'push-factor' })
    for (const answer of [right, wrong, notMe])
      expect(answerPrompt(approved, device, answer, noon)).to.deep.equal([
        approved,
        { ok: false, reason: 'gone' },
      ])
  })

  it('says the same of one that is over, a stranger’s and one that never was', () => {
    const gone = { ok: false, reason: 'gone' }
    expect(answerPrompt(prompt, device, right, prompt.expiresAt)[1]).to.deep.equal(gone)
    expect(answerPrompt(prompt, { ...device, account: 'bob' }, right, noon)[1]).to.deep.equal(gone)
    expect(answerPrompt(undefined, device, right, noon)).to.deep.equal([undefined, gone])
  })

  it('ends with the fifth wrong number, whatever comes then', () => {
    let current: Prompt | undefined = prompt
    for (const left of [4, 3, 2, 1]) {
      const [next, outcome] = answerPrompt(current, device, wrong, noon)
      expect(outcome).to.deep.equal({ ok: false, reason: 'wrong', left })
      current = next
    }
    const [failed, outcome] = answerPrompt(current, device, wrong, noon)
    expect(outcome).to.deep.equal({ ok: false, reason: 'failed' })
    expect(answerPrompt(failed, device, right, noon)[1]).to.deep.equal({ ok: false, reason: 'gone' })
  })

  it('is refused by "It wasn’t me", which may be said again by the same device', () => {
    const [refused, outcome] = answerPrompt(prompt, device, notMe, noon)
    expect(outcome).to.deep.equal({ ok: true, state: 'refused' })
    expect(answerPrompt(refused, device, notMe, noon)).to.deep.equal([refused, outcome])
    expect(answerPrompt(refused, device, right, noon)[1]).to.deep.equal({ ok: false, reason: 'gone' })
  })

  it('is used by the sign-in that asked, once', () => {
    const approved = { ...prompt, state: 'approved' as const, factor: 'push-factor' }
    const own = { id: 'attempt', account: 'ada' }
    const [spent, used] = spendPrompt(approved, own, noon)
    expect([spent?.state, used]).to.deep.equal(['spent', 'push-factor'])
    expect(spendPrompt(spent, own, noon)[1]).to.equal(undefined)
    for (const other of [{ ...own, id: 'other' }, { ...own, account: 'bob' }, { id: 'attempt' }])
      expect(spendPrompt(approved, other, noon)).to.deep.equal([approved, undefined])
    expect(spendPrompt(approved, own, prompt.expiresAt)[1]).to.equal(undefined)
    expect(spendPrompt(prompt, own, noon)[1]).to.equal(undefined)
  })
})

describe('The yes of a device', () => {
  it('counts while the account has the device, and settles what was counted', () => {
    const throttles = { push: { failures: 3, lastAt: noon }, prompts: { failures: 2, lastAt: noon } }
    const after = acceptPush({ ...ada, throttles }, 'push-factor', noon)
    expect(after?.throttles).to.deep.equal({})
    expect(after?.factors[0]?.lastUsedAt).to.equal(noon)
    expect(acceptPush(account(), 'push-factor', noon)).to.equal(undefined)
    const off = account({ factors: [{ ...factor('push'), disabledAt: noon }] })
    expect(acceptPush(off, 'push-factor', noon)).to.equal(undefined)
  })

  it('is worth nothing after a hundred wrong numbers in a row', () => {
    const tried = times(throttleLimits.disableAfter, () => noon).reduce(failPush, ada)
    expect(tried.factors[0]?.disabledAt).to.equal(noon)
    expect(acceptPush(tried, 'push-factor', noon)).to.equal(undefined)
  })
})

describe('Prompts', () => {
  it('are free three times, then wait ever longer', () => {
    let current: Protection = ada
    const waits = times(8, () => {
      const at = Math.max(noon, promptFrom(current.throttles.prompts, noon))
      current = countPrompt(current, randomUUID(), at)!
      return promptFrom(current.throttles.prompts, at) - at
    })
    expect(waits.map((wait) => Math.max(0, wait))).to.deep.equal([
      0,
      0,
      minute,
      4 * minute,
      16 * minute,
      64 * minute,
      256 * minute,
      1024 * minute,
    ])
  })

  it('never come more than ten times in a day without a yes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 * hour }), { maxLength: 400 }), (pauses) => {
        let [current, now]: [Protection, number] = [ada, noon]
        const sent: number[] = []
        for (const pause of pauses) {
          now += pause
          const next = countPrompt(current, randomUUID(), now)
          if (next === undefined) continue
          sent.push(now)
          current = next
        }
        for (const from of sent)
          expect(sent.filter((at) => at >= from && at < from + day).length).to.be.at.most(10)
      }),
    )
  })

  it('wait a quarter of an hour after "It wasn’t me", however often it is said', () => {
    const once = slowPrompts(ada, noon)
    expect(promptFrom(once.throttles.prompts, noon)).to.equal(noon + 16 * minute)
    expect(slowPrompts(once, noon)).to.deep.equal(once)
    expect(countPrompt(once, 'next', noon + 15 * minute)).to.equal(undefined)
  })

  it('are held off by no clock that was set back', () => {
    expect(promptFrom({ failures: 9, lastAt: noon }, noon - day)).to.equal(0)
  })
})
