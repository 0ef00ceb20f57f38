import type { Origin } from '../rules/attempt.ts'
import type { Texts } from './i18n.ts'

/** "Firefox on Windows, 203.0.113.4" in the reader's language. A text is taken as it is. */
export function describeOrigin(origin: Origin | string, t: Texts): string {
  if (typeof origin === 'string') return origin
  const { browser, system, address } = origin
  const device =
    browser && system ? t('origin.device', { browser, system }) : browser || system || t('origin.unknown')
  return address ? t('origin.full', { device, address }) : device
}
