import type { ListedRequest, ShownFactor } from '../../views/locals/parts.ts'
import type { PageName, Pages } from '../../views/pages.ts'

const at = Date.UTC(2026, 2, 14, 9, 26, 53)
const hour = 3_600_000
const form = { base: '/interaction/Jb2mN7pQ', form: 'f-7d1c4e' }
const email = 'mika.tanaka@example.com'
const uri =
  'otpauth://totp/Rekey:mika.tanaka%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Rekey'
const origin = { address: '203.0.113.24', browser: 'Firefox', system: 'Windows' }
const codes = [
  '7ZQ4-0KXV-9T2M-BC5H',
  '3M8D-XW1R-6PJY-0FQT',
  'KE52-9HNB-V7C3-4GZS',
  'A0XJ-T8W6-5RQD-M1PY',
  'Y4BC-H2V9-GK7E-83NZ',
  '61FS-PQ0M-JD4X-WTR5',
  'N9G7-5C3A-ZY82-KXHV',
  'R2TE-8BJ6-1WMQ-D0F4',
  'VX3P-Z7S9-CH5N-6YGK',
  'D8QW-40RM-T2EB-J9AX',
]

/** What each page is shown with: `name` alone is the usual case, `name.case` another one. */
export type Sample = { [N in PageName]: { name: string; page: N; locals: Pages[N] } }[PageName]

function sample<N extends PageName>(page: N, locals: Pages[N], variant?: string): Sample {
  return { name: variant === undefined ? page : `${page}.${variant}`, page, locals } as Sample
}

const phones = [{ id: 'p1', number: '••• 78', takesTexts: true }]
const texted = { number: '••• 78', channel: 'sms' as const, takesTexts: true, againIn: 30_000 }
const countries = [
  { id: 'JP', name: 'Japan', callingCode: '81' },
  { id: 'NO', name: 'Norway', callingCode: '47' },
]

const waiting: Pages['recovery_waiting'] = {
  ...form,
  email,
  status: 'awaiting_admin',
  route: 'admin',
  organization: 'Hanami Trading',
  approvers: 3,
  asked: ['Sora Ito', 'Ada Morris'],
  canSendCode: true,
  joined: false,
  openedAt: at,
  expiresAt: at + 24 * hour,
  origin,
  canAskSupport: true,
  writing: false,
  canVerify: false,
  canAskAdmin: false,
  supportHours: 48,
}

const begin = { to: 'start', href: 'https://id.example.com/' } as const

const openRequest = {
  own: false,
  status: 'holding' as const,
  openedAt: at,
  expiresAt: at + 99 * hour,
  holdUntil: at + 48 * hour,
  origin,
}

const disavow: Pages['disavow'] = {
  base: '/disavow/4c1d',
  form: 'f-7d1c4e',
  about: 'recovery',
  at,
  email,
  done: false,
  expired: false,
}
const caseStatus: Pages['case_status'] = {
  base: '/recovery/status/9f2c',
  form: 'f-7d1c4e',
  email,
  status: 'awaiting_admin',
  route: 'admin',
  open: true,
  openedAt: at,
  expiresAt: at + 24 * hour,
  origin,
  approvers: 3,
  asked: ['Sora Ito', 'Ada Morris'],
  canCancel: true,
  canSendCode: true,
  start: 'https://app.example.com/',
}

const approve: Pages['approve'] = {
  base: '/recovery/approve/9f2c',
  form: 'f-7d1c4e',
  approver: 'Sora Ito',
  subject: { name: 'Mika Tanaka', email },
  organization: 'Hanami Trading',
  app: 'Ledger',
  openedAt: at,
  expiresAt: at + 24 * hour,
  facts: [
    { key: 'device', value: 'Firefox · Windows' },
    { key: 'address', value: '203.0.113.24' },
    { key: 'member_since', value: at - 9000 * hour },
    { key: 'last_sign_in', value: at - 50 * hour },
    { key: 'earlier_cases', value: 'denied, awaiting_admin' },
  ],
  triesLeft: 5,
  approvals: 0,
  approvalsNeeded: 1,
}

const supportCase: Pages['support_case'] = {
  base: '/support/cases/c1',
  form: 'f-7d1c4e',
  agent: 'Sam Rivera',
  subject: { name: 'Mika Tanaka', email, status: 'active' },
  organization: 'Hanami Trading',
  app: 'Ledger',
  status: 'awaiting_support',
  statement: 'My phone fell into a lake.\nThe receipt is on file.',
  openedAt: at,
  holdUntil: at + 48 * hour,
  expiresAt: at + 99 * hour,
  facts: approve.facts,
  canDecide: true,
}

const prompt: Pages['push'] = {
  ...form,
  email,
  ways: ['totp', 'backup_code', 'recovery'],
  trustDays: 30,
  state: 'waiting',
  app: 'https://id.example.com/authenticator',
  number: '047163',
}

const pairing: Pages['enrol_push'] = {
  ...form,
  email,
  recovered: false,
  state: 'waiting',
  link: 'https://id.example.com/authenticator#pair=uU0nuZNNPgilLlLX2n2r-sSE7-N6U4DukIj3rOLvzek',
  device: '',
  canSkip: true,
  kinds: ['totp', 'passkey'],
}

const member: Pages['member'] = {
  base: '/administration/hanami/members/mika',
  form: 'f-7d1c4e',
  back: '/administration/hanami',
  admin: 'Sora Ito',
  organization: 'Hanami Trading',
  member: { id: 'mika', name: 'Mika Tanaka', email, status: 'active', role: 'member' },
  self: false,
  since: at - 9000 * hour,
  lastSignIn: at - 50 * hour,
  belongs: true,
  elsewhere: 0,
  changes: ['end_sessions', 'suspend', 'deactivate', 'remove'],
  removesAccount: true,
  keepDays: 90,
  canRaise: true,
  cases: [
    { id: 'c2', status: 'awaiting_admin', openedAt: at },
    { id: 'c1', status: 'completed', openedAt: at - 4000 * hour, route: 'admin' },
  ],
}

const policy: Pages['policy'] = {
  base: '/administration/hanami/policy',
  form: 'f-7d1c4e',
  back: '/administration/hanami',
  admin: 'Sora Ito',
  organization: 'Hanami Trading',
  version: 'v-1',
  settings: {
    requireSecondFactor: true,
    methods: ['totp', 'passkey'],
    trustedDeviceDays: 30,
    trustedDevicesForAdmins: false,
    routesOff: [],
    preferIdentity: false,
    approvals: 1,
    nameSuperAdmins: true,
    holdAfterApprovalHours: 0,
    supportHoldHours: 48,
    afterReset: 'password',
    roleApprovals: 1,
    scimSuperAdmins: false,
  },
  typed: { trustedDeviceDays: '30', holdAfterApprovalHours: '0', supportHoldHours: '48' },
  kinds: ['totp', 'passkey', 'push', 'sms'],
  proofing: true,
  askSure: false,
}

const authenticator: ShownFactor = {
  id: 'f1',
  kind: 'totp',
  name: '',
  createdAt: at - 900 * hour,
  lastUsedAt: at,
  primary: true,
  off: false,
}

const oldKey: ShownFactor = {
  id: 'f2',
  kind: 'passkey',
  name: 'The key on my ring',
  createdAt: at - 9000 * hour,
  primary: false,
  off: true,
}

const number: ShownFactor = {
  id: 'f3',
  kind: 'sms',
  name: '',
  number: '••• 78',
  createdAt: at - 90 * hour,
  primary: false,
  off: false,
}

const checkUp: Pages['check_up'] = {
  ...form,
  email,
  reasons: ['codes_low', 'stale'],
  factors: [authenticator, oldKey],
  stale: [oldKey.id],
  codesLeft: 2,
  addresses: [email, 'mika@home.example'],
  kinds: ['totp', 'passkey', 'push', 'sms'],
}

const security: Pages['security'] = {
  apps: [{ id: 'ledger', name: 'Ledger', scopes: ['email', 'openid'], since: at }],
  base: '/security',
  form: 'f-7d1c4e',
  email,
  factors: [authenticator, number, oldKey],
  alone: true,
  required: false,
  kinds: ['totp', 'passkey', 'push', 'sms'],
  codes: { left: 7, createdAt: at - 900 * hour, provenAt: undefined },
  sessions: [
    { id: 's1', at, origin, apps: ['Ledger', 'Calendar'], here: true },
    {
      id: 's2',
      at: at - 30 * hour,
      origin: { address: '2001:db8::5:1', browser: 'Safari', system: 'iOS' },
      apps: ['Ledger'],
      here: false,
    },
    { id: 's3', at: at - 90 * hour, apps: [], here: false },
  ],
  devices: [
    { id: 'd1', at, origin, here: true },
    {
      id: 'd2',
      at: at - 30 * hour,
      origin: { address: '2001:db8::5:1', browser: 'Safari', system: 'iOS' },
      here: false,
      trustedUntil: at + 690 * hour,
    },
  ],
  activity: [
    { what: 'signed_in', at, times: 1, client: 'Ledger', origin },
    {
      what: 'wrong_password',
      at: at - hour,
      times: 14,
      client: 'Ledger',
      origin: { address: '198.51.100.7', browser: '', system: '' },
    },
    { what: 'factor_added', at: at - 900 * hour, times: 1, factor: 'totp', origin },
    { what: 'reset_done', at: at - 901 * hour, times: 1 },
  ],
  addresses: [email],
  identity: {},
}

const method = { base: '/security/methods/f1', form: 'f-7d1c4e', email, last: false, required: false }
const codesPage = { base: '/security/codes', form: 'f-7d1c4e', email, set: 2, createdAt: at, canMake: true }
const addressPage = {
  base: '/security/addresses',
  form: 'f-7d1c4e',
  email,
  addresses: [{ address: email, signIn: true }],
  full: false,
}

const whole: Pages['member']['whole'] = {
  names: { given: 'Mika', family: 'Tanaka', locale: 'ja' },
  addresses: [
    { address: email, proven: true },
    { address: 'mika@home.example', proven: false },
  ],
  pendingLogin: { address: 'mika@hanami.example', until: at + 72 * hour },
  canChange: true,
  factors: [authenticator, number, oldKey],
  codesLeft: 7,
  codesConfirmed: false,
  sessions: security.sessions,
  browsers: security.devices,
  activity: security.activity,
}

const members: Pages['members'] = {
  base: '/administration/hanami',
  form: 'f-7d1c4e',
  admin: 'Sora Ito',
  organization: 'Hanami Trading',
  asked: { q: '', role: '', status: '', methods: '', signed: '', sort: 'joined', way: '' },
  members: [
    {
      ...{ id: 'sora', name: 'Sora Ito', email: 'sora@example.com', status: 'active', role: 'super_admin' },
      ...{ methods: 'several' as const, noCodes: false, signedInOn: at },
    },
    {
      ...{ id: 'mika', name: 'Mika Tanaka', email, status: 'suspended', role: 'member' },
      ...{ methods: 'one' as const, noCodes: true, signedInOn: at - 2000 * hour },
    },
    {
      ...{ id: 'dora', name: 'Dora Klein', email: 'dora@example.com', status: 'deactivated', role: 'member' },
      ...{ methods: 'none' as const, noCodes: false },
    },
  ],
  count: 2381,
  more: false,
  next: 'WyJkb3JhIiwxXQ',
  proposals: 1,
  directory: true,
}

const invitations: Pages['invitations'] = {
  base: '/administration/hanami/invitations',
  form: 'f-7d1c4e',
  back: '/administration/hanami',
  organization: 'Hanami Trading',
  domains: ['hanami.example'],
  invitations: [
    {
      ...{ id: 'i1', address: 'kai@hanami.example', name: 'Kai', role: 'member' },
      ...{ sentAt: at, expiresOn: at + 168 * hour, over: false },
      ...{ proposed: false, mine: false },
    },
    {
      ...{ id: 'i3', address: 'ada@example.org', name: 'Ada', role: 'super_admin' },
      ...{ sentAt: at, expiresOn: at + 168 * hour, over: false, proposed: true, mine: false },
    },
    {
      ...{ id: 'i2', address: 'lina@example.org', name: '', role: 'super_admin' },
      ...{ sentAt: at - 200 * hour, expiresOn: at - 32 * hour, over: true, proposed: false, mine: true },
    },
  ],
}

const invitation: Pages['invitation'] = {
  base: '/invitation/4c1d',
  form: 'f-7d1c4e',
  organization: 'Hanami Trading',
  inviter: 'Sora Ito',
  address: 'kai@hanami.example',
  name: 'Kai',
  role: 'member',
  known: false,
  least: 15,
}
const listedRequest: ListedRequest = {
  id: 'c1',
  name: 'Mika Tanaka',
  email,
  status: 'awaiting_admin',
  openedAt: at,
  until: at + 20 * hour,
  approvals: 0,
  approvalsNeeded: 1,
}

const auditPage: Pages['audit'] = {
  ...form,
  base: '/administration/hanami/audit',
  organization: 'Hanami Trading',
  back: '/administration/hanami',
  asked: { person: '', actor: '', event: 'factor.added', case: '', from: '', to: '' },
  events: ['factor.added', 'sign_in.succeeded', 'recovery.completed'],
  entries: [
    {
      ...{ at, event: 'factor.added', times: 1, actor: 'Mika Tanaka', subject: 'Mika Tanaka' },
      ...{ subjectId: 'mika', detail: [{ name: 'factor', value: 'totp' }] },
    },
    {
      ...{ at: at - hour, event: 'sign_in.password_wrong', times: 12, subject: 'Dora Klein' },
      ...{ subjectId: 'dora', case: 'c1', detail: [{ name: 'address', value: '203.0.113.24' }] },
    },
  ],
  next: 'event=factor.added&after=1.a',
  chains: { signedAt: at, verified: { at, entries: 1204 }, keepDays: 730 },
  operator: false,
  days: '730',
}

const operatorApp: Pages['operator_app'] = {
  ...form,
  base: '/operator/apps/ledger',
  app: { id: 'ledger', name: 'Ledger', from: 'store', secret: true, previousUntil: at + 99 * hour },
  outcome: 'there',
  issuer: 'https://id.example.com',
  values: {
    client_id: 'ledger',
    client_name: 'Ledger',
    kind: 'web',
    redirect_uris: 'https://ledger.example/callback',
    logo_uri: 'https://ledger.example/logo.png',
    contacts: 'security@ledger.example',
    subject_type: 'pairwise',
    require_auth_time: 'yes',
    allowed_organizations: 'hanami',
  },
  algorithms: ['RS256', 'ES256'],
  version: 'v1',
  now: {},
  faults: [],
}

/** Pages of the administration and of the operator. */
const operating = [
  sample('requests', {
    base: '/administration/hanami/requests',
    back: '/administration/hanami',
    organization: 'Hanami Trading',
    open: [listedRequest, { ...listedRequest, id: 'c2', name: 'Dora Klein', notMine: 'not_asked' }],
    past: [{ ...listedRequest, id: 'c3', status: 'disavowed', approvals: 1, approvalsNeeded: 2 }],
    next: 'c3',
    first: true,
    now: at,
  }),
  sample(
    'requests',
    {
      ...{ base: '/administration/hanami/requests', back: '/administration/hanami' },
      ...{ organization: 'Hanami Trading', open: [], past: [], first: true, now: at },
    },
    'none',
  ),
  sample('reset_request', {
    base: '/administration/hanami/requests/c1',
    back: '/administration/hanami/requests',
    subject: { name: 'Mika Tanaka', email },
    organization: 'Hanami Trading',
    state: 'awaiting_admin',
    app: 'Ledger',
    openedAt: at,
    until: at + 20 * hour,
    approvals: 0,
    approvalsNeeded: 1,
    facts: [{ key: 'begun_by', value: 'Sora Ito' }, ...approve.facts],
    history: [{ at, status: 'awaiting_admin', by: 'Sora Ito', reason: 'Called from the train.' }],
  }),
  sample(
    'reset_request',
    {
      ...{ base: '/administration/hanami/requests/c1', back: '/administration/hanami/requests' },
      ...{ subject: { name: 'Mika Tanaka', email }, organization: 'Hanami Trading', state: 'completed' },
      ...{ app: 'Ledger', openedAt: at, until: at, approvals: 2, approvalsNeeded: 2, facts: approve.facts },
      history: [
        { at, status: 'awaiting_admin' },
        { at, status: 'completing', by: 'Sora Ito', reason: 'I met Mika at the office.' },
      ],
      notMine: 'not_possible',
    },
    'past',
  ),
  sample('begin_reset', {
    ...form,
    base: '/administration/hanami/members/mika/reset',
    back: '/administration/hanami/members/mika',
    member: { name: 'Mika Tanaka', email },
    organization: 'Hanami Trading',
    another: false,
    approvers: 2,
    phone: true,
  }),
  sample(
    'begin_reset',
    {
      ...form,
      ...{ base: '/administration/hanami/members/mika/reset', back: '/administration/hanami/members/mika' },
      ...{ member: { name: 'Mika Tanaka', email }, organization: 'Hanami Trading', another: true },
      ...{ approvers: 1, phone: false, message: { key: 'begin_not_spoken' } },
    },
    'another',
  ),
  sample('readiness', {
    ...form,
    base: '/administration/hanami/readiness',
    back: '/administration/hanami',
    organization: 'Hanami Trading',
    score: 62,
    weaknesses: ['one_super_admin', 'never_drilled'],
    looked: 48,
    more: false,
    lacking: { none: 3, one: 12, no_codes: 7 },
    superAdmins: 1,
    needed: 1,
    usuallyDecided: 5 * hour,
    weak: [
      {
        ...{ id: 'mika', name: 'Mika Tanaka', email, role: 'member', score: 35 },
        weaknesses: ['one_method', 'codes_never_saved', 'nobody_near'],
      },
    ],
    drill: {
      at,
      asked: 3,
      answers: [{ name: 'Dora Klein', after: hour / 4 }],
      open: true,
      enough: hour / 4,
    },
  }),
  sample('person_readiness', {
    back: '/administration/hanami/readiness',
    member: { name: 'Mika Tanaka', email },
    score: 80,
    weaknesses: ['one_method'],
    ways: [
      { way: 'backup_code', asked: [], others: 0, approvals: 0, hold: 0 },
      {
        way: 'admin',
        asked: ['Sora Ito', 'Dora Klein', 'Sol Lindqvist'],
        others: 4,
        approvals: 2,
        hold: hour,
      },
      { way: 'support', asked: [], others: 0, approvals: 1, hold: 48 * hour },
    ],
    usuallyDecided: 5 * hour,
  }),
  sample(
    'person_readiness',
    {
      ...{ back: '/administration/hanami/readiness', member: { name: 'Mika Tanaka', email }, score: 0 },
      ...{ weaknesses: ['no_second_factor', 'no_route'], ways: [] },
    },
    'nothing',
  ),
  sample('audit', auditPage),
  sample(
    'audit',
    { ...auditPage, base: '/operator/audit', back: '/operator', organization: undefined, operator: true },
    'operator',
  ),
  sample('confirm', {
    ...form,
    base: '/operator/apps/ledger',
    kind: 'app_remove',
    values: { app: 'Ledger' },
    fields: [{ name: 'do', value: 'remove' }],
    back: '/operator/apps/ledger',
  }),
  sample('operator', {
    versions: { rekey: '0.1.0', node: 'v24.21.0' },
    issuer: 'https://id.example.com',
    store: 3,
    outbox: { waiting: 4, dead: 1, oldest: at, most: 1000 },
    signedAt: at,
    verified: { at, good: true },
    keysFrom: at,
    ring: ['2026-11', '2025-03'],
    agents: 2,
    operators: 1,
    health: { store: 'ok', outbox: 'look', audit: 'bad', support: 'ok' },
  }),
  sample('operator_organizations', {
    ...form,
    base: '/operator/organizations',
    organizations: [
      { id: 'hanami', name: 'Hanami Trading', createdAt: at, superAdmins: 26, domains: ['hanami.example'] },
    ],
    next: 'hanami',
  }),
  sample('operator_support', {
    ...form,
    base: '/operator/support',
    cases: [{ ...listedRequest, status: 'holding' }],
    staff: {
      supportAgent: [{ name: 'Sam Rivera', email: 'sam@example.com', status: 'active', self: false }],
      operator: [{ name: 'Olga Brandt', email: 'olga@example.com', status: 'active', self: true }],
    },
    now: at,
  }),
  sample('operator_apps', {
    apps: [
      { id: 'ledger', name: 'Ledger', from: 'store', secret: true },
      { id: 'kiosk', name: 'Kiosk', from: 'settings', secret: false },
    ],
    next: 'kiosk',
  }),
  sample('operator_app', operatorApp),
  sample(
    'operator_app',
    {
      ...operatorApp,
      app: undefined,
      outcome: undefined,
      message: { key: 'app_faults' },
      faults: ['redirect_uris must only contain web uris'],
    },
    'new',
  ),
  sample(
    'operator_app',
    {
      ...operatorApp,
      message: { key: 'app_stale' },
      now: {
        client_name: 'Ledger of Hanami',
        kind: 'browser',
        redirect_uris: 'https://ledger.example/callback\nhttps://ledger.example/back',
        require_consent: 'yes',
        subject_type: '',
        default_max_age: '600',
      },
    },
    'stale',
  ),
  sample(
    'operator_app',
    { ...operatorApp, app: { id: 'ledger', name: 'Ledger', from: 'settings', secret: true } },
    'settings',
  ),
  sample('operator_secret', {
    id: 'ledger',
    secret: '8s7df-secret-shown-once-0000',
    back: '/operator/apps/ledger',
    until: at + 99 * hour,
  }),
  sample('operator_keys', {
    ...form,
    base: '/operator/keys',
    signing: [
      { kid: 'k1', alg: 'ES256', signsFrom: at, signs: true },
      { kid: 'k2', alg: 'ES256', signsFrom: at + 24 * hour, signs: false },
    ],
    ring: ['2026-11', '2025-03'],
    care: {
      at,
      resealed: 412,
      keys: [
        { id: '2026-11', needed: 900 },
        { id: '2025-03', needed: 3 },
      ],
    },
  }),
  sample('operator_keys', { ...form, base: '/operator/keys', ring: ['2026-11'] }, 'host'),
  sample(
    'operator_keys',
    { ...form, base: '/operator/keys', ring: ['2026-11', '2025-03'], working: { begunAt: at, seen: 48_000 } },
    'working',
  ),
  sample('operator_outbox', {
    ...form,
    base: '/operator/outbox',
    waiting: [
      {
        ...{ id: 'o1', recipient: 'mika:mail', lane: 'mail', tries: 2, createdAt: at, nextAt: at + hour },
        lastError: 'Error ECONNREFUSED',
      },
    ],
    dead: [
      {
        ...{ id: 'o2', recipient: 'client:ledger', lane: 'logout:ledger', tries: 80, createdAt: at },
        ...{ nextAt: at, lastError: 'Error deadline' },
      },
    ],
  }),
]

const directory = {
  base: '/administration/hanami/directory',
  form: 'f-7d1c4e',
  back: '/administration/hanami',
  organization: 'Hanami Trading',
  address: 'https://id.example.com/scim/v2/hanami',
  domains: ['hanami.example'],
  made: { at: at - 30 * hour, by: 'Sora Ito', usedAt: at },
}

const webhooks: Pages['webhooks'] = {
  base: '/administration/hanami/webhooks',
  back: '/administration/hanami',
  organization: 'Hanami Trading',
  webhooks: [
    { id: 'w1', url: 'https://desk.example.com/hook', description: 'Help desk', events: 2, paused: false },
    { id: 'w2', url: 'https://log.example.com/in', description: '', events: 0, paused: true, of: 'hanami' },
  ],
  next: 'w2',
}

const webhook: Pages['webhook'] = {
  ...form,
  base: '/administration/hanami/webhooks/w1',
  list: '/administration/hanami/webhooks',
  back: '/administration/hanami',
  organization: 'Hanami Trading',
  outcome: 'there',
  paused: false,
  events: ['recovery.awaiting_admin', 'recovery.denied', 'membership.removed'],
  values: {
    url: 'https://desk.example.com/hook',
    description: 'Help desk',
    version: 'v-4c1d',
    chosen: ['recovery.awaiting_admin', 'recovery.denied'],
  },
  messages: [
    { id: 'm3', event: 'webhook.test', at: at + hour, state: 'waiting', failures: 0 },
    { id: 'm2', event: 'recovery.denied', at, state: 'dead', failures: 12, lastAnswer: '503' },
    { id: 'm1', event: 'recovery.awaiting_admin', at: at - hour, state: 'taken', failures: 0 },
  ],
  next: 'm1',
}

/** Every page, in the order in which a person may meet them. */
export const samples: Sample[] = [
  sample('home', { issuer: 'http://localhost:3000', demo: true, demoApp: 'http://localhost:3001' }),
  sample('password', { ...form, app: 'Ledger', passkeys: true }),
  sample('password', { ...form, app: 'Ledger', passkeys: true, organizations: true }, 'organizations'),
  sample('password', { ...form, app: 'Ledger', passkeys: true, keep: false }, 'keep'),
  sample(
    'password',
    {
      ...form,
      app: 'Ledger',
      passkeys: false,
      about: {
        logo: '/assets/ledger.svg',
        privacy: 'https://ledger.example/privacy',
        terms: 'https://ledger.example/terms',
      },
    },
    'app',
  ),
  sample('upstream', { ...form, email, name: 'Hanami Trading' }),
  sample(
    'upstream',
    {
      ...form,
      email,
      name: 'Hanami Trading',
      message: { key: 'upstream_stale', values: { name: 'Hanami Trading' } },
    },
    'stale',
  ),
  sample(
    'password',
    { ...form, app: 'Ledger', email, passkeys: true, message: { key: 'wrong_credentials' } },
    'wrong',
  ),
  sample('totp', {
    ...form,
    email,
    ways: ['passkey', 'push', 'sms', 'voice', 'pass', 'backup_code', 'recovery'],
    trustDays: 30,
  }),
  sample(
    'totp',
    { ...form, email, ways: ['backup_code', 'recovery'], trustDays: 0, message: { key: 'wrong_code' } },
    'wrong',
  ),
  sample(
    'totp',
    { ...form, email, ways: ['backup_code', 'recovery'], trustDays: 30, request: openRequest },
    'request',
  ),
  sample(
    'totp',
    {
      ...form,
      email,
      ways: ['recovery'],
      trustDays: 0,
      request: { ...openRequest, own: true, status: 'awaiting_admin', holdUntil: undefined },
    },
    'own_request',
  ),
  sample('phone', { ...form, email, phones, ways: ['totp', 'backup_code', 'recovery'], trustDays: 30 }),
  sample(
    'phone',
    { ...form, email, phones, ways: ['backup_code', 'recovery'], trustDays: 30, sent: texted },
    'texted',
  ),
  sample(
    'phone',
    {
      ...form,
      email,
      phones: [...phones, { id: 'p2', number: '••• 21', takesTexts: false }],
      ways: ['backup_code', 'recovery'],
      trustDays: 0,
      sent: { ...texted, againIn: undefined, channel: 'voice', failed: 'unanswered' },
      message: { key: 'wrong_phone_code' },
    },
    'called',
  ),
  sample('passkey', {
    ...form,
    email,
    ways: ['totp', 'backup_code', 'recovery'],
    trustDays: 30,
    canDecline: false,
  }),
  sample(
    'passkey',
    {
      ...form,
      email,
      ways: ['backup_code', 'recovery'],
      trustDays: 0,
      canDecline: true,
      message: { key: 'passkey_refused' },
    },
    'refused',
  ),
  sample('backup_code', { ...form, email, left: 8, ways: ['totp', 'recovery'] }),
  sample(
    'backup_code',
    { ...form, email, left: 1, ways: ['totp', 'recovery'], message: { key: 'used_backup_code' } },
    'used',
  ),
  sample('codes_left', { ...form, left: 7, factors: [] }),
  sample('codes_left', { ...form, left: 1, factors: [authenticator, oldKey] }, 'low'),
  sample('codes_left', { ...form, left: 8, factors: [authenticator] }, 'lost'),
  sample('recovery', {
    ...form,
    email,
    organization: 'Hanami Trading',
    approvers: 3,
    asked: ['Sora Ito', 'Ada Morris'],
    onlyAdmin: false,
    routes: ['admin', 'support'],
    supportHours: 48,
    lifetime: 24 * hour,
  }),
  sample(
    'recovery',
    {
      ...form,
      email,
      approvers: 0,
      asked: [],
      onlyAdmin: false,
      routes: ['identity', 'support'],
      supportHours: 48,
    },
    'nobody',
  ),
  sample(
    'recovery',
    { ...form, email, approvers: 0, asked: [], onlyAdmin: true, routes: ['support'], supportHours: 48 },
    'only_admin',
  ),
  sample(
    'recovery',
    {
      ...form,
      email,
      organization: 'Hanami Trading',
      approvers: 3,
      asked: [],
      onlyAdmin: false,
      routes: ['identity', 'admin', 'support'],
      supportHours: 48,
    },
    'choose',
  ),
  sample('recovery_waiting', waiting),
  sample('recovery_waiting', { ...waiting, writing: true }, 'writing'),
  sample('recovery_waiting', { ...waiting, status: 'completing' }, 'completing'),
  sample(
    'recovery_waiting',
    { ...waiting, status: 'holding', route: 'support', canAskSupport: false, holdUntil: at + 48 * hour },
    'holding',
  ),
  sample('recovery_waiting', { ...waiting, joined: true, canAskSupport: false }, 'joined'),
  sample('recovery_waiting', { ...waiting, status: 'requested', route: undefined, approvers: 0 }, 'nobody'),
  sample(
    'recovery_waiting',
    {
      ...waiting,
      status: 'requested',
      route: undefined,
      canVerify: true,
      canAskAdmin: true,
      message: { key: 'identity_refused' },
    },
    'choose',
  ),
  sample(
    'recovery_waiting',
    { ...waiting, status: 'awaiting_identity', route: 'identity', approvers: 0, canVerify: true },
    'identity',
  ),
  sample('identity_confirm', {
    ...form,
    base: '/recovery/identity/confirm/9f2c',
    email,
    app: 'Ledger',
    openedAt: at,
    origin,
  }),
  sample('identity_done', { outcome: 'moved' }),
  sample('identity_failed', { message: { key: 'identity_wrong_subject' } }),
  sample('whose_case', { ...form, email, status: 'awaiting_admin', openedAt: at, origin }),
  sample('open_case', { ...form, own: false, status: 'awaiting_admin', openedAt: at, origin }),
  sample('open_case', { ...form, own: true, status: 'awaiting_admin', openedAt: at, origin }, 'own'),
  sample('pass', { ...form, email, ways: ['totp', 'recovery'], until: at + hour }),
  sample('completion_link', { ...form, email, until: at + hour, expired: false }),
  sample('completion_link', { ...form, email, until: at, expired: true }, 'expired'),
  sample('completion', { ...form, base: '/recovery/continue/9f2c' }),
  sample('completion_done', {}),
  sample('support_ask', { ...form, base: '/recovery/support/9f2c', holdHours: 48 }),
  sample('support_asked', { until: at + 48 * hour }),
  sample('support_desk', {
    agent: 'Sam Rivera',
    cases: [
      {
        ...{ id: 'c1', name: 'Mika Tanaka', email, status: 'holding', openedAt: at, until: at + 48 * hour },
        notMine: 'not_possible',
      },
      {
        id: 'c2',
        name: 'Sol Lindqvist',
        email,
        status: 'awaiting_support',
        openedAt: at,
        until: at + 99 * hour,
      },
    ],
    now: at,
  }),
  sample('support_desk', { agent: 'Sam Rivera', cases: [], now: at }, 'empty'),
  sample('support_case', supportCase),
  sample('support_case', { ...supportCase, status: 'holding', canDecide: false }, 'holding'),
  sample(
    'support_case',
    {
      ...supportCase,
      kind: 'reactivation',
      statement: '',
      facts: [
        { key: 'verified', value: at },
        { key: 'verification', value: 'vp-1f9c' },
        { key: 'namesakes', value: 'namesakes' },
      ],
    },
    'reactivation',
  ),
  sample('case_status', caseStatus),
  sample(
    'case_status',
    {
      ...caseStatus,
      status: 'holding',
      route: 'support',
      canSendCode: false,
      asked: [],
      holdUntil: at + 48 * hour,
      message: { key: 'not_possible' },
    },
    'holding',
  ),
  sample(
    'case_status',
    {
      ...caseStatus,
      status: 'denied',
      open: false,
      asked: [],
      canCancel: false,
      canSendCode: false,
      reason: 'I called Mika, and she knew nothing of this.',
    },
    'denied',
  ),
  sample(
    'case_status',
    {
      ...caseStatus,
      status: 'granted',
      open: false,
      asked: [],
      canCancel: false,
      canSendCode: false,
      passUntil: at + hour,
    },
    'pass',
  ),
  sample('recovery_closed', {
    ...form,
    status: 'denied',
    reason: 'I called Mika, and she knew nothing of this.',
  }),
  sample('recovery_closed', { ...form, status: 'expired' }, 'expired'),
  sample('approve', approve),
  sample(
    'approve',
    {
      ...approve,
      triesLeft: 1,
      reason: 'Spoke to her on the phone',
      message: { key: 'wrong_case_code', typed: { outcome: 'pass', lifetime: '240', delivery: 'mail' } },
    },
    'wrong',
  ),
  sample('approve_done', { outcome: 'approved', subject: 'Mika Tanaka' }),
  sample(
    'approve_done',
    { outcome: 'approved', subject: 'Mika Tanaka', pass: { until: at + hour, shown: codes[0]! } },
    'pass',
  ),
  sample('approve_gone', { reason: 'decided', status: 'completed' }),
  sample('enrol_totp', {
    ...form,
    email,
    secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
    uri,
    canSkip: true,
    kinds: ['passkey', 'push', 'sms'],
    recovered: false,
  }),
  sample(
    'enrol_totp',
    {
      ...form,
      email,
      secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
      uri,
      canSkip: false,
      kinds: [],
      recovered: true,
    },
    'recovered',
  ),
  sample('enrol_phone', {
    ...form,
    email,
    countries,
    canSkip: true,
    skipTo: 'app',
    kinds: ['totp', 'passkey'],
  }),
  sample(
    'enrol_phone',
    { ...form, email, countries, canSkip: false, kinds: [], message: { key: 'number_wrong' } },
    'wrong',
  ),
  sample(
    'enrol_phone',
    {
      ...form,
      email,
      countries,
      canSkip: true,
      kinds: ['totp'],
      sent: { ...texted, againIn: undefined, failed: 'undelivered' },
    },
    'sent',
  ),
  sample('enrol_passkey', {
    ...form,
    email,
    recovered: false,
    canSkip: true,
    skipTo: 'unmet',
    kinds: ['totp', 'push', 'sms'],
  }),
  sample('enrol_passkey', { ...form, email, recovered: true, canSkip: false, kinds: ['totp'] }, 'recovered'),
  sample('push', prompt),
  sample('push', { ...prompt, message: { key: 'prompt_waiting' }, trustDays: 0 }, 'waiting'),
  sample('push', { ...prompt, state: 'answered' }, 'answered'),
  sample('push', { ...prompt, state: 'failed', message: { key: 'prompt_failed' } }, 'failed'),
  sample('push', { ...prompt, state: 'limited', from: at + hour }, 'limited'),
  sample('totp', { ...form, email, ways: ['push', 'recovery'], trustDays: 0, own: true }, 'own'),
  sample('enrol_push', pairing),
  sample(
    'enrol_push',
    { ...pairing, state: 'number', number: '047163', device: 'Chrome · Android' },
    'number',
  ),
  sample(
    'enrol_push',
    { ...pairing, state: 'confirmed', device: '', canSkip: false, kinds: [] },
    'confirmed',
  ),
  sample('authenticator', {
    pushKey: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  }),
  sample('backup_codes', {
    ...form,
    email,
    issuer: 'Rekey',
    address: 'https://id.example.com/',
    codes,
    set: 2,
    createdAt: at,
    canCancel: false,
    pdf: true,
  }),
  sample('user_code', { action: '/device', xsrf: 'x' }),
  sample('user_code', { action: '/device', xsrf: 'x', message: { key: 'user_code_wrong' } }, 'wrong'),
  sample('user_code_confirm', { action: '/device', xsrf: 'x', app: 'Living room', userCode: 'BCDF-GHJK' }),
  sample('user_code_done', { app: 'Living room' }),
  sample('factors', { ...form, email, canRemoveLast: true, factors: [authenticator, oldKey] }),
  sample('factors', { ...form, email, canRemoveLast: true, factors: [] }, 'none'),
  sample('check_up', checkUp),
  sample('check_up', { ...checkUp, reasons: ['routine'], codesLeft: 9 }, 'routine'),
  sample(
    'check_up',
    { ...checkUp, reasons: ['one_method', 'routine'], factors: [authenticator], stale: [], codesLeft: 9 },
    'one',
  ),
  sample('no_case', form),
  sample('mail_code', { ...form, email, sent: false, why: 'password' }),
  sample(
    'mail_code',
    { ...form, email, sent: false, why: 'case', message: { key: 'case_too_often', values: { count: 40 } } },
    'case',
  ),
  sample('mail_code', { ...form, email, sent: false, why: 'guessed' }, 'guessed'),
  sample('mail_code', { ...form, email, sent: false, why: 'disputed' }, 'disputed'),
  sample('mail_code', { ...form, email, sent: true, why: 'password', message: { key: 'code_sent' } }, 'sent'),
  sample('forgot', { ...form, sent: false }),
  sample('forgot', { ...form, email, sent: true, message: { key: 'wrong_mail_code' } }, 'sent'),
  sample('forgot_lost', { ...form, email, canGoBack: true }),
  sample('new_password', { ...form, email, least: 15, forgotten: true }, 'forgotten'),
  sample('new_password', { ...form, email, least: 15, forgotten: false }),
  sample(
    'new_password',
    { ...form, email, least: 15, forgotten: false, message: { key: 'password_too_short' } },
    'short',
  ),
  sample('inactive', { ...form, status: 'deactivated', canVerify: false }),
  sample('inactive', { ...form, status: 'removed', canVerify: true, refused: 'Left in May.' }, 'removed'),
  sample(
    'inactive',
    {
      ...form,
      status: 'deactivated',
      canVerify: false,
      request: { status: 'awaiting_support', openedAt: at, expiresAt: at + 99 * hour },
    },
    'asked',
  ),
  sample('security', security),
  sample(
    'security',
    {
      ...security,
      factors: [],
      codes: undefined,
      alone: false,
      sessions: security.sessions.slice(0, 1),
      devices: [],
      activity: [],
      addresses: [email, 'mika@home.example'],
      identity: { enrolledAt: at },
      request: { status: 'awaiting_admin', openedAt: at, origin },
      message: { key: 'choose_again' },
    },
    'bare',
  ),
  sample('security_method', { ...method, factor: authenticator }),
  sample(
    'security_method',
    {
      ...method,
      factor: authenticator,
      last: true,
      required: true,
      message: { key: 'factor_name', typed: { name: 'x'.repeat(61) } },
    },
    'last',
  ),
  sample('security_method', { ...method, factor: oldKey }, 'off'),
  sample('security_codes', { ...codesPage, left: 7 }),
  sample(
    'security_codes',
    { ...codesPage, left: 7, provenAt: at, message: { key: 'codes_proven' } },
    'proven',
  ),
  sample('security_codes', { ...codesPage, left: 0, message: { key: 'no_backup_codes' } }, 'none'),
  sample('security_addresses', addressPage),
  sample(
    'security_addresses',
    {
      ...addressPage,
      addresses: [...addressPage.addresses, { address: 'mika@home.example', signIn: false }],
      pending: 'mika.tanaka@post.example',
      message: { key: 'wrong_mail_code' },
    },
    'pending',
  ),
  sample('security_password', { least: 8, ...form, base: '/security/password', email }),
  sample(
    'security_password',
    { least: 8, ...form, base: '/security/password', email, message: { key: 'password_wrong' } },
    'wrong',
  ),
  sample('security_identity', { ...form, base: '/security/identity', email }),
  sample('security_identity', { ...form, base: '/security/identity', email, enrolledAt: at }, 'enrolled'),
  sample('api', {
    tags: [
      {
        name: 'Cases',
        operations: [
          {
            id: 'approveCase',
            method: 'POST',
            path: '/cases/{case}/approve',
            scope: 'cases.decide',
            summary: 'Approve a reset',
            says: 'As a super admin who was asked.',
            operator: false,
            decision: true,
          },
        ],
      },
    ],
    problems: [{ reason: 'on_hold', status: 409, says: 'A security delay is running.' }],
  }),
  sample('administration', {
    admin: 'Sora Ito',
    organizations: [
      { id: 'hanami', name: 'Hanami Trading' },
      { id: 'nordlys', name: 'Nordlys Energy' },
    ],
  }),
  sample('members', members),
  sample(
    'members',
    {
      ...members,
      asked: { ...members.asked, q: 'ana', methods: 'one' },
      count: 1000,
      more: true,
      members: [],
    },
    'none',
  ),
  sample('several', {
    base: '/administration/hanami/several',
    form: 'f-7d1c4e',
    back: '/administration/hanami',
    organization: 'Hanami Trading',
    change: 'remove',
    lines: [
      { id: 'mika', name: 'Mika Tanaka', email },
      { id: 'sora', name: 'Sora Ito', email: 'sora@example.com', refusal: 'last_super_admin' },
    ],
    state: 'plan',
    keepDays: 90,
  }),
  ...(['working', 'interrupted'] as const).map((state) =>
    sample(
      'several',
      {
        base: '/administration/hanami/several',
        form: 'f-7d1c4e',
        back: '/administration/hanami',
        organization: 'Hanami Trading',
        change: 'suspend',
        lines: [
          { id: 'mika', name: 'Mika Tanaka', email },
          { id: 'sora', name: 'Sora Ito', email: 'sora@example.com', waits: true },
        ],
        state,
        keepDays: 90,
      },
      state,
    ),
  ),
  sample(
    'several',
    {
      base: '/administration/hanami/several',
      form: 'f-7d1c4e',
      back: '/administration/hanami',
      organization: 'Hanami Trading',
      change: 'suspend',
      lines: [{ id: 'mika', name: 'Mika Tanaka', email }],
      state: 'over',
      keepDays: 90,
      undo: 'reinstate',
    },
    'done',
  ),
  sample('invitations', invitations),
  sample(
    'invitations',
    {
      ...invitations,
      domains: [],
      invitations: [],
      message: { key: 'invite_invited', typed: { address: email } },
    },
    'refused',
  ),
  sample('invitation', invitation),
  sample('invitation', { ...invitation, known: true }, 'known'),
  sample('confirm_address', {
    base: '/address/4c1d',
    form: 'f-7d1c4e',
    before: email,
    address: 'mika@hanami.example',
  }),
  sample('policy', { ...policy, base: '/operator/policy', back: '/operator', defaults: true }, 'defaults'),
  ...operating,
  sample('webhooks', webhooks),
  sample('webhooks', { ...webhooks, organization: undefined, base: '/operator/webhooks' }, 'operator'),
  sample(
    'webhooks',
    { ...webhooks, webhooks: [], next: undefined, message: { key: 'webhook_removed' } },
    'none',
  ),
  sample('webhook', webhook),
  sample(
    'webhook',
    {
      ...webhook,
      message: { key: 'webhook_stale', typed: { url: 'https://desk.example.com/late', which: 'all' } },
    },
    'stale',
  ),
  sample('webhook', { ...webhook, paused: true, messages: [], next: undefined }, 'paused'),
  sample(
    'webhook',
    {
      ...webhook,
      base: '/administration/hanami/webhooks/new',
      outcome: undefined,
      message: { key: 'webhook_address', typed: { url: 'http://10.1.2.3/', which: 'all' } },
      messages: [],
      next: undefined,
    },
    'refused',
  ),
  sample('directory', directory),
  sample(
    'directory',
    { ...directory, domains: [], made: undefined, message: { key: 'directory_revoked' } },
    'none',
  ),
  sample('directory', { ...directory, token: `rkscim_${'shown-once-and-nowhere-else-0'.repeat(2)}` }, 'made'),
  sample('webhook_key', {
    url: 'https://desk.example.com/hook',
    key: 'whsec_c2hvd24tb25jZS1hbmQtbm93aGVyZS1lbHNlLTAwMDA=',
    back: '/administration/hanami/webhooks/w1',
  }),
  sample('policy', policy),
  sample(
    'policy',
    {
      ...policy,
      settings: { ...policy.settings, routesOff: ['identity', 'support'] },
      askSure: true,
      message: { key: 'policy_sure' },
    },
    'sure',
  ),
  sample(
    'policy',
    { ...policy, kinds: ['totp'], proofing: false, message: { key: 'policy_trust_days' } },
    'wrong',
  ),
  sample(
    'policy',
    {
      ...policy,
      settings: {
        ...policy.settings,
        requireSecondFactor: false,
        approvals: 2,
        methods: ['totp'],
        supportHoldHours: 72,
      },
      typed: { ...policy.typed, supportHoldHours: '72' },
      now: policy.settings,
      message: { key: 'policy_stale' },
    },
    'stale',
  ),
  sample('member', member),
  sample('member', { ...member, whole }, 'whole'),
  sample(
    'member',
    {
      ...member,
      proposal: {
        role: 'super_admin',
        reason: 'Leads the team now.',
        at,
        by: 'Sora Ito',
        mine: false,
        about: false,
      },
    },
    'proposed',
  ),
  sample(
    'member',
    { ...member, member: { ...member.member, status: 'deactivated' }, changes: ['reactivate', 'remove'] },
    'deactivated',
  ),
  sample(
    'member',
    {
      ...member,
      member: { ...member.member, status: 'removed' },
      purgeAt: at + 9000 * hour,
      changes: ['restore'],
      canRaise: false,
    },
    'removed',
  ),
  sample(
    'member',
    {
      ...member,
      belongs: false,
      elsewhere: 1,
      removesAccount: false,
      changes: ['reinstate', 'remove'],
      suspended: { at, reason: 'On leave.' },
      message: { key: 'member_elsewhere' },
    },
    'elsewhere',
  ),
  sample('member_done', {
    ...{ base: member.base, form: member.form, back: member.back },
    outcome: 'deactivate',
    name: 'Mika Tanaka',
    undo: 'reactivate',
  }),
  sample('suspended', { ...form, organization: 'Hanami Trading', app: 'Ledger' }),
  sample('consent', {
    ...form,
    app: 'Ledger',
    appHost: 'ledger.example',
    email,
    scopes: ['openid', 'profile', 'email', 'offline_access', 'ledger:read'],
  }),
  sample('disavow', disavow),
  sample('disavow', { ...disavow, done: true, expired: true }, 'done'),
  sample('disavow_done', { email }),
  sample('link_gone', {}),
  sample('logout', { action: '/session/end/confirm', xsrf: 'x-9912', app: 'Ledger' }),
  sample('logged_out', { app: 'Ledger' }),
  sample('error', {
    error: 'expired',
    reference: '01J9-4KQ2',
    ways: [{ to: 'app', href: 'https://ledger.example.com/', app: 'Ledger' }, begin],
  }),
  sample(
    'error',
    { error: 'forged_form', ways: [{ to: 'again', href: '/interaction/Jb2mN7pQ' }, begin] },
    'again',
  ),
  sample(
    'error',
    { error: 'forbidden', ways: [{ to: 'switch', href: '/console/switch' }, begin] },
    'forbidden',
  ),
  sample('error', { error: 'no such key', ways: [begin] }, 'unknown'),
  sample(
    'error',
    {
      error: 'invalid_request',
      reference: '3f9a1c20',
      ways: [begin],
      developer: { fault: 'redirect_uri', error: 'invalid_redirect_uri', client: 'ledger' },
    },
    'developer',
  ),
  sample('onward', {
    why: 'app',
    action: '/app/callback',
    fields: [{ name: 'code', value: 'x-8812' }],
    app: 'Ledger',
  }),
  sample('inbox', {
    messages: [
      {
        at,
        channel: 'mail',
        to: email,
        subject: 'You asked to reset your authentication device',
        text: "You asked Rekey to reset your authentication device.\n\n482913\n\nThis wasn't me: http://localhost:3000/disavow/4c1d\n",
        links: ['http://localhost:3000/disavow/4c1d'],
      },
      {
        at: at - hour,
        channel: 'sms',
        to: '+81 90 1234 5678',
        subject: '',
        text: 'Your code is 118822',
        links: [],
      },
      {
        at: at - 2 * hour,
        channel: 'voice',
        to: '+81 90 1234 5678',
        subject: 'A call with your Rekey code',
        text: 'Your Rekey code is 118822.',
        links: [],
        speech: {
          locale: 'en',
          ask: 'Hello, this is Rekey with your sign-in code. To hear it, press 4, 7.',
          say: 'Your Rekey code is: 1, 1, 8, 8, 2, 2.',
        },
      },
    ],
  }),
]
