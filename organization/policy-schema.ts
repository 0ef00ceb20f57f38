import { z } from 'zod'
import { factorKinds } from '../rules/kinds.ts'
import { policyLimits } from '../rules/policy-change.ts'

const within = (name: keyof typeof policyLimits) =>
  z.int().min(policyLimits[name][0]).max(policyLimits[name][1])

/** What super admins set on a page, with the same limits. */
export const policySchema = z
  .strictObject({
    requireSecondFactor: z.boolean().describe('Members must have a second factor.'),
    methods: z.array(z.enum(factorKinds)).describe('Kinds of second factors that members may set up.'),
    trustedDeviceDays: within('trustedDeviceDays').describe('For how many days a browser may be trusted.'),
    trustedDevicesForAdmins: z.boolean().describe('Whether super admins may trust browsers too.'),
    routesOff: z.array(z.enum(['admin', 'identity', 'support'])).describe('Ways to a reset that are off.'),
    preferIdentity: z.boolean().describe('Whether a photo ID is offered before super admins are asked.'),
    approvals: z.union([z.literal(1), z.literal(2)]).describe('How many super admins must approve.'),
    holdAfterApprovalHours: within('holdAfterApprovalHours').describe('A delay after the approval.'),
    supportHoldHours: within('supportHoldHours').describe('The delay before the support decides.'),
    scimSuperAdmins: z.boolean().describe('Whether SCIM may make super admins, and members of them.'),
    nameSuperAdmins: z.boolean().describe('Whether who asks is told who is asked.'),
    afterReset: z.enum(['password', 'password_and_mail']).describe('What signs in after a reset.'),
    roleApprovals: z
      .union([z.literal(1), z.literal(2)])
      .describe('How many super admins it takes to give a member another role.'),
  })
  .meta({ id: 'Policy', description: 'The security policy of an organization, with everything said.' })

const partly = (name: keyof typeof policyLimits) =>
  z.number().min(policyLimits[name][0]).max(policyLimits[name][1]).optional()

/** What a program or a file says of it; the rest is as if never said. Parts of days and hours were always taken here. */
export const policyPartSchema = policySchema.partial().extend({
  holdAfterApprovalHours: partly('holdAfterApprovalHours'),
  supportHoldHours: partly('supportHoldHours'),
  trustedDeviceDays: partly('trustedDeviceDays'),
})
