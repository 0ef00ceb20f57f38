import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { auditEvents } from '../../rules/audit/events.ts'
import type { Pages } from '../../views/pages.ts'
import { createViews } from '../../views/render.ts'
import { samples } from './samples.ts'

describe('The page of the log', () => {
  for (const locale of ['en', 'ja'])
    it(`has words for every event: ${locale}`, () => {
      const file = new URL(`../../views/locales/${locale}.json`, import.meta.url)
      const { audit_event: words } = JSON.parse(readFileSync(file, 'utf8'))
      const lacking = Object.keys(auditEvents).filter((event) => !(event.replace('.', '_') in words))
      expect(lacking).to.deep.equal([])
    })

  it('says what was written in words of ours in the words of the reader, and leaves what people wrote', () => {
    const locals = samples.find(({ page }) => page === 'audit')!.locals as Pages['audit']
    const raw = {
      method: 'pass',
      channel: 'sms',
      purpose: 'prove',
      number: '••• 67',
      kind: 'reactivation',
      left: '9',
      by: 'sign_out',
    }
    const detail = [...Object.entries(raw), ...reasons.map((reason) => ['reason', reason])].map(
      ([name, value]) => ({ name: name!, value: value! }),
    )
    const written = { name: 'reason', value: 'Called her, knew the voice.' }
    const entries = [{ ...locals.entries[0]!, detail: [...detail, written] }]
    const page = createViews({ brand: 'Rekey' }).page('audit', 'ja', { ...locals, entries })
    const [, cell = ''] = /<td data-label="詳細">(.*?)<\/td>/s.exec(page) ?? []
    const text = cell.replace(/<[^>]*>/g, '')
    expect(text).to.include(written.value)
    expect(text.replace(written.value, '').match(/[a-z_]{3,}/g) ?? []).to.deep.equal([])
  })
})

/** Why a code, a passkey or a prompt is refused (rules/totp.ts, phone.ts, backup-codes.ts, pass.ts, passkeys.ts, push.ts). */
const reasons = [
  'throttled',
  'wrong',
  'replayed',
  'expired',
  'used',
  'none',
  'unverified',
  'changed',
  'cloned',
  'gone',
  'failed',
  'unknown',
]
