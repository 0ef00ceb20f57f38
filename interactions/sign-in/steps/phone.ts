import { maskNumber, phoneFactors } from '../../../rules/phone.ts'
import { channelOf, codeUnderWay, sendPhoneCode, takePhoneCode } from '../phone-codes.ts'
import { type Action, accountOf, proven, type SignInStep, say, verification } from '../step.ts'

/** A code by text message or call. The page has buttons for both, so neither is among the other ways. */
export const phone: SignInStep<'phone'> = {
  step: 'phone',
  show: async (visit) => {
    const { ways, ...common } = verification(visit, 'sms')
    const sent = await codeUnderWay(visit, 'prove')
    return {
      ...common,
      ways: ways.filter((way) => way !== 'voice'),
      phones: phoneFactors(accountOf(visit)).map(({ id, kind, number }) => ({
        id,
        number: maskNumber(number),
        takesTexts: kind === 'sms',
      })),
      sent,
    }
  },
  actions: {
    phone: (visit, fields) => enter(visit, fields),
    'phone/send': (visit, fields) => send(visit, fields),
  },
}

const send: Action = async (visit, fields) => {
  const channel = channelOf(fields.channel)
  const phones = phoneFactors(accountOf(visit))
  const chosen = phones.find(({ id }) => id === fields.phone)
  if (phones.length === 0) return say('phone_disabled')
  if (channel === undefined || chosen === undefined) return say('unknown')
  return sendPhoneCode(visit, { purpose: 'prove', factor: chosen.id, number: chosen.number, channel })
}

const enter: Action = (visit, fields) =>
  takePhoneCode(visit, 'prove', fields.code ?? '', ({ channel }) =>
    proven(visit, fields, channel === 'sms' ? 'sms' : 'tel'),
  )
