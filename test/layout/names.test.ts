import { globSync, readFileSync } from 'node:fs'
import { expect } from 'chai'

const product =
  '{*.ts,{account,adapters,api,effects,interactions,organization,provider,recovery,rules,standalone,views}/**/*.ts}'
const exported = /^export (?:abstract |async )?(?:function\*?|const|let|class|interface|type|enum) (\w+)/gm

describe('A name', () => {
  // Seen failing with `Phone` exported by interactions/authenticator/phone.ts as well as by views/pages.ts.
  it('is exported by one file alone, so that it means one thing', () => {
    const files = new Map<string, string[]>()
    for (const file of globSync(product))
      for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(exported))
        files.set(name, [...(files.get(name) ?? []), file])
    expect(files.size).to.be.above(500)
    expect([...files].filter(([, where]) => new Set(where).size > 1)).to.deep.equal([])
  })
})
