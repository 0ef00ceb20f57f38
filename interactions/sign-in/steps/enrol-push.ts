import { type Pairing, type PairingState, pairedFactor, pairingState } from '../../../rules/pairing.ts'
import { newPairing, newPairingSecrets, type PairingSecrets } from '../../authenticator/pairing.ts'
import { scratch } from '../attempts.ts'
import { enrolled, enrolOptions } from '../enrolled.ts'
import { type Action, accountOf, change, type SignInStep, say, type Visit } from '../step.ts'

/** Our authenticator on a phone: it comes by a QR code, its owner types a number, and this sign-in binds it. */
export const enrolPush: SignInStep<'enrol_push'> = {
  step: 'enrol_push',
  show: async (visit) => {
    const account = accountOf(visit)
    const { pairing, secrets } = await ensurePairing(visit)
    const state = stateOf(visit, pairing)
    const { browser, system } = pairing.phone ?? {}
    return {
      ...enrolOptions(visit, 'push'),
      email: account.email,
      recovered: account.recovered !== undefined,
      state,
      // In the fragment, which no log of a server or proxy ever sees.
      link: `${visit.services.config.base}/authenticator#pair=${secrets.token}`,
      number: state === 'number' ? secrets.number : undefined,
      device: [browser, system].filter(Boolean).join(' · '),
    }
  },
  actions: {
    'enrol-push': (visit) => bind(visit, {}),
    'enrol-push/again': (visit) => startOver(visit, {}),
  },
  status: async (visit) =>
    stateOf(visit, await visit.services.store.pairings.get(visit.attempt.pairing?.id ?? '')),
}

const stateOf = ({ services }: Visit, pairing: Pairing | undefined): PairingState =>
  pairingState(pairing, services.clock())

/** One pairing for this sign-in: loading the page again shows the same one, and a new one when it is over. */
async function ensurePairing(visit: Visit): Promise<{ pairing: Pairing; secrets: PairingSecrets }> {
  const { services, attempt } = visit
  const known = attempt.pairing && (await services.store.pairings.get(attempt.pairing.id))
  if (known !== undefined && stateOf(visit, known) !== 'over')
    return { pairing: known, secrets: open(visit, attempt.pairing!) }
  const secrets = newPairingSecrets()
  const pairing = newPairing(services, secrets, { account: accountOf(visit).id, attempt: attempt.id })
  const offered = { id: pairing.id, sealed: services.ring.seal(JSON.stringify(secrets), pairing.id) }
  await services.create('pairings', pairing)
  const kept = await scratch(services, attempt, offered, (current) =>
    // Another tab was first: its pairing counts.
    current.pairing?.id === attempt.pairing?.id
      ? [{ ...current, pairing: offered }, offered]
      : [current, current.pairing ?? offered],
  )
  return { pairing: (await services.store.pairings.get(kept.id)) ?? pairing, secrets: open(visit, kept) }
}

function open({ services }: Visit, kept: { id: string; sealed: string }): PairingSecrets {
  return JSON.parse(services.ring.open(kept.sealed, kept.id))
}

/** The phone becomes a factor here, in the sign-in that asked for it; until now nothing of the account has changed. */
const bind: Action = async (visit) => {
  const { services, attempt } = visit
  const pairing = await services.store.pairings.get(attempt.pairing?.id ?? '')
  const factor = pairedFactor(pairing, attempt, services.clock())
  if (factor === undefined)
    return say(stateOf(visit, pairing) === 'over' ? 'pairing_over' : 'pairing_waiting')
  const outcome = await enrolled(visit, factor, 'push')
  await services.change('pairings', factor.id, () => [undefined, undefined])
  return outcome
}

/** Another phone came first, or this one was put away: a new QR code. */
const startOver: Action = async ({ services, attempt: { pairing } }) => {
  if (pairing !== undefined) await services.change('pairings', pairing.id, () => [undefined, undefined])
  return change((attempt) => ({ ...attempt, pairing: undefined }))
}
