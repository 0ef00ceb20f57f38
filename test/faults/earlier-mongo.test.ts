import { expect } from 'chai'
import { openUpToDate } from '../../adapters/store/migrate.ts'
import { mongo as mongoAt } from '../../adapters/store/mongo/store.ts'
import { Conflict } from '../../adapters/store/port.ts'
import { person } from '../rules/examples.ts'
import { folder, soundSettings } from '../standalone/kit.ts'
import { earlierRelease } from '../support/earlier-release.ts'
import { run } from '../support/process.ts'
import { dropDatabase, freshDatabase, mongo } from '../support/stores.ts'

/** The last release that held unique values by an index. */
const lastBefore = '371fdee'

const people = [1, 2, 3].map((i) => ({ email: `person-${i}@example.com`, name: `Person ${i}` }))

if (mongo !== undefined)
  describe(`A store that ${lastBefore} has written on MongoDB`, function () {
    this.timeout(120_000)

    it('has its people found by their logins, which nobody else can take', async function () {
      const release = await earlierRelease(lastBefore)
      if (release === undefined) {
        console.log(`skipped: there is no history here with ${lastBefore}`)
        return this.skip()
      }
      const home = await folder()
      const uri = freshDatabase(process.env['MONGODB_URI']!)
      const file = await home.file('people.json', JSON.stringify({ people }))
      const settings = soundSettings(home.data, { store: uri })
      const config = await home.file('config.json', JSON.stringify(settings))
      const importing = run([release.program, 'import', file, '--config', config])
      expect(await importing.ended, importing.printed()).to.equal(0)
      const store = await openUpToDate(mongoAt(uri), { clock: Date.now })
      for (const { email, name } of people) {
        expect((await store.people.find('login', email)).map((one) => one.name)).to.deep.equal([name])
        const taking = store.people.insert(person({ id: 'somebody else', login: email }))
        expect(await taking.catch((error) => error)).to.be.instanceOf(Conflict)
      }
      await store.close()
      const again = run([release.program, 'people', 'list', '--config', config])
      expect(await again.ended).to.equal(1)
      expect(again.printed()).to.include('was written by a later release')
      await Promise.all([dropDatabase(uri), home.remove(), release.remove()])
    })
  })
