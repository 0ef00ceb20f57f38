import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect } from 'chai'

describe('README and generated documents', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

  it('the README is read in one go: 150 lines at most', () => {
    expect(readme.trimEnd().split('\n').length).to.be.at.most(150)
  })

  it('names every environment variable that the program reads', () => {
    const config = readFileSync(new URL('../../standalone/settings.ts', import.meta.url), 'utf8')
    for (const [variable] of config.matchAll(/REKEY_[A-Z]+/g)) expect(readme).to.include(variable)
  })

  it('generated documents agree with the code', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['docs/generate.ts', '--check'], {
      encoding: 'utf8',
    })
    expect(status, stdout + stderr).to.equal(0)
  })
})
