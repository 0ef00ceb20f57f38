import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'chai'

/**
 * What people go through at a sign-in, once more on a host that has everything already: Express, the provider below a
 * path, an adapter that knows nothing of Rekey (support/embedding.ts). `REKEY_EMBEDDED=1 npm test -- file` runs any other.
 */
const stories = [
  'journey',
  'totp',
  'enrol-totp',
  'password',
  'approve',
  'backup-code',
  'consent',
  'disavow',
  'logout',
  'recovered',
  'recovered-tokens',
  'step-up',
  'trusted-device',
  'sign-out',
  'passkey',
  'push',
  'check-up',
]

describe('The stories on a host with a provider of its own', function () {
  this.timeout(900_000)

  it('go as they go on the program', async () => {
    const files = stories.map((name) => `test/stories/${name}.test.ts`)
    const { MONGODB_URI: _mongo, POSTGRES_URI: _postgres, ...env } = process.env
    const child = spawn(process.execPath, ['test/run.ts', ...files], {
      env: { ...env, REKEY_EMBEDDED: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        said += text
      })
    }
    const [code] = await once(child, 'close')
    expect(code, said.slice(-4000)).to.equal(0)
  })
})
