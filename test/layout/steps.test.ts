import { existsSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { signInSteps } from '../../interactions/sign-in/hub.ts'
import { kindsOfFactors } from '../../rules/kinds.ts'

const names = Object.keys(signInSteps)
const spelt = (name: string): string => name.replaceAll('_', '-')

describe('A step', () => {
  // Seen failing with `codes_left.ejs` under another name.
  it('is spelt the same in its file, its page and its forms', () => {
    const files = names.flatMap((name) => [
      `interactions/sign-in/steps/${spelt(name)}.ts`,
      `views/pages/${name}.ejs`,
    ])
    expect(files.filter((file) => !existsSync(file))).to.deep.equal([])
    expect(Object.values(signInSteps).map(({ step }) => step)).to.deep.equal(names)
  })

  it('of a factor has a story under its name', () => {
    const steps = Object.values(kindsOfFactors).flatMap(({ step, enrolStep }) => [step, enrolStep])
    const stories = [...new Set(steps)].map((step) => `test/stories/${spelt(step)}.test.ts`)
    expect(stories.filter((story) => !existsSync(story))).to.deep.equal([])
  })
})

describe('The table of kinds in docs/words.md', () => {
  // Seen failing with `tel` in place of `sms`.
  it('is what rules/kinds.ts says', () => {
    const rows = readFileSync('docs/words.md', 'utf8')
      .split('\n')
      .filter((line) => /^\| `(?:passkey|push|totp|sms|voice)` \|/.test(line))
      .map((line) => line.split('|').slice(1, -1))
      .map((cells) => cells.map((cell) => cell.replaceAll('`', '').trim()))
    const table = Object.entries(kindsOfFactors).map(([kind, one]) => [
      kind,
      one.method,
      // A passkey's says itself.
      one.amr ?? 'hwk or swk, user',
      one.step,
      one.enrolStep,
      one.provedBy.filter((way) => way !== kind).join(', '),
    ])
    expect(rows).to.deep.equal(table)
  })
})
