import { expect } from 'chai'
import { folder, freshKey, rekeyCommand, soundSettings } from './kit.ts'

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
})
