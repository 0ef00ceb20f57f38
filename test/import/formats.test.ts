import { pbkdf2Sync, scryptSync } from 'node:crypto'
import { hash as argon2 } from '@node-rs/argon2'
import { hash as bcrypt } from 'bcryptjs'
import { expect } from 'chai'
import { createPasswords } from '../../adapters/secrets/passwords.ts'
import { findPeople } from '../../organization/lists.ts'
import { checkImport } from '../../standalone/import/check.ts'
import { readHashing } from '../../standalone/import/firebase.ts'
import { contentOf, readAnew } from '../../standalone/import/records.ts'
import { givenBy, type Source } from '../../standalone/import/sources.ts'
import { decoded } from '../../standalone/import/text.ts'
import { writeImport } from '../../standalone/import/write.ts'
import { lmdb, type Opened } from '../support/stores.ts'
import { watchedStore } from '../support/watched-store.ts'

const password = 'a horse of battery'
const salt = 'saltsaltsaltsalt'
const base64 = (text: string) => Buffer.from(text).toString('base64')
const lines = (...all: unknown[]) => all.map((one) => JSON.stringify(one)).join('\n')
const json = JSON.stringify

/** The project that publishes https://github.com/firebase/scrypt, and its user with the password user1password. */
const hashing = readHashing(`hash_config {
  algorithm: SCRYPT,
  base64_signer_key: jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==,
  base64_salt_separator: Bw==,
  rounds: 8,
  mem_cost: 14,
}`)
const ofFirebase = {
  hash: 'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
  salt: '42xEC+ixf3L2lw==',
}

describe('What other systems export', () => {
  let opened: Opened

  before(async () => {
    opened = await lmdb.open()
  })
  after(() => opened.dispose())

  /** What is in a file, with what is wrong with it as it is said. */
  async function read(file: string | Buffer, from?: Source) {
    const given = givenBy(contentOf(decoded(Buffer.from(file)), 'file'), from, hashing)
    const { plan, faults } = await checkImport(opened.store, given)
    const said = faults.map(({ line, address, words }) => `${line} ${address ?? '-'} ${words}`)
    return { ...given, people: [...plan.people], faults: said }
  }
  async function sound(file: string | Buffer, from?: Source) {
    const found = await read(file, from)
    expect(found.faults).to.deep.equal([])
    return found
  }
  const verifies = (hash: string | undefined, text = password) => createPasswords().verify(hash, text)
  const refusal = (file: string, from?: Source) =>
    read(file, from).then(
      () => 'nothing',
      (error: Error) => `${error.name}: ${error.message}`,
    )

  describe('in any file', () => {
    it('is read as it is written: of however many people, two groups are held', async () => {
      let read = 0
      const people = readAnew(function* () {
        for (read = 0; read < 1501; read += 1)
          yield { at: { line: read }, value: { name: 'P', email: `p${read}@many.example` } }
      })
      const { plan } = await checkImport(opened.store, {
        source: 'rekey',
        organizations: [],
        people,
        leftOut: [],
      })
      let [written, ahead] = [0, 0]
      const store = watchedStore(opened.store, ({ collection, operation }, perform, [documents]) => {
        if (collection !== 'people' || operation !== 'insertAll') return perform()
        ahead = Math.max(ahead, read - written)
        written += (documents as object[]).length
        return perform()
      })
      const passwords = createPasswords()
      const ring = () => expect.fail()
      const rest = { keepRemovedDays: () => 90, now: Date.now(), digest: 'many', progress: () => {} }
      await writeImport({ store, passwords, ring, ...rest }, plan)
      expect(written).to.equal(1501)
      expect(ahead).to.be.at.most(1001)
    })

    it('is written in the order of names, as many at once as are brought into it', async () => {
      const given = (name: string, index: number) => ({ name, email: `order${index}@names.example` })
      const people = ['Zoe', 'Ada', 'Åsa', 'Moe', 'Bo', 'Abe'].map(given)
      const { plan } = await checkImport(
        opened.store,
        givenBy(contentOf(json({ people }), 'file'), undefined),
      )
      const names: string[][] = []
      const store = watchedStore(opened.store, ({ collection, operation }, perform, [documents]) => {
        if (collection === 'people' && operation === 'insertAll')
          names.push((documents as { name: string }[]).map(({ name }) => name))
        return perform()
      })
      const rest = { keepRemovedDays: () => 90, now: Date.now(), digest: 'names', progress: () => {} }
      const atOnce = { ordered: 4, people: 2, listings: 3, writes: 2 }
      await writeImport(
        { store, passwords: createPasswords(), ring: () => expect.fail(), atOnce, ...rest },
        plan,
      )
      expect(names).to.deep.equal([
        ['Ada', 'Åsa'],
        ['Moe', 'Zoe'],
        ['Abe', 'Bo'],
      ])
      const { people: found } = await findPeople({ store, clock: Date.now }, { text: 'names.example' })
      expect(found.map(({ name }) => name)).to.deep.equal(['Abe', 'Ada', 'Åsa', 'Bo', 'Moe', 'Zoe'])
    })

    it('has its line, however many people are in it', async () => {
      const people = Array.from({ length: 20_000 }, (_, index) => ({
        name: 'A',
        email: `no address ${index}`,
      }))
      const { faults } = await read(json({ people }, undefined, 1))
      expect(faults).to.have.length(people.length)
      expect(faults.at(-1)).to.equal(`${3 + 4 * 19_999} no address 19999 email: no e-mail address`)
    })

    it('that is no object is said with its line', async () => {
      const said = /^\d - no object, as every entry is/
      for (const file of [
        '{\n"people": [\nnull,\n7,\n["a"], "b"]}',
        '[\n1,\n2]',
        '{"email":"a@x.example","name":"A"}\nnull\n7',
        '{"users":[\n null]}',
        '{"organizations":[null]}',
      ]) {
        const { faults } = await read(file)
        expect(faults.length, file).to.be.above(0)
        for (const fault of faults) expect(fault).to.match(said)
      }
      expect((await read('{\n"people": [\nnull,\n7]}')).faults.map((fault) => fault[0])).to.deep.equal([
        '3',
        '4',
      ])
      expect(await refusal('{"people":{"email":"a@x.example"}}')).to.equal('Refusal: people: no list')
    })
  })

  describe('of Keycloak', () => {
    const user = (name: string, credentials: unknown = []) => ({
      id: name,
      username: name,
      email: `${name}@x.example`,
      enabled: true,
      credentials,
    })
    const kept = (secret: object, data: object, type = 'password') => ({
      type,
      secretData: json(secret),
      credentialData: json(data),
    })

    it('is read as a realm, as a list of realms, and as the file of its people alone', async () => {
      const [ada, bob] = [user('ada'), user('bob')]
      for (const file of [
        { realm: 'main', clients: [], users: [ada, bob] },
        [
          { realm: 'master', users: [ada] },
          { realm: 'main', users: [bob] },
        ],
        { users: [ada, bob] },
        [ada, bob],
      ]) {
        const { people, source } = await sound(json(file))
        expect([source, ...people.map(({ email }) => email)]).to.deep.equal([
          'keycloak',
          'ada@x.example',
          'bob@x.example',
        ])
      }
      for (const file of [{ realm: 'main', clients: [] }, [{ realm: 'a' }, { realm: 'b', users: [] }]])
        expect(await refusal(json(file))).to.match(
          /^Refusal: nobody is in this export of Keycloak: .*users-0/,
        )
    })

    it('has its hashes of every kind', async () => {
      const pbkdf2 = (digest: string, length: number) =>
        pbkdf2Sync(password, salt, 500, length, digest).toString('base64')
      const made = await argon2(password, { memoryCost: 1024, timeCost: 2, parallelism: 1 })
      const [, , , , argonSalt, argonKey] = made.split('$')
      const additionalParameters = { memory: ['1024'], parallelism: ['1'], type: ['id'], version: ['1.3'] }
      const { people } = await sound(
        json({
          realm: 'main',
          users: [
            user('sha1', [
              kept(
                { value: pbkdf2('sha1', 64), salt: base64(salt) },
                { hashIterations: 500, algorithm: 'pbkdf2' },
              ),
            ]),
            user('sha512', [
              kept(
                { value: pbkdf2('sha512', 64), salt: base64(salt) },
                { hashIterations: 500, algorithm: 'pbkdf2-sha512' },
              ),
            ]),
            user('argon2', [
              kept(
                { value: argonKey, salt: argonSalt },
                { hashIterations: 2, algorithm: 'argon2', additionalParameters },
              ),
            ]),
          ],
        }),
      )
      for (const { passwordHash, email } of people)
        expect([await verifies(passwordHash), await verifies(passwordHash, 'another')], email).to.deep.equal([
          true,
          false,
        ])
    })

    it('with codes that are counted, or credentials that are cut off, is said, not taken for others', async () => {
      const hotp = kept({ value: 'abcdefghij0123456789' }, { subType: 'hotp', counter: 3, digits: 6 }, 'otp')
      const cut = { type: 'password', secretData: '{"value":"ab', credentialData: '{}' }
      const { faults } = await read(json({ realm: 'm', users: [user('ada', [hotp]), user('bob', [cut])] }))
      expect(faults[0]).to.equal(
        '1 ada@x.example totp.0: its codes are counted (HOTP), not timed: the person has to set it up anew',
      )
      expect(faults[1]).to.include('bob@x.example passwordHash: ')
      await sound(json({ realm: 'm', users: [user('ada', 'none'), user('bob', null)] }))
    })
  })

  describe('of Auth0', () => {
    const user = (custom: object | undefined, more: object = {}) => ({
      user_id: 'auth0|1',
      email: 'ada@x.example',
      email_verified: true,
      custom_password_hash: custom,
      ...more,
    })

    it('has the hashes that were brought there, of every kind that is taken here', async () => {
      const key = pbkdf2Sync(password, salt, 500, 32, 'sha256').toString('base64').replace(/=+$/, '')
      const scrypted = scryptSync(password, salt, 32, { N: 1024, r: 8, p: 1 })
      const bare = base64(salt).replace(/=+$/, '')
      for (const custom of [
        { algorithm: 'bcrypt', hash: { value: await bcrypt(password, 4) } },
        { algorithm: 'argon2', hash: { value: await argon2(password, { memoryCost: 1024, timeCost: 2 }) } },
        {
          algorithm: 'pbkdf2',
          hash: { value: `$pbkdf2-sha256$i=500,l=32$${bare}$${key}`, encoding: 'utf8' },
        },
        {
          algorithm: 'scrypt',
          hash: { value: scrypted.toString('hex'), encoding: 'hex' },
          salt: { value: salt, encoding: 'utf8' },
          keylen: 32,
          cost: 1024,
        },
      ]) {
        const { people, source } = await sound(lines(user(custom)))
        expect(source).to.equal('auth0')
        expect(await verifies(people[0]!.passwordHash), custom.algorithm).to.equal(true)
      }
      const quick = { algorithm: 'sha512', hash: { value: 'ab'.repeat(64), encoding: 'hex' } }
      expect((await read(lines(user(quick)))).faults[0]).to.include('passwordHash: no hash of a known kind')
      expect((await read(lines(user({ algorithm: 'md5' })))).faults[0]).to.include('no hash of a known kind')
    })

    it('has dates as MongoDB writes them, and phone numbers that people typed as they liked', async () => {
      const date = { $date: '2020-01-01T00:00:00.000Z' }
      const { people, leftOut } = await sound(
        lines(user(undefined, { created_at: date, phone_number: '555-1234 (home)' })),
      )
      expect([people[0]!.createdAt, people[0]!.phone]).to.deep.equal([1_577_836_800_000, undefined])
      expect(leftOut).to.deep.equal([{ line: 1, why: 'its phone number, which lacks the code of a country' }])
    })
  })

  it('of Okta is read as CSV, with every column of the profile', async () => {
    const csv = [
      'login,firstName,lastName,middleName,email,title,displayName,secondEmail,mobilePhone,status,locale',
      'ada,Ada,Park,B.,ada@x.example,Engineer,,ada@home.example,+81 3 1234 5678,Active,ja_JP',
      'bob@x.example,Bob,Hill,,,,Bobby,,(555) 415-1337,Suspended,',
    ].join('\r\n')
    for (const file of [csv, Buffer.from(`\ufeff${csv.replaceAll(',', ';')}`, 'utf16le').swap16()]) {
      const { people, source } = await sound(file)
      expect(source).to.equal('okta')
      expect(
        people.map(({ email, name, status, phone, locale, noticeAddresses }) => [
          email,
          name,
          status,
          phone,
          locale,
          noticeAddresses,
        ]),
      ).to.deep.equal([
        ['ada@x.example', 'Ada Park', 'active', '+81312345678', 'ja', ['ada@home.example']],
        ['bob@x.example', 'Bobby', 'deactivated', undefined, undefined, []],
      ])
    }
  })

  it('of Firebase is read as CSV, without a line of names, and whoever is disabled stays out', async () => {
    const row = (email: string, disabled: string) =>
      [
        email,
        email,
        'true',
        ofFirebase.hash,
        ofFirebase.salt,
        'F',
        ...Array(17).fill(''),
        '1600000000000',
        '1600000000001',
        '',
        disabled,
      ].join(',')
    const { people, source } = await sound(
      [row('a@x.example', 'false'), row('b@x.example', 'true')].join('\n'),
    )
    expect(source).to.equal('firebase')
    expect(people.map(({ email, status, createdAt }) => [email, status, createdAt])).to.deep.equal([
      ['a@x.example', 'active', 1_600_000_000_000],
      ['b@x.example', 'deactivated', 1_600_000_000_000],
    ])
    expect(await verifies(people[0]!.passwordHash, 'user1password')).to.equal(true)
  })

  it('is verified by hashes of Django, PHP and argon2 of any kind', async () => {
    const django = (digest: string) =>
      pbkdf2Sync(password, salt, 500, digest === 'sha1' ? 20 : 32, digest).toString('base64')
    const byBcrypt = await bcrypt(password, 4)
    const [i, d] = [1, 0].map((algorithm) => argon2(password, { algorithm, memoryCost: 1024, timeCost: 2 }))
    for (const passwordHash of [
      `pbkdf2_sha1$500$${salt}$${django('sha1')}`,
      `pbkdf2_sha256$500$${salt}$${django('sha256')}`,
      `argon2${await i}`,
      await i!,
      await d!,
      `bcrypt$${byBcrypt}`,
      ...['a', 'x', 'y'].map((kind) => byBcrypt.replace('$2b$', `$2${kind}$`)),
    ]) {
      const { people } = await sound(lines({ name: 'A', email: 'a@x.example', passwordHash }))
      const hash = people[0]!.passwordHash
      expect([await verifies(hash), await verifies(hash, 'another')], passwordHash).to.deep.equal([
        true,
        false,
      ])
    }
  })

  describe('in CSV', () => {
    it('has languages of every region that is spoken here', async () => {
      const { people } = await sound(
        'email\tlocale\na@x.example\tzh-TW\nb@x.example\tpt_BR\nc@x.example\tja-JP\n',
      )
      expect(people.map(({ locale }) => locale)).to.deep.equal(['zh-Hant', 'pt-BR', 'ja'])
    })

    it('with a cell too many, or a field that has two columns, is said', async () => {
      const { faults } = await read('name,email\nPark, Ada,ada@x.example\nBob,bob@x.example,\n')
      expect(faults).to.deep.equal([
        '2 Ada email: no e-mail address',
        '2 Ada column 3, beyond the names of the first line: no such field',
      ])
      expect(await refusal('email,E-Mail\na@x.example,b@x.example\n')).to.equal(
        'Refusal: two columns are the same field: "email" and "E-Mail"',
      )
    })
  })
})
