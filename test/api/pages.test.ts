import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect } from 'chai'
import { apiOperations } from '../../api/table.ts'
import { deeds } from '../../interactions/webhooks/deeds.ts'
import { memberChanges } from '../../rules/member-change.ts'
import { audiences } from '../attacks/privileges/audiences.ts'

/** The operations by which a program does the same, or why none does. */
type Same = readonly string[] | { not: string }

const webhook: { [deed: string]: Same } = {
  save: ['changeWebhook'],
  pause: ['changeWebhook'],
  resume: ['changeWebhook'],
  roll: ['rollWebhookKey'],
  test: ['testWebhook'],
  replay: ['replayWebhookMessage'],
  remove: ['removeWebhook'],
}
const secret = { not: 'the API returns no secret of an app' }

/** Every form of administration, support and operator, what it does, and what does it in the API. */
const forms: { readonly [route: string]: { readonly [deed: string]: Same } } = {
  'POST /administration/:organization/members/:account': {
    end_sessions: ['endSessions', 'endSession'],
    suspend: ['suspendPerson'],
    reinstate: ['reinstatePerson'],
    deactivate: ['deactivatePerson'],
    reactivate: ['reactivatePerson'],
    remove: ['removePerson'],
    restore: ['restorePerson'],
    role: ['setRole'],
    agree: ['decideProposal'],
    refuse: ['decideProposal'],
    rename: ['renamePerson'],
    login: ['changeSignInAddress'],
    withdraw_login: ['withdrawSignInAddress'],
    take_factor: ['removeFactor'],
  },
  'POST /administration/:organization/several': {
    several: { not: 'one request for each: a program shows its own plan' },
  },
  'POST /administration/:organization/policy': { save: ['setPolicy'] },
  'POST /administration/:organization/invitations': {
    invite: ['invite'],
    create: ['createPerson'],
    resend: ['resendInvitation'],
    agree: ['agreeToInvitation'],
    revoke: ['revokeInvitation'],
  },
  'POST /administration/:organization/members/:account/reset': { begin: ['openCase'] },
  'POST /administration/:organization/requests/:case/decide': {
    approve: ['approveCase'],
    deny: ['denyCase'],
  },
  'POST /administration/:organization/readiness': { drill: ['beginDrill'], answer: ['answerDrill'] },
  'POST /administration/:organization/audit': { export: ['listOrganizationAudit'] },
  'POST /administration/:organization/directory': { make: ['makeScimToken'], revoke: ['revokeScimToken'] },
  'POST /administration/:organization/webhooks/new': { save: ['createWebhook'] },
  'POST /administration/:organization/webhooks/:webhook': webhook,
  'POST /support/cases/:id': {
    approve: ['approveCase'],
    deny: ['denyCase'],
    pass: { not: 'a one-time pass is a secret, and read out by whoever decides' },
  },
  'POST /operator/apps/new': { save: ['registerApp'] },
  'POST /operator/apps/:id': { save: ['changeApp'], rotate: secret, remove: ['removeApp'] },
  'POST /operator/audit': {
    export: ['listAudit'],
    verify: ['verifyAudit', 'getAuditState'],
    keep: ['setAuditRetention'],
  },
  'POST /operator/policy': { save: ['setDefaultPolicy'] },
  'POST /operator/keys': { rotate: ['rotateKeys'], withdraw: ['rotateKeys'], reseal: ['reseal'] },
  'POST /operator/organizations': { create: ['createOrganization'], domains: ['setDomains'] },
  'POST /operator/outbox': { retry: ['retryParcel'], all: ['retryParcels'] },
  'POST /operator/support': { add: ['setStaff'], remove: ['setStaff'] },
  'POST /operator/webhooks/new': { save: ['createWebhook'] },
  'POST /operator/webhooks/:webhook': webhook,
}

/** Where a page names what its buttons do. */
const pages: { readonly [route: string]: string } = {
  'POST /administration/:organization/members/:account': 'member',
  'POST /administration/:organization/invitations': 'invitations',
  'POST /administration/:organization/readiness': 'readiness',
  'POST /administration/:organization/directory': 'directory',
  'POST /administration/:organization/requests/:case/decide': 'approve',
  'POST /administration/:organization/webhooks/:webhook': 'webhook',
  'POST /support/cases/:id': 'support_case',
  'POST /operator/apps/:id': 'operator_app',
  'POST /operator/audit': 'audit',
  'POST /operator/keys': 'operator_keys',
  'POST /operator/organizations': 'operator_organizations',
  'POST /operator/support': 'operator_support',
}

const ours = Object.entries(audiences)
  .filter(([, audience]) => ['super_admin', 'operator', 'agent'].includes(audience))
  .map(([route]) => route)
  .filter((route) => route.startsWith('POST'))

describe('What the pages do', () => {
  // Seen failing without the entry of `/several`.
  it('is looked at form by form', () => {
    expect(Object.keys(forms).toSorted()).to.deep.equal(ours.toSorted())
  })

  it('is looked at button by button', () => {
    for (const [route, page] of Object.entries(pages)) {
      const source = readFileSync(resolve(import.meta.dirname, `../../views/pages/${page}.ejs`), 'utf8')
      const named = [...source.matchAll(/name="(?:change|do|decision)" value="(\w+)"/g)].map(
        ([, deed]) => deed!,
      )
      expect(Object.keys(forms[route]!), route).to.include.members(named)
    }
    expect(Object.keys(webhook).toSorted()).to.deep.equal(Object.keys(deeds).toSorted())
    expect(Object.keys(forms['POST /administration/:organization/members/:account']!)).to.include.members([
      ...memberChanges,
    ])
  })

  // Seen failing with the name of an operation that isn't there.
  it('is done by the API too, or says why not', () => {
    const operations = new Set(apiOperations.map(({ id }) => id))
    const named = Object.values(forms).flatMap((form) => Object.values(form))
    const missing = named.flatMap((same) => ('not' in same ? [] : same.filter((id) => !operations.has(id))))
    expect(missing).to.deep.equal([])
  })
})
