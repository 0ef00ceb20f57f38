/** The organizations and people of the demo. Their data is made up. */
export interface DemoOrganization {
  id: string
  name: string
}

export interface DemoPerson {
  id: string
  name: string
  email: string
  password: string
  locale?: 'en' | 'ja'
  status?: 'active' | 'deactivated'
  phone?: string
  totp?: true
  /** Has not looked at their methods since they were set up: the sign-in asks. */
  unchecked?: true
  supportAgent?: true
  operator?: true
  /** As it stands on the documents that the simulator reads. */
  birthDate?: string
  /** With the number of days since it began. */
  memberships: { organization: string; role: 'super_admin' | 'member'; days: number }[]
  /** What to try as this person. */
  hint: string
}

export const organizations: DemoOrganization[] = [
  { id: 'hanami', name: 'Hanami Design' },
  { id: 'nordlys', name: 'Nordlys Energy' },
  { id: 'lakes', name: 'Lakes Cooperative' },
]

const lakeAdmins: DemoPerson[] = Array.from({ length: 30 }, (_, index) => {
  const number = String(index + 1).padStart(2, '0')
  return {
    id: `lake-${number}`,
    name: `Lake Admin ${number}`,
    email: `admin${number}@lakes.example`,
    password: 'thirty-quiet-harbours',
    totp: true,
    memberships: [{ organization: 'lakes', role: 'super_admin', days: 400 - index }],
    hint: 'one of thirty super admins; the first 25 are asked',
  }
})

export const people: DemoPerson[] = [
  {
    id: 'mina',
    name: 'Mina Sato',
    birthDate: '1991-04-12',
    email: 'mina@hanami.example',
    password: 'plum-lantern-river-41',
    locale: 'en',
    phone: '+819012345678',
    totp: true,
    memberships: [{ organization: 'hanami', role: 'member', days: 900 }],
    hint: 'member with authenticator app and backup codes: lose the phone as her',
  },
  {
    id: 'aiko',
    name: 'Aiko Mori',
    email: 'aiko@hanami.example',
    password: 'cedar-window-quiet-17',
    locale: 'ja',
    phone: '+818098765432',
    totp: true,
    memberships: [{ organization: 'hanami', role: 'super_admin', days: 1200 }],
    hint: 'super admin: gets the mail when Mina asks, and approves',
  },
  {
    id: 'ben',
    name: 'Ben Okafor',
    email: 'ben@hanami.example',
    password: 'marble-orbit-tulip-29',
    totp: true,
    memberships: [{ organization: 'hanami', role: 'super_admin', days: 800 }],
    hint: 'the second super admin',
  },
  {
    id: 'noor',
    name: 'Noor Haddad',
    email: 'noor@nordlys.example',
    password: 'saffron-glacier-kite-63',
    phone: '+4791234567',
    totp: true,
    memberships: [
      { organization: 'hanami', role: 'member', days: 700 },
      { organization: 'nordlys', role: 'member', days: 200 },
    ],
    hint: 'member of both organizations; the one of longer standing decides',
  },
  {
    id: 'sol',
    name: 'Sol Lindqvist',
    birthDate: '1984-11-02',
    email: 'sol@nordlys.example',
    password: 'granite-violin-fjord-88',
    totp: true,
    memberships: [{ organization: 'nordlys', role: 'super_admin', days: 650 }],
    hint: 'the only super admin of Nordlys: nobody else can approve',
  },
  {
    id: 'nils',
    name: 'Nils Berg',
    email: 'nils@nordlys.example',
    password: 'copper-meadow-train-52',
    memberships: [{ organization: 'nordlys', role: 'member', days: 30 }],
    hint: 'no second factor yet: is led through setting one up',
  },
  {
    id: 'dora',
    name: 'Dora Klein',
    birthDate: '1979-06-30',
    email: 'dora@hanami.example',
    password: 'paper-comet-willow-35',
    status: 'deactivated',
    totp: true,
    memberships: [{ organization: 'hanami', role: 'member', days: 300 }],
    hint: 'deactivated',
  },
  {
    id: 'sam',
    name: 'Sam Rivera',
    email: 'sam@support.example',
    password: 'beacon-thistle-amber-74',
    totp: true,
    supportAgent: true,
    memberships: [],
    hint: 'support agent of the operator',
  },
  {
    id: 'olga',
    name: 'Olga Brandt',
    email: 'olga@operator.example',
    password: 'lantern-harbor-quartz-61',
    totp: true,
    operator: true,
    memberships: [],
    hint: 'operator: looks after the installation at /operator',
  },
  {
    id: 'lena',
    name: 'Lena Frost',
    email: 'lena@lakes.example',
    password: 'velvet-anchor-maple-96',
    totp: true,
    memberships: [{ organization: 'lakes', role: 'member', days: 100 }],
    hint: 'member of an organization with thirty super admins',
  },
  {
    id: 'rui',
    name: 'Rui Costa',
    email: 'rui@lakes.example',
    password: 'harvest-pebble-ocean-57',
    totp: true,
    unchecked: true,
    memberships: [{ organization: 'lakes', role: 'member', days: 450 }],
    hint: 'has one method since long: the sign-in ends with a check-up',
  },
  ...lakeAdmins,
]
