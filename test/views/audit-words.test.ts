import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { auditEvents } from '../../rules/audit/events.ts'

describe('The page of the log', () => {
  for (const locale of ['en', 'ja'])
    it(`has words for every event: ${locale}`, () => {
      const file = new URL(`../../views/locales/${locale}.json`, import.meta.url)
      const { audit_event: words } = JSON.parse(readFileSync(file, 'utf8'))
      const lacking = Object.keys(auditEvents).filter((event) => !(event.replace('.', '_') in words))
      expect(lacking).to.deep.equal([])
    })
})
