import { z } from 'zod'
import { operation } from '../operation.ts'
import { ApiRefusal } from '../problems.ts'
import { because } from './people.ts'
import { memberActedFor, ofPerson, requireOwnPeople } from './reach.ts'

const path = '/organizations/{organization}/people/{person}/sign_in_address'
const shared = { path, tag: 'People', scope: 'people.manage' } as const

/** Another address to sign in with: it counts once the person has proven it. */
export const addressOperations = [
  operation({
    ...{ id: 'changeSignInAddress', method: 'post', ...shared },
    summary: 'Ask for another sign-in address',
    says: 'Nothing changes before the person, signed in, has opened the link that is mailed there. Both addresses are told.',
    params: ofPerson,
    body: because.extend({ email: z.email().max(254) }),
    status: 202,
    reasons: ['elsewhere', 'not_possible', 'taken', 'not_yours', 'unreadable', 'host'],
    handle: async (call) => {
      const { organization, account } = await memberActedFor(call)
      const { services, caller, body } = call
      requireOwnPeople(services)
      const by = { by: caller.actor, reason: body.reason, organization: organization.id }
      const done = await services.use.accounts.changeLogin(account.id, body.email, by)
      if (!done.ok) throw new ApiRefusal(done.reason === 'same' ? 'not_possible' : done.reason)
      return {}
    },
  }),
  operation({
    ...{ id: 'withdrawSignInAddress', method: 'delete', ...shared },
    summary: 'Take back the wish for another sign-in address',
    params: ofPerson,
    status: 204,
    reasons: ['elsewhere', 'host'],
    handle: async (call) => {
      const { organization, account } = await memberActedFor(call)
      const { services, caller } = call
      requireOwnPeople(services)
      const by = { by: caller.actor, reason: 'API', organization: organization.id }
      const done = await services.use.accounts.withdrawLogin(account.id, by)
      if (!done.ok) throw new ApiRefusal(done.reason)
      return {}
    },
  }),
]
