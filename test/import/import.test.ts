import { pbkdf2Sync, randomBytes } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'
import { hash as bcrypt } from 'bcryptjs'
import { expect } from 'chai'
import { ownerOf } from '../../account/passkeys.ts'
import { rememberedCosts } from '../../adapters/secrets/foreign-costs.ts'
import { createKeyRing } from '../../adapters/secrets/key-ring.ts'
import { createPasswords } from '../../adapters/secrets/passwords.ts'
import type { Store } from '../../adapters/store/store.ts'
import { checkImport } from '../../standalone/import/check.ts'
import { readHashing } from '../../standalone/import/firebase.ts'
import { contentOf } from '../../standalone/import/records.ts'
import { givenBy, type Source } from '../../standalone/import/sources.ts'
import { decoded } from '../../standalone/import/text.ts'
import { writeImport } from '../../standalone/import/write.ts'
import { accountIn } from '../support/accounts.ts'
import { mortalStore } from '../support/mortal-store.ts'
import { describeEachEngine, type Opened } from '../support/stores.ts'

const ring = createKeyRing([{ id: 'a', key: randomBytes(32).toString('base64url') }])
const passwords = createPasswords()

describeEachEngine('An import', (engine) => {
  let opened: Opened
  let store: Store

  beforeEach(async () => {
    opened = await engine.open()
    store = opened.store
  })
  afterEach(() => opened.dispose())

  const given = (file: string | Buffer, from?: Source, hashing?: string) =>
    givenBy(
      contentOf(decoded(Buffer.from(file)), 'file'),
      from,
      hashing === undefined ? undefined : readHashing(hashing),
    )

  async function imported(file: string | Buffer, from?: Source, hashing?: string, over = store) {
    const { plan, faults } = await checkImport(over, given(file, from, hashing))
    expect(faults).to.deep.equal([])
    const digest = Buffer.from(file).toString('base64url').slice(-40)
    return writeImport(
      {
        store: over,
        passwords,
        ring: () => ring,
        keepRemovedDays: () => 90,
        now: Date.now(),
        digest,
        progress: () => {},
      },
      plan,
    )
  }
  async function faultsIn(file: string, from?: Source) {
    const { faults } = await checkImport(store, given(file, from))
    return faults.map(({ line, address, words }) => `${line} ${address ?? ''} ${words}`)
  }
  const person = async (email: string) => {
    const [kept] = await store.people.find('login', email)
    return { ...kept!, ...(await accountIn(store, kept!.id))! }
  }
  const verifies = async (email: string, password: string) =>
    createPasswords(200, rememberedCosts(store, Date.now)).verify(
      (await person(email)).passwordHash,
      password,
    )

  it('names everything that is wrong, with line and address, and writes nothing', async () => {
    const file = `{
  "organizations": [{ "id": "acme", "name": "Acme" }],
  "people": [
    { "name": "A", "email": "a@x.example", "passwordHash": "$2b$10$short" },
    { "name": "B", "email": "b@x.example", "memberships": [{ "organization": "nowhere" }] },
    { "name": "C", "email": "A@X.example" },
    { "name": "D", "email": "d@x.example", "id": "one" },
    {
      "name": "E", "email": "e@x.example", "id": "one", "odd": 1,
      "memberships": [{ "organization": "acme" }, { "organization": "acme" }]
    },
    { "name": "F", "email": "no address" }
  ]
}`
    const found = (await faultsIn(file)).join('\n')
    for (const line of [
      '4 a@x.example passwordHash: not a whole bcrypt hash',
      '5 b@x.example memberships: there is no organization nowhere',
      '8 e@x.example odd: no such field',
      '12 no address email: no e-mail address',
    ])
      expect(found).to.include(line)
    expect(found).to.not.include('$2b$10$short')
    expect(await store.organizations.get('acme')).to.equal(undefined)
  })

  it('refuses an address, an id or a membership that is there twice', async () => {
    const file = [
      '{"name":"A","email":"a@x.example","id":"one"}',
      '{"name":"B","email":"A@x.example"}',
      '{"name":"C","email":"c@x.example","id":"one"}',
    ].join('\r\n')
    expect(await faultsIn(file)).to.deep.equal([
      '2 A@x.example email: the same as on line 1',
      '3 c@x.example id: the same as on line 1',
    ])
    await imported('{"name":"Z","email":"z@x.example","id":"taken"}')
    expect(await faultsIn('{"name":"Y","email":"y@x.example","id":"taken"}\n')).to.deep.equal([
      '1 y@x.example id: somebody else has it here: taken',
    ])
  })

  it('takes no policy away, and is in the log where someone may decide about others', async () => {
    const policy = { requireSecondFactor: true, approvals: 2 }
    await imported(JSON.stringify({ organizations: [{ id: 'acme', name: 'Acme', policy }] }))
    const admin = {
      name: 'A',
      email: 'a@x.example',
      memberships: [{ organization: 'acme', role: 'super_admin' }],
      supportAgent: true,
    }
    await imported(JSON.stringify({ organizations: [{ id: 'acme', name: 'Acme Ltd.' }], people: [admin] }))
    const organization = (await store.organizations.get('acme'))!
    expect([organization.name, organization.policy]).to.deep.equal(['Acme Ltd.', policy])
    expect(organization.effects!.map((one) => one.kind === 'audit' && one.event)).to.deep.equal([
      'organization.imported',
      'organization.imported',
    ])
    const roles = (await person('a@x.example')).effects.map((one) => one.kind === 'audit' && one.detail.role)
    expect(roles).to.deep.equal(['super_admin', 'support_agent'])
  })

  it('goes on where it was killed, and leaves nobody half here', async () => {
    const people = Array.from({ length: 5 }, (_, index) => ({
      name: `P${index}`,
      email: `p${index}@x.example`,
      memberships: [{ organization: 'acme' }, { organization: 'beta' }],
    }))
    const file = JSON.stringify({
      organizations: [
        { id: 'acme', name: 'A' },
        { id: 'beta', name: 'B' },
      ],
      people,
    })
    for (let writes = 0; writes < 40; writes += 1) {
      const { store: mortal, dead } = mortalStore(store, writes)
      await imported(file, undefined, undefined, mortal).catch(() => {})
      for await (const one of await store.people.walk({ limit: 99 }))
        expect(await store.memberships.find('account', one.id)).to.have.length(2)
      if (!dead()) break
    }
    const all = await store.people.walk({ limit: 99 })
    expect(all.map(({ login }) => login).sort()).to.deep.equal(people.map(({ email }) => email))
    expect(await store.memberships.walk({ limit: 99 })).to.have.length(10)
  })

  it('takes CSV as spreadsheets write it: a mark, UTF-16, semicolons, quotes, CRLF', async () => {
    const csv =
      'E-Mail;First Name;Last Name;Email Verified;Memberships;Notice Addresses\r\n"a@x.example";"Zoë";"O\'Hara; Jr.";no;acme:super_admin|beta;b@x.example c@x.example\r\n'
    await store.organizations.insert({ id: 'acme', name: 'A', policy: {}, createdAt: 0 })
    await store.organizations.insert({ id: 'beta', name: 'B', policy: {}, createdAt: 0 })
    await imported(Buffer.from(`\ufeff${csv}`, 'utf16le'))
    const a = await person('a@x.example')
    expect([a.name, a.givenName]).to.deep.equal(["Zoë O'Hara; Jr.", 'Zoë'])
    expect(a.addresses.map(({ address }) => address)).to.deep.equal(['b@x.example', 'c@x.example'])
    const roles = (await store.memberships.find('account', a.id)).map(
      ({ organization, role }) => `${organization} ${role}`,
    )
    expect(roles.sort()).to.deep.equal(['acme super_admin', 'beta member'])
    expect(decoded(Buffer.from('\ufeff日本', 'utf16le').swap16())).to.equal('日本')
    await imported('\ufeffemail,name\nd@x.example,"D, the second"\n')
    expect((await person('d@x.example')).name).to.equal('D, the second')
    expect(await faultsIn('email,name\nbroken,B\ne@x.example,\n')).to.deep.equal([
      '2 broken email: no e-mail address',
    ])
  })

  it('verifies passwords by the bytes they were made of, whatever the keyboard sends here', async () => {
    for (const [form, made] of [
      ['composed', 'Zoë-über-ﾊﾟｽ'.normalize('NFC')],
      ['taken apart', 'Zoë-über-ﾊﾟｽ'.normalize('NFD')],
    ] as const) {
      const email = `${form.length}@x.example`
      await imported(`${JSON.stringify({ name: form, email, passwordHash: await bcrypt(made, 4) })}\n`)
      expect(await verifies(email, 'Zoë-über-ﾊﾟｽ'.normalize('NFC')), form).to.equal(true)
      expect(await verifies(email, 'Zoë-über-ﾊﾟｽ'.normalize('NFD')), form).to.equal(true)
      expect(await verifies(email, 'Zoe-uber-ﾊﾟｽ'), form).to.equal(false)
    }
  })

  it('reads the realm of a Keycloak as it is exported', async () => {
    const key = pbkdf2Sync('a horse of battery', 'saltsalt', 1000, 64, 'sha256').toString('base64')
    const user = {
      id: '6b0c',
      username: 'ada',
      email: 'ada@x.example',
      emailVerified: true,
      enabled: false,
      createdTimestamp: 1_600_000_000_000,
      firstName: 'Ada',
      lastName: 'Park',
      credentials: [
        {
          type: 'password',
          secretData: JSON.stringify({ value: key, salt: Buffer.from('saltsalt').toString('base64') }),
          credentialData: JSON.stringify({ hashIterations: 1000, algorithm: 'pbkdf2-sha256' }),
        },
        {
          type: 'otp',
          secretData: JSON.stringify({ value: 'abcdefghij0123456789' }),
          credentialData: JSON.stringify({ subType: 'totp', digits: 6, period: 30, algorithm: 'HmacSHA1' }),
        },
      ],
    }
    const service = { username: 'service-account-x', serviceAccountClientId: 'x' }
    await imported(JSON.stringify({ realm: 'main', users: [user, service] }))
    const ada = await person('ada@x.example')
    expect([ada.name, ada.status, ada.createdAt, ada.externalId]).to.deep.equal([
      'Ada Park',
      'deactivated',
      1_600_000_000_000,
      '6b0c',
    ])
    expect(await verifies('ada@x.example', 'a horse of battery')).to.equal(true)
    const [factor] = ada.factors
    const secret = factor!.kind === 'totp' ? ring.open(factor!.secret, factor!.id) : ''
    expect(secret).to.equal('MFRGGZDFMZTWQ2LKGAYTEMZUGU3DOOBZ')
  })

  const key = { kty: 2, alg: -7, crv: 1 }
  const publicKey = Buffer.from(
    isoCBOR.encode(
      new Map<number, number | Uint8Array<ArrayBuffer>>([
        [1, key.kty],
        [3, key.alg],
        [-1, key.crv],
        [-2, new Uint8Array(randomBytes(32))],
        [-3, new Uint8Array(randomBytes(32))],
      ]),
    ),
  ).toString('base64url')

  it('reads passkeys of a Keycloak, made for the id of the user there', async () => {
    const credential = randomBytes(33)
    const told = {
      aaguid: 'adce0002-35bc-c60a-648b-0b25f1f05503',
      credentialId: credential.toString('base64'),
      counter: 12,
      credentialPublicKey: publicKey,
      attestationStatementFormat: 'none',
      transports: ['internal', 'HYBRID'],
    }
    const webauthn = (type: string, more: object) => ({
      type,
      userLabel: 'Laptop',
      createdDate: 1_600_000_000_000,
      secretData: '{}',
      credentialData: JSON.stringify({ ...told, ...more }),
    })
    const user = {
      id: '6b0c',
      email: 'ada@x.example',
      firstName: 'Ada',
      credentials: [
        webauthn('webauthn', {}),
        webauthn('webauthn-passwordless', { credentialId: randomBytes(16).toString('base64') }),
      ],
    }
    await imported(JSON.stringify({ realm: 'main', users: [user] }))
    const ada = await person('ada@x.example')
    expect(ada.factors.map(({ kind }) => kind)).to.deep.equal(['passkey', 'passkey'])
    expect(ada.factors[0]).to.deep.include({
      name: 'Laptop',
      createdAt: 1_600_000_000_000,
      credential: credential.toString('base64url'),
      user: Buffer.from('6b0c').toString('base64url'),
      publicKey,
      counter: 12,
      transports: ['internal', 'hybrid'],
      unsettled: true,
    })
    const owner = await ownerOf({ store }, credential.toString('base64url'))
    expect(owner).to.equal(ada.id)
  })

  it('refuses a passkey that is there twice, is somebody’s here, or has no key', async () => {
    const passkey = { credential: 'AAAA', user: 'AQ', publicKey }
    const one = (email: string, more: object) =>
      JSON.stringify({ name: 'A', email, passkeys: [{ ...passkey, ...more }] })
    await imported(`${one('z@x.example', {})}\n`)
    const file = [
      one('a@x.example', {}),
      one('b@x.example', { credential: 'BBBB' }),
      one('c@x.example', { credential: 'BBBB' }),
      one('d@x.example', { credential: 'CCCC', publicKey: 'AAAA' }),
      one('e@x.example', { credential: 'DDDD', user: undefined }),
    ]
    expect(await faultsIn(file.join('\n'))).to.deep.equal([
      '1 a@x.example passkeys: somebody else has one of them here',
      '3 c@x.example passkeys: the same as on line 2',
      '4 d@x.example passkeys.0.publicKey: no COSE key of EdDSA, ES256 or RS256',
      '5 e@x.example passkeys.0.user: needed',
    ])
  })

  it('reads the exports of Auth0, Okta and Firebase', async () => {
    const hash = await bcrypt('a horse of battery', 4)
    const auth0 = {
      _id: { $oid: '1' },
      email: 'a0@x.example',
      email_verified: false,
      passwordHash: hash,
      mfa_factors: [{ totp: { secret: 'JBSWY3DPEHPK3PXP' } }, { phone: { value: '+81 90 1234 5678' } }],
      tenant: 't',
      connection: 'c',
    }
    await imported(
      `${JSON.stringify(auth0)}\n${JSON.stringify({ ...auth0, _id: { $oid: '2' }, email: 'b0@x.example' })}\n`,
    )
    expect(await verifies('a0@x.example', 'a horse of battery')).to.equal(true)
    expect((await person('a0@x.example')).addresses).to.deep.equal([])
    const equipped = (await person('a0@x.example')).factors
    expect(equipped.map((one) => (one.kind === 'sms' ? one.number : one.kind))).to.deep.equal([
      'totp',
      '+819012345678',
    ])
    const okta = {
      id: '00u',
      status: 'SUSPENDED',
      created: '2020-01-01T00:00:00.000Z',
      profile: { firstName: 'O', lastName: 'K', email: 'ok@x.example', login: 'ok' },
      credentials: {
        password: {
          hash: { algorithm: 'BCRYPT', workFactor: 4, salt: hash.slice(7, 29), value: hash.slice(29) },
        },
      },
    }
    await imported(JSON.stringify([okta]))
    expect((await person('ok@x.example')).status).to.equal('deactivated')
    expect(await verifies('ok@x.example', 'a horse of battery')).to.equal(true)
    // The project that publishes https://github.com/firebase/scrypt: user1password.
    const firebase = {
      users: [
        {
          localId: 'f1',
          email: 'fb@x.example',
          emailVerified: true,
          passwordHash:
            'lSrfV15cpx95_sZS2W9c9Kp6i_LVgQNDNC_qzrCnh1SAyZvqmZqAjTdn3aoItz-VHjoZilo78198JAdRuid5lQ==',
          salt: '42xEC-ixf3L2lw==',
          displayName: 'F',
          createdAt: '1600000000000',
        },
        { localId: 'f2', phoneNumber: '+81312345678' },
      ],
    }
    const hashing = `hash_config {
  algorithm: SCRYPT,
  base64_signer_key: jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==,
  base64_salt_separator: Bw==,
  rounds: 8,
  mem_cost: 14,
}`
    expect((await faultsIn(JSON.stringify(firebase)))[0]).to.include('signer key')
    await imported(JSON.stringify(firebase), undefined, hashing)
    expect(await verifies('fb@x.example', 'user1password')).to.equal(true)
    expect(given(JSON.stringify(firebase)).leftOut).to.deep.equal([{ line: 1, why: 'no e-mail address' }])
  })

  it('refuses hashes that would cost too much to check', async () => {
    const hashes = [
      '$2b$31$Z6hUTEEeoJXN5/AmSm/4.eZ75RYgFVriQM9LPhNEC7kbAbS/VAaJ2',
      '$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA',
      'pbkdf2_sha256$99999999$salt$aGFzaGhhc2hoYXNoaGFzaA==',
      '$scrypt$ln=30,r=8,p=1$c2FsdHNhbHQ=$aGFzaGhhc2hoYXNoaGFzaA==',
    ]
    for (const passwordHash of hashes)
      expect(
        (await faultsIn(`${JSON.stringify({ name: 'A', email: 'a@x.example', passwordHash })}\n`))[0],
        passwordHash,
      ).to.include('would cost too much')
  })
})
