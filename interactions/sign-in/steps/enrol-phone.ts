import { randomUUID } from 'node:crypto'
import { callingCodeOf, readNumber } from '../../../account/phone-number.ts'
import type { PhoneFactor } from '../../../rules/factor.ts'
import { isPhone } from '../../../rules/phone.ts'
import { countryOf } from '../../http/request.ts'
import { enrolled, enrolOptions } from '../enrolled.ts'
import { channelOf, codeUnderWay, phoneCodeFor, sendPhoneCode, takePhoneCode } from '../phone-codes.ts'
import { type Action, accountOf, change, type SignInStep, say, type Visit } from '../step.ts'

/** A number as second factor: entered first, then proven by a code. A number that changed is a new one. */
export const enrolPhone: SignInStep<'enrol_phone'> = {
  step: 'enrol_phone',
  show: async (visit) => {
    const sent = await codeUnderWay(visit, 'enrol')
    return {
      ...enrolOptions(visit, 'sms'),
      email: accountOf(visit).email,
      countries: countriesOf(visit),
      sent,
    }
  },
  actions: {
    'enrol-phone': (visit, fields) => prove(visit, fields),
    'enrol-phone/send': (visit, fields) => send(visit, fields),
    'enrol-phone/again': (visit, fields) => again(visit, fields),
    'enrol-phone/change': async () => change((attempt) => ({ ...attempt, phoneCode: undefined })),
  },
}

/** Countries that can be chosen, in the order of the person's language; the one that is likely theirs stands first. */
function countriesOf({ services, ctx, attempt }: Visit): { id: string; name: string; callingCode: string }[] {
  const names = new Intl.DisplayNames(attempt.locale, { type: 'region' })
  // English is spoken everywhere; of the others it is the largest country where the browser names none.
  const largest = attempt.locale === 'en' ? undefined : new Intl.Locale(attempt.locale).maximize().region
  const home = countryOf(ctx, attempt.locale) ?? largest
  return (services.config.phone?.countries ?? [])
    .flatMap((id) => {
      const callingCode = id.startsWith('+') ? undefined : callingCodeOf(id)
      return callingCode === undefined ? [] : [{ id, name: names.of(id) ?? id, callingCode }]
    })
    .toSorted(
      (a, b) => Number(b.id === home) - Number(a.id === home) || a.name.localeCompare(b.name, attempt.locale),
    )
}

const send: Action = async (visit, fields) => {
  const channel = channelOf(fields.channel)
  const typed = fields.number?.trim() ?? ''
  if (channel === undefined) return say('unknown')
  if (typed === '') return say('number_missing')
  const phone = readNumber(typed, fields.country)
  if (phone === undefined) return say('number_wrong')
  const { number } = phone
  const known = accountOf(visit).factors.some((factor) => isPhone(factor) && factor.number === number)
  if (known) return say('number_known')
  return sendPhoneCode(visit, { purpose: 'enrol', factor: randomUUID(), number, channel })
}

const again: Action = async (visit, fields) => {
  const channel = channelOf(fields.channel)
  const sent = phoneCodeFor(visit, 'enrol')
  if (channel === undefined || sent === undefined) return say('unknown')
  const { factor, number } = sent
  return sendPhoneCode(visit, { purpose: 'enrol', factor, number, channel })
}

/** The number counts once its code was typed back; until then nothing of the account has changed. */
const prove: Action = (visit, fields) =>
  takePhoneCode(visit, 'enrol', fields.code ?? '', ({ factor: id, number, takesTexts, channel }) => {
    const now = visit.services.clock()
    const kind = takesTexts ? 'sms' : 'voice'
    const factor: PhoneFactor = { id, kind, name: '', number, createdAt: now, lastUsedAt: now }
    return enrolled(visit, factor, channel === 'sms' ? 'sms' : 'tel')
  })
