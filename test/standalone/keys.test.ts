import { expect } from 'chai'
import { folder, freshKey, rekeyCommand, soundSettings } from './kit.ts'

const otpauth = 'otpauth://totp/Acme?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'

describe('rekey keys', () => {
  it('says what needs a key, keeps it from being left out by mistake, and gives it up on demand', async () => {
    const place = await folder()
    const [old, young] = ['old', 'young'].map((id) => ({ id, key: freshKey() }))
    const config = async (...keys: (typeof old)[]) =>
      place.file('rekey.json', JSON.stringify(soundSettings(place.data, { keys })))
    const keys = async (...words: string[]) =>
      rekeyCommand(['keys', ...words, '--config', `${place.path}/rekey.json`])
    const person = { name: 'Ada', email: 'ada@acme.example', password: 'an engine of differences' }
    const people = { people: [{ ...person, backupCodes: ['7ZQ4-0KXV-9T2M-BC5H'] }] }
    const taken = await place.file('people.json', JSON.stringify(people))
    const imported = await rekeyCommand(['import', taken, '--config', await config(old)])
    expect([imported.code, imported.err]).to.deep.equal([0, ''])
    expect((await keys('reseal')).out).to.include('old  seals what is new')
    await config(young, old)
    const { out } = await keys('reseal')
    expect(out)
      .to.include('young  seals what is new')
      .and.match(/old {2}needed by 1 people with backup codes/)
    await config(young)
    const refused = await keys('reseal')
    expect([refused.code, refused.err]).to.satisfy(
      ([code, err]: [number, string]) => code === 1 && err.includes('the key "old" is not on the ring'),
    )
    const looked = await rekeyCommand(['check', '--config', `${place.path}/rekey.json`])
    expect(looked.out).to.match(/FAULT {2}store: .*the key "old" is not on the ring/)
    expect((await keys('forget', 'old')).code).to.equal(0)
    expect((await keys('reseal')).out).to.not.include('old')
    await place.remove()
  })

  // Seen failing without `keysFit` in `importFile` (standalone/commands/import.ts), and with `checkKeys` for `claimKeys` there;
  // without `keysFit` in `doctor` (standalone/commands/check.ts).
  it('knows those of an import from before the first start, and of another name or another key under that name', async () => {
    const place = await folder()
    const config = async (id: string) =>
      place.file('rekey.json', JSON.stringify(soundSettings(place.data, { keys: [{ id, key: freshKey() }] })))
    const first = await config('first')
    const person = (name: string) => ({ name, email: `${name}@acme.example`, totp: [otpauth] })
    const file = (name: string) => place.file(`${name}.json`, JSON.stringify({ people: [person(name)] }))
    const imported = async (name: string, settings: string) =>
      rekeyCommand(['import', await file(name), '--config', settings])
    expect((await imported('ada', first)).err).to.equal('')
    for (const id of ['second', 'first']) {
      const other = await config(id)
      for (const words of [
        ['serve'],
        ['doctor'],
        ['import', await file('ben'), '--dry-run'],
        ['import', await file('ben')],
      ]) {
        const { code, out, err } = await rekeyCommand([...words, '--config', other])
        expect([code, out]).to.deep.equal([1, ''])
        expect(err).to.include('sealed with the key "first"').and.not.include('openssl')
      }
      expect((await rekeyCommand(['people', 'list', '--config', other])).out).to.not.include('ben@')
    }
    await place.remove()
  })

  // Seen failing without `takesSettings` in `importFile` (standalone/commands/import.ts).
  it('are asked for before an import writes anything', async () => {
    const place = await folder()
    const organizations = [{ id: 'acme', name: 'Acme' }]
    const removed = { name: 'Ada', email: 'ada@acme.example', status: 'removed' }
    const sealed = { name: 'Ben', email: 'ben@acme.example', totp: [otpauth] }
    for (const one of [removed, sealed]) {
      const file = await place.file('people.json', JSON.stringify({ organizations, people: [one] }))
      const { code, err } = await rekeyCommand(['import', file, '--data', place.data])
      expect(code).to.equal(1)
      expect(err).to.match(/^ {2}keys: needed/m)
      expect((await rekeyCommand(['org', 'list', '--data', place.data])).out).to.equal('')
    }
    await place.remove()
  })
})
