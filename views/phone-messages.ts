import type { Locale } from '../rules/account.ts'
import type { Texts } from './i18n.ts'

/** A code for a phone, written or spoken. */
export interface RenderedPhoneCode {
  subject: string
  text: string
  speech?: { locale: Locale; ask: string; keys: string; again: string; say: string }
}

export interface PhoneCodeData {
  code: string
  /** Where the code belongs. */
  host: string
  /** The digits that a call asks for before it says anything. */
  keys: string
  brand: string
}

const spaced = (digits: string, t: Texts): string => [...digits].join(t('phone_code.between'))

/**
 * The last line of a text is for the phone, which then offers the code on the page of that host and on no other
 * (WICG Origin-bound one-time codes).
 */
export function renderPhoneCode(
  channel: 'sms' | 'voice',
  { code, host, keys, brand }: PhoneCodeData,
  t: Texts,
): RenderedPhoneCode {
  const subject = t(`phone_code.${channel}_subject`, { brand })
  if (channel === 'sms')
    return { subject, text: `${t('phone_code.sms', { code, brand })}\n\n@${host} #${code}` }
  const asked = { brand, keys: spaced(keys, t) }
  return {
    subject,
    text: t('phone_code.voice', { code, brand }),
    speech: {
      locale: t.locale,
      ask: t('phone_code.ask', asked),
      keys,
      again: t('phone_code.again', asked),
      say: t('phone_code.say', { code: spaced(code, t), brand }),
    },
  }
}
