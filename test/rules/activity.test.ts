import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { activityOf, activityWords, type Logged } from '../../rules/activity.ts'
import { minute, noon, times } from './examples.ts'

describe('Recent activity', () => {
  const at = (minutes: number) => noon - minutes * minute
  const entry = (event: string, minutes: number, detail: Logged['detail'] = {}): Logged => ({
    event,
    at: at(minutes),
    detail,
  })

  it('has words for what people know, and leaves the rest out', () => {
    const lines = activityOf(
      [entry('factor.added', 0, { factor: 'totp' }), entry('action.enrol', 1), entry('constructor', 2)],
      20,
    )
    expect(lines).to.deep.equal([{ what: 'factor_added', at: at(0), times: 1, factor: 'totp' }])
  })

  it('folds guesses into one line, so that they push nothing out of sight', () => {
    const guesses = times(50, (i) =>
      entry('sign_in.password_wrong', i, { address: '198.51.100.7', client: 'app' }),
    )
    const lines = activityOf([...guesses, entry('factor.removed', 60, { factor: 'totp' })], 2)
    expect(lines.map(({ what, times, at: when }) => [what, times, when])).to.deep.equal([
      ['wrong_password', 50, at(0)],
      ['factor_removed', 1, at(60)],
    ])
  })

  it('counts what the log has counted', () => {
    const lines = activityOf(
      [{ ...entry('sign_in.password_wrong', 0), times: 40 }, entry('sign_in.password_wrong', 1)],
      4,
    )
    expect(lines.map(({ times }) => times)).to.deep.equal([41])
  })

  it('keeps three quarters of its lines for what was done, wherever guesses come from', () => {
    const guesses = times(50, (i) => entry('sign_in.password_wrong', i, { address: `198.51.100.${i}` }))
    const done = times(20, (i) => entry('sign_in.succeeded', 60 + i, { address: `192.0.2.${i}` }))
    const lines = activityOf([...guesses, ...done], 20)
    expect(lines.filter(({ what }) => what === 'signed_in')).to.have.length(15)
  })

  it('tells apart what came from elsewhere', () => {
    const from = (address: string, minutes: number) => entry('sign_in.succeeded', minutes, { address })
    expect(activityOf([from('192.0.2.1', 0), from('192.0.2.2', 1)], 20)).to.have.length(2)
  })

  it('stops at the line that is asked for', () => {
    const many = times(30, (i) => entry('sign_in.succeeded', i, { address: String(i) }))
    expect(activityOf(many, 20)).to.have.length(20)
  })

  it('shows nothing of a detail but the app, the kind of factor and the place', () => {
    const detail = { factor: 'totp', set: 3, reason: 'secret', address: '192.0.2.1', browser: 'Firefox' }
    const [line] = activityOf([entry('factor.added', 0, detail)], 1)
    expect(line).to.have.all.keys('what', 'at', 'times', 'factor', 'origin')
    expect(line!.origin).to.deep.equal({ address: '192.0.2.1', browser: 'Firefox', system: '' })
  })

  it('tells how a password was replaced, and what else got someone in or kept them out', () => {
    const events = ['password.forgotten', 'password.reset', 'prompt.refused', 'pass.used']
    const lines = activityOf(
      events.map((event, i) => entry(event, i)),
      20,
    )
    expect(lines.map(({ what }) => what)).to.deep.equal([
      'password_forgotten',
      'password_replaced',
      'prompt_refused',
      'pass_used',
    ])
  })

  it('has each of its words in both languages, and no others', () => {
    for (const language of ['en', 'ja']) {
      const file = new URL(`../../views/locales/${language}.json`, import.meta.url)
      const { activity } = JSON.parse(readFileSync(file, 'utf8'))
      expect(activity).to.have.all.keys(activityWords)
    }
  })
})
