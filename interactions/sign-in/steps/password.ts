import { noteRefused } from '../../../account/refused.ts'
import { renewHash } from '../../../account/renew-hash.ts'
import { Overloaded } from '../../../adapters/secrets/passwords.ts'
import type { Account } from '../../../rules/account.ts'
import { foldAddress } from '../../../rules/addresses.ts'
import { ofAccount, withProof } from '../../../rules/attempt.ts'
import { upstreamOfAddress } from '../../../rules/upstream.ts'
import type { Fields } from '../../http/form.ts'
import type { Services } from '../../services.ts'
import { aboutApp, allowPicture } from '../app-about.ts'
import { forgetPassword } from '../forgotten.ts'
import { countGuess, noteRight, noteWrong } from '../guessed-passwords.ts'
import { signInByPasskey } from '../passkeys.ts'
import { type Action, change, type Outcome, type SignInStep, say, type Visit } from '../step.ts'
import { toUpstream } from '../upstream.ts'
import { whoTries } from '../who-tries.ts'

export const password: SignInStep<'password'> = {
  step: 'password',
  show: async ({ services, ctx, attempt, account }) => {
    const email = account?.email ?? attempt.typed ?? attempt.ask.loginHint
    const { passwordsElsewhere, sessionCookie } = services.config
    const about = await aboutApp(services, attempt.ask.client)
    allowPicture(ctx, about.logo)
    return {
      app: attempt.ask.app,
      about,
      passkeys: services.kinds.includes('passkey'),
      email,
      passwordsElsewhere,
      organizations: services.config.upstreams.length > 0,
      keep: sessionCookie === 'choose' ? attempt.keep === true : undefined,
    }
  },
  actions: {
    password: async (visit, fields) =>
      fields.via === 'forgot' ? forgetPassword(visit, fields) : keeping(fields, await signIn(visit, fields)),
    'passkey/sign-in': async (visit, fields) => keeping(fields, await signInByPasskey(visit, fields)),
  },
}

/** Whether they stay signed in is chosen with the proof; a refusal brings the box back as it was. */
function keeping({ keep }: Fields, outcome: Outcome): Outcome {
  if (outcome.does !== 'change' && outcome.does !== 'leave') return outcome
  return { ...outcome, change: (attempt) => ({ ...outcome.change(attempt), keep: keep === 'yes' }) }
}

const signIn: Action = async (visit, fields) => {
  const { services, attempt } = visit
  const email = foldAddress(fields.email ?? '')
  const typed = fields.password ?? ''
  const upstream = upstreamOfAddress(services.config.upstreams, email)
  // Whether anybody has the address is not looked at: an answer is the same for all of a domain.
  if (upstream !== undefined && email.length <= 254) return toUpstream(visit, upstream, email)
  if (fields.via === 'upstream') return say(email === '' ? 'email_missing' : 'upstream_none')
  if (email === '' || typed === '') return say('missing_credentials')
  if (email.length > 254 || typed.length > 1024) return say('wrong_credentials')
  const account = await services.accounts.find(email)
  const by = await whoTries(services, visit.ctx, account?.id)
  const mayTry = services.networks.spend(attempt.origin.address) && (await countGuess(services, email, by))
  if (!mayTry) return say('throttled')
  const proven = await verified(services, account, typed)
  if (proven === 'busy') return say('busy')
  if (!proven || account === undefined) {
    await noteWrong(services, email, by)
    return refuse(visit, account)
  }
  const mailAsWell = (await noteRight(services, email, by)) || undefined
  const present = await renewHash(services, account, typed)
  const now = services.clock()
  return change((current) => ({
    ...withProof(ofAccount(current, account.id, now), 'pwd', now, present),
    mailAsWell,
  }))
}

async function verified(
  { people }: Services,
  account: Account | undefined,
  typed: string,
): Promise<boolean | 'busy'> {
  try {
    return (await people.verify?.(account, typed)) === true
  } catch (error) {
    if (error instanceof Overloaded) return 'busy'
    throw error
  }
}

/** Same words and same time whether the address is known or not. */
async function refuse(visit: Visit, account: Account | undefined): Promise<Outcome> {
  const { services, attempt } = visit
  await noteRefused(services, {
    event: 'sign_in.password_wrong',
    subject: account?.id,
    detail: { address: attempt.origin.address, client: attempt.ask.client },
  })
  return say('wrong_credentials')
}
