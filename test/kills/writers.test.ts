import { globSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { deeds } from './deeds.ts'
import { elsewhereDeeds } from './elsewhere.ts'
import { writers } from './writers.ts'

const served = ['interactions', 'api', 'account', 'organization', 'recovery']
const write = /\b(?:change|create|write)\(\s*'[a-zA-Z]+'/

/** Files of pages and use-cases that change what is stored. */
const writing = served
  .flatMap((folder) => globSync(`${folder}/**/*.ts`))
  .filter((file) => write.test(readFileSync(file, 'utf8')))

// Seen failing with a file left out of `writers` (test/kills/writers.ts).
describe('What is killed before its writes', () => {
  it('is every file that writes, or the reason is named', () => {
    const known = Object.keys(writers)
    expect(writing.filter((file) => !known.includes(file))).to.deep.equal([])
  })

  it('is done by a deed there is', () => {
    const titles = Object.values(writers).filter((one): one is string => typeof one === 'string')
    expect(titles.filter((title) => !(title in deeds || title in elsewhereDeeds))).to.deep.equal([])
  })
})
