import { globSync } from 'node:fs'
import { expect } from 'chai'
import { valueClosure } from './value-imports.ts'

describe('Whoever reads one step of the sign-in', () => {
  // Seen failing with `visitOf` called in `refuseCode` (interactions/sign-in/step.ts): both.
  it('of a code from an authenticator app needs no more than 21 files', () => {
    expect(valueClosure('interactions/sign-in/steps/totp.ts')).to.have.length.of.at.most(21)
  })

  it('meets neither the hub nor another step', () => {
    const led = globSync('interactions/sign-in/steps/*.ts').flatMap((step) =>
      valueClosure(step)
        .filter((file) => file !== step)
        .filter((file) => /sign-in\/(steps\/|hub|routes|visit)/.test(file))
        .map((file) => `${step} → ${file}`),
    )
    expect(led).to.deep.equal([])
  })
})
