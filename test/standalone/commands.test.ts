import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Folder, folder, freshKey, rekeyCommand, rekeyProcess } from './kit.ts'

const ada = {
  id: 'ada',
  name: 'Ada',
  email: 'ada@acme.example',
  password: 'an engine of differences',
  memberships: [{ organization: 'acme', role: 'super_admin' }],
}
const people = { organizations: [{ id: 'acme', name: 'Acme' }], people: [ada] }

describe('rekey, the command line', () => {
  let place: Folder

  before(async () => {
    place = await folder()
    const file = await place.file('people.json', JSON.stringify(people))
    expect((await on('import', file)).code).to.equal(0)
  })
  after(() => place.remove())

  const on = (...words: string[]) => rekeyCommand([...words, '--data', place.data])

  it('says its release, and how each command is used', async () => {
    expect((await rekeyProcess(['--version'])).out).to.match(/^\d+\.\d+\.\d+\n$/)
    const help = await rekeyCommand(['people', 'deactivate', '--help'])
    expect(help.code).to.equal(0)
    for (const words of ['--reason', '--json', '--config', '--data', 'an e-mail address or an id'])
      expect(help.out).to.include(words)
  })

  it('takes no word for another that begins alike, and ends with 2 when called wrongly', async () => {
    for (const words of [
      ['org', 'lis'],
      ['or', 'list'],
      ['people', 'remove', 'ada'],
      ['keys', 'rotate', 'now'],
      [],
    ]) {
      const { code, out, err } = await rekeyCommand(words)
      expect([code, out], words.join(' ')).to.deep.equal([2, ''])
      expect(err).to.not.match(/^ +at /m)
    }
    expect((await rekeyProcess(['or', 'list'])).code).to.equal(2)
  })

  it('refuses a folder in which there is no store, and makes none', async () => {
    const empty = join(place.path, 'elsewhere')
    for (const words of [
      ['org', 'list'],
      ['audit', 'verify'],
      ['outbox'],
      ['people', 'show', 'ada'],
      ['doctor'],
    ]) {
      const { code, err } = await rekeyCommand([...words, '--data', empty])
      expect([code, err], words.join(' ')).to.satisfy(
        ([ended, said]: [number, string]) => ended === 1 && said.includes(`no store in ${empty}`),
      )
    }
    expect((await rekeyProcess(['org', 'list', '--data', empty])).code).to.equal(1)
    expect(await stat(empty).catch(({ code }) => code)).to.equal('ENOENT')
  })

  it('makes a token for a directory, told once, says since when there is one, and revokes it', async () => {
    const token = async (...words: string[]) =>
      JSON.parse((await on('org', 'scim-token', 'acme', ...words, '--json')).out)
    expect(await token()).to.deep.equal({ organization: 'acme', there: false })
    expect((await token('--make')).token).to.match(/^rkscim_/)
    expect(await token())
      .to.include({ there: true, by: 'operator' })
      .and.not.have.property('token')
    expect(await token('--revoke')).to.deep.equal({ organization: 'acme', there: false })
    expect((await on('org', 'scim-token', 'nowhere')).code).to.equal(1)
  })

  it('answers in JSON, lists as arrays', async () => {
    const listed = JSON.parse((await on('people', 'list', '--json')).out)
    expect(listed.map(({ id, email }: typeof ada) => ({ id, email }))).to.deep.equal([
      { id: 'ada', email: ada.email },
    ])
    expect(JSON.parse((await on('case', 'list', '--json')).out)).to.deep.equal([])
    expect(JSON.parse((await on('org', 'show', 'acme', '--json')).out)).to.include({
      members: 1,
      superAdmins: 1,
    })
    const refused = await on('people', 'show', 'nobody', '--json')
    expect([refused.code, refused.out]).to.deep.equal([1, ''])
    expect(JSON.parse(refused.err).error).to.include('nobody')
  })

  it('shows a person by address or id, without a secret', async () => {
    for (const named of ['ada', 'ADA@acme.example']) {
      const { out } = await on('people', 'show', named)
      expect(out).to.include('acme (super_admin)').and.not.include('argon2')
    }
  })

  it('deactivates, reactivates and removes people, and promises what follows in the same write', async () => {
    const config = await place.file(
      'keys.json',
      JSON.stringify({ issuer: 'http://localhost:3000', keys: [{ id: 'a', key: freshKey() }] }),
    )
    for (const [verb, status] of [
      ['deactivate', 'deactivated'],
      ['reactivate', 'active'],
      ['remove', 'removed'],
      ['reactivate', 'active'],
    ] as const) {
      const { code, err } = await on('people', verb, 'ada', '--reason', 'a test', '--config', config)
      expect([code, err], verb).to.deep.equal([0, ''])
      const stored = await place.store(({ people }) => people.get('ada'))
      expect(stored!.status).to.equal(status)
      expect(stored!.effects.some((one) => one.kind === 'audit' && one.actor === 'operator')).to.equal(true)
    }
    expect((await on('people', 'reactivate', 'ada', '--reason', 'again')).code).to.equal(1)
  })

  it('makes support agents, and leaves what is so already', async () => {
    for (const [change, expected] of [
      ['on', true],
      ['on', true],
      ['off', undefined],
    ] as const) {
      expect((await on('people', 'support-agent', 'ada', change)).code).to.equal(0)
      expect((await place.store(({ protections }) => protections.get('ada')))!.supportAgent).to.equal(
        expected,
      )
    }
    const { effects } = (await place.store(({ protections }) => protections.get('ada')))!
    expect(
      effects.filter((one) => one.kind === 'audit' && one.event.startsWith('support_agent.')),
    ).to.have.length(2)
  })

  it('makes organizations, each id once', async () => {
    expect((await on('org', 'create', 'beta', 'Beta')).code).to.equal(0)
    expect((await on('org', 'create', 'beta', 'Other')).err).to.include('already')
    expect((await on('org', 'create', 'no spaces', 'Other')).code).to.equal(1)
    expect((await on('org', 'list')).out).to.include('beta  Beta')
  })

  it('says by doctor whom nobody could help', async () => {
    const config = await place.file(
      'doctor.json',
      JSON.stringify({ issuer: 'http://localhost:3000', keys: [{ id: 'a', key: freshKey() }] }),
    )
    const { code, out } = await on('doctor', '--config', config)
    expect(code).to.equal(1)
    expect(out).to.include('nobody could decide a reset for ada@acme.example').and.include('support-agent')
  })

  it('is quiet when whoever reads has seen enough', async () => {
    const many = Array.from({ length: 3000 }, (_, index) => ({ id: `org-${index}`, name: 'x'.repeat(100) }))
    await on('import', await place.file('many.json', JSON.stringify({ organizations: many })))
    const child = spawn('/bin/bash', [
      '-c',
      `set -o pipefail; "${process.execPath}" standalone/start.mjs org list --data "${place.data}" | head -1`,
    ])
    let err = ''
    child.stderr.on('data', (text) => {
      err += text
    })
    const [code] = await once(child, 'close')
    expect([code, err]).to.deep.equal([0, ''])
  })

  it('completes groups, verbs and options in bash', async () => {
    const { out } = await rekeyCommand(['completion', 'bash'])
    const complete = (line: string) => {
      const words = line.split(' ')
      const script = `${out}\nCOMP_WORDS=(${words.map((word) => `"${word}"`).join(' ')}); COMP_CWORD=${words.length - 1}; _rekey; echo "\${COMPREPLY[@]}"`
      return once(spawn('/bin/bash', ['-c', script]).stdout.setEncoding('utf8'), 'data').then(([text]) =>
        text.trim().split(' '),
      )
    }
    expect(await complete('rekey peo')).to.deep.equal(['people'])
    expect(await complete('rekey outbox ret')).to.deep.equal(['retry'])
    expect(await complete('rekey people deactivate --rea')).to.deep.equal(['--reason'])
    expect(await complete('rekey --config rekey.json -d data keys ro')).to.deep.equal(['rotate'])
    expect(await complete('rekey --config keys')).to.deep.equal([''])
  })

  it('takes other people’s words apart from what steers a terminal', async () => {
    await on('org', 'create', 'odd', 'red \u001b[31m \u202eflipped')
    const { out } = await on('org', 'list')
    for (const steering of ['\u001b', '\u202e']) expect(out).to.not.include(steering)
  })
})

describe('rekey init', () => {
  it('writes settings with fresh keys and a first super admin, and overwrites nothing', async () => {
    const place = await folder()
    const out = join(place.path, 'rekey.json')
    const words = ['init', '--out', out, '--data', place.data, '--issuer', 'https://id.example.com']
    const rest = ['--brand', 'Example', '--mail', 'smtps://u:p@mail.example.com', '--from', 'id@example.com']
    const admin = [
      '--organization',
      'Example Ltd.',
      '--admin-name',
      'Ada',
      '--admin-email',
      'ada@example.com',
    ]
    const unasked = await rekeyProcess(words)
    expect([unasked.code, unasked.err]).to.satisfy(
      ([code, err]: [number, string]) => code === 1 && err.includes('--admin-email'),
    )
    const made = await rekeyCommand([...words, ...rest, ...admin])
    expect([made.code, made.err]).to.deep.equal([0, ''])
    expect(made.out).to.include('Forgot your password?')
    expect((await stat(out)).mode & 0o777).to.equal(0o600)
    const listed = await rekeyCommand(['org', 'members', 'example-ltd', '--config', out, '--json'])
    expect(JSON.parse(listed.out)[0]).to.include({ email: 'ada@example.com', role: 'super_admin' })
    expect((await rekeyCommand(['check', '--offline', '--config', out])).code).to.equal(0)
    expect((await rekeyCommand([...words, ...rest, ...admin])).err).to.include('there already')
    // Fresh keys open nothing that is there. Seen failing without `refuseOthersStore` (standalone/commands/init.ts).
    const anew = ['init', '--out', join(place.path, 'anew.json'), ...words.slice(3)]
    expect((await rekeyCommand([...anew, ...rest, ...admin])).err).to.include('has keys already')
    await rm(out)
    expect((await rekeyCommand([...words, ...rest, ...admin])).err).to.include('has keys already')
    await place.remove()
  })

  it('is refused by a Node that is too old, with the release that it takes', () => {
    for (const [release, code] of [
      ['20.19.0', 1],
      ['22.17.1', 1],
      ['22.18.0', 0],
    ] as const) {
      const versions = `{ ...process.versions, node: '${release}' }`
      const older = `data:text/javascript,Object.defineProperty(process, 'versions', { value: ${versions} })`
      const words = ['--import', older, 'standalone/start.mjs', '--version']
      const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' })
      expect([
        status,
        stderr.includes(`needs Node 22.18 or later, 24 at best; this is ${release}`),
      ]).to.deep.equal([code, code === 1])
    }
  })
})
