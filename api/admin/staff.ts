import { z } from 'zod'
import { listStaff, setStaff } from '../../organization/operator/staff.ts'
import { requireDecider } from '../caller.ts'
import { operation } from '../operation.ts'
import { ApiRefusal } from '../problems.ts'
import { because } from './people.ts'
import { idSchema, requireSettled } from './reach.ts'

const shared = { tag: 'Staff', scope: 'staff.manage', operator: true } as const
const what = z.enum(['supportAgent', 'operator'])
const member = z
  .object({ id: z.string(), name: z.string(), email: z.string(), status: z.string() })
  .meta({ id: 'StaffMember' })

/** Who works for the operator. A program sees them; only an operator who is there in person makes one. */
export const staffOperations = [
  operation({
    ...{ id: 'listStaff', method: 'get', path: '/staff/{role}', ...shared },
    summary: 'Agents of the support, or operators',
    params: z.object({ role: what }),
    status: 200,
    answer: z.object({ items: z.array(member) }),
    handle: async ({ services, params }) => ({
      body: { items: await listStaff(services, params.role) },
    }),
  }),
  operation({
    ...{ id: 'setStaff', method: 'put', path: '/staff/{role}/{person}', ...shared },
    summary: 'Make somebody an agent of the support or an operator, or take it from them',
    says: 'They are told. Nobody does it to themselves.',
    params: z.object({ role: what, person: idSchema }),
    decision: true,
    body: because.extend({ on: z.boolean() }),
    status: 204,
    reasons: ['oneself', 'recent_change'],
    handle: async ({ services, caller, params, body }) => {
      const by = requireDecider(services, caller)
      requireSettled(services, by)
      const done = await setStaff(services, by, { person: params.person, what: params.role, ...body })
      if (!done.ok) throw new ApiRefusal(done.reason === 'self' ? 'oneself' : done.reason)
      return {}
    },
  }),
]
