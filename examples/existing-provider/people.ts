import type { People, Person } from '../../index.ts'

/** The host's own table. */
const rows = [
  { id: '1', mail: 'ada@host.example', name: 'Ada', left: false, admin: true },
  { id: '2', mail: 'ben@host.example', name: 'Ben', left: false, admin: false },
]

type Row = (typeof rows)[number]

/** The table as Rekey reads it. Passwords are proven on the host's own login page, so there is no `verify`. */
export const people: People = {
  get: async (id) => personOf(rows.find((row) => row.id === id)),
  find: async (login) => personOf(rows.find((row) => row.mail === login.toLowerCase())),
  organizations: {
    of: async (id) => rows.filter((row) => row.id === id).map(belongingOf),
    superAdmins: async function* () {
      for (const row of rows) if (row.admin) yield row.id
    },
  },
}

function personOf(row: Row | undefined): Person | undefined {
  if (row === undefined) return undefined
  const { id, mail, name, left } = row
  return {
    id,
    login: mail,
    name,
    mail: [mail],
    status: left ? 'deactivated' : 'active',
    passwordVersion: '1',
  }
}

const belongingOf = ({ admin }: Row) => ({
  organization: { id: 'host', name: 'The Host' },
  role: admin ? ('super_admin' as const) : ('member' as const),
  since: Date.UTC(2025, 0),
})
