import type { Context } from 'koa'
import { z } from 'zod'
import { subscriptionContext } from '../../account/reseal.ts'
import type { Message } from '../../adapters/delivery/delivery.ts'
import type { KeyRing } from '../../adapters/secrets/key-ring.ts'
import type { PushFactor } from '../../rules/factor.ts'
import type { Services } from '../services.ts'
import { phoneOf } from './phone.ts'
import { badProof } from './proof.ts'

/** Where wake-ups for a phone go, as its browser says (W3C Push API). */
const subscription = z.object({
  endpoint: z.url({ protocol: /^https?$/ }).max(1000),
  /** An uncompressed point, and 16 bytes (RFC 8291 §3.1, §3.2). */
  p256dh: z.string().regex(/^[\w-]{87}$/),
  auth: z.string().regex(/^[\w-]{22}$/),
})

type Subscription = z.output<typeof subscription>

const asked = z.object({ subscription })

/** POST subscription: where the phone can be woken up. Whether it may be sent there is decided when it is. */
export async function subscribe(services: Services, ctx: Context, proof: string): Promise<object> {
  const { account, factor, claims } = await phoneOf(services, ctx, proof)
  const given = asked.safeParse(claims)
  if (!given.success) throw badProof()
  const sealed = services.ring.seal(JSON.stringify(given.data.subscription), subscriptionContext(factor.id))
  await changePhone(services, account.id, factor.id, (one) => ({ ...one, subscription: sealed }))
  return { subscribed: true }
}

export function readSubscription(ring: KeyRing, factor: PushFactor): Subscription | undefined {
  return factor.subscription === undefined
    ? undefined
    : JSON.parse(ring.open(factor.subscription, subscriptionContext(factor.id)))
}

/** The push service says that a subscription is no more. The phone may have made another one meanwhile: that one stays. */
export async function forgetSubscription(
  services: Pick<Services, 'change' | 'ring'>,
  { to, push }: Message,
): Promise<void> {
  if (push?.phone === undefined) return
  await changePhone(services, push.phone.account, push.phone.factor, (one) => {
    const { subscription: _, ...rest } = one
    return readSubscription(services.ring, one)?.endpoint === to ? rest : one
  })
}

async function changePhone(
  services: Pick<Services, 'change'>,
  account: string,
  id: string,
  change: (factor: PushFactor) => PushFactor,
): Promise<void> {
  await services.change('protections', account, (current) => [
    current && {
      ...current,
      factors: current.factors.map((one) => (one.id === id && one.kind === 'push' ? change(one) : one)),
    },
    undefined,
  ])
}
