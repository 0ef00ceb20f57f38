import twilio from 'twilio'
import type { Locale } from '../../../rules/account.ts'
import type { Speech } from '../delivery.ts'

type Asking = Pick<Speech, 'locale' | 'ask' | 'keys'>

const languages = {
  en: 'en-US',
  ja: 'ja-JP',
  de: 'de-DE',
  fr: 'fr-FR',
  es: 'es-ES',
  ko: 'ko-KR',
  'pt-BR': 'pt-BR',
  'zh-Hans': 'zh-CN',
  'zh-Hant': 'zh-TW',
} as const satisfies { [L in Locale]: string }

/**
 * Asks for keys, and hangs up when none come. What follows the keys isn't in here but fetched from `action`, which
 * Twilio does only with keys to tell: nobody who doesn't press any, and no mailbox, gets to hear it.
 */
export function askForKeys({ locale, ask, keys }: Asking, action: string): string {
  const response = new twilio.twiml.VoiceResponse()
  const gather = response.gather({
    input: ['dtmf'],
    numDigits: keys.length,
    finishOnKey: '',
    timeout: 10,
    actionOnEmptyResult: false,
    action,
    method: 'POST',
  })
  gather.say({ language: languages[locale], loop: 3 }, ask)
  response.hangup()
  return response.toString()
}

/** Says the code twice. */
export function sayCode({ locale, say }: Pick<Speech, 'locale' | 'say'>): string {
  const response = new twilio.twiml.VoiceResponse()
  response.say({ language: languages[locale], loop: 2 }, say)
  response.hangup()
  return response.toString()
}
