import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context } from 'koa'
import { z } from 'zod'
import { type Attempt, ofAccount, withProof } from '../../rules/attempt.ts'
import { seeOther } from '../http/page.ts'
import { Problem } from '../http/problem.ts'
import type { Services } from '../services.ts'
import { attemptOf, changeAttempt, interactionOf, toHub } from './attempts.ts'

/** What the host proved on its own page. */
export interface FirstFactor {
  /** The person's id. */
  person: string
  /** RFC 8176: `['pwd']`, `['fed']` … A second factor of the host's own doesn't count as one here. */
  amr: string[]
  /** When. Milliseconds since 1970. */
  at: number
  /** Whether they stay signed in when the browser is closed, where `sessionCookie` is `choose`: as your page asked them. */
  remember?: boolean
  /** Whose sign-in it is: the `uid` that the page was given. Read from the request where it is left out. */
  uid?: string
}

/** As a host's page has it: Express, Koa, Fastify's `raw` … */
export interface HostContext {
  /** `originalUrl` and `body` are read where a framework has them. */
  req: IncomingMessage & { originalUrl?: string; body?: unknown }
  /** Ended by it: with the way back to the sign-in. */
  res: ServerResponse
}

const sealed = z.object({
  uid: z.string(),
  person: z.string(),
  amr: z.array(z.string()),
  at: z.number(),
  until: z.number(),
  remember: z.boolean().optional(),
})
const context = 'first-factor'

/** Milliseconds that the browser has to come back in. */
const wayBack = 120_000

/** Sends the person to the page of the host's own. `fresh`: somebody was known already, and has to prove it anew. */
export function toFirstFactor(ctx: Context, url: string, attempt: Attempt): void {
  const page = new URL(url)
  page.searchParams.set('uid', attempt.id)
  if (attempt.account !== undefined) page.searchParams.set('fresh', 'yes')
  seeOther(ctx, page.href)
}

/**
 * The first factor was proven on a page of the host's own. What is known of it goes back to the sign-in by the browser:
 * only the one that began the sign-in has its cookie, so nobody's proof ends up in somebody else's.
 */
export async function passed(services: Services, given: HostContext, proof: FirstFactor): Promise<void> {
  const { req, res } = given ?? {}
  if (req?.headers === undefined || res?.writeHead === undefined)
    throw new TypeError('passed: takes { req, res } of node:http first, as Express has them (Fastify: raw)')
  if (typeof proof?.person !== 'string')
    throw new TypeError('passed: takes { person, amr, at } second; `person` is an id')
  if (!z.array(z.string()).safeParse(proof.amr).success)
    throw new TypeError("passed: `amr` is a list of methods, such as ['pwd']")
  const uid = proof.uid ?? uidOf(req)
  if (uid === undefined)
    throw new TypeError('passed: the request has no `uid`; pass the one that your page was given')
  if (!Number.isFinite(proof.at) || proof.at < 1e11) throw new TypeError('passed: `at` is in milliseconds')
  if ((await services.accounts.get(proof.person)) === undefined)
    throw new TypeError('passed: `people` has nobody with this id')
  const now = services.clock()
  const { person, amr, remember } = proof
  const told = services.ring.seal(
    JSON.stringify({ uid, person, amr, remember, at: Math.min(proof.at, now), until: now + wayBack }),
    context,
  )
  const back = `${services.config.base}/interaction/${encodeURIComponent(uid)}/passed?proof=${encodeURIComponent(told)}`
  res.writeHead(303, { location: back, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }).end()
}

/** GET /interaction/:uid/passed: back from the host's page, in the browser that began. */
export async function takeFirstFactor(services: Services, ctx: Context): Promise<void> {
  const interaction = await interactionOf(services, ctx)
  if (interaction.prompt.name === 'consent') throw new Problem(400, 'expired')
  const attempt = await attemptOf(services, ctx, interaction)
  const proof = readProof(services, ctx.query.proof)
  const now = services.clock()
  if (proof === undefined || proof.uid !== attempt.id || proof.until < now) throw new Problem(400, 'expired')
  const account = await services.accounts.get(proof.person)
  if (account === undefined) throw new Problem(400, 'expired')
  const method = { amr: proof.amr.filter((value) => value !== 'mfa') }
  await changeAttempt(services, attempt, (current) => {
    const mine = ofAccount(current, account.id, now)
    const proven = withProof(mine, 'pwd', proof.at, account)
    return {
      ...proven,
      keep: proof.remember,
      proofs: proven.proofs.map((one) => (one.method === 'pwd' ? { ...one, ...method } : one)),
    }
  })
  toHub({ ctx, attempt })
}

function readProof({ ring }: Services, given: unknown): z.output<typeof sealed> | undefined {
  try {
    return sealed.parse(JSON.parse(ring.open(String(given), context)))
  } catch {
    return undefined
  }
}

function uidOf({ originalUrl, url = '/', body }: HostContext['req']): string | undefined {
  const posted = (body as { uid?: unknown } | undefined)?.uid
  const query = new URL(originalUrl ?? url, 'http://host').searchParams.get('uid')
  return typeof posted === 'string' ? posted : (query ?? undefined)
}
