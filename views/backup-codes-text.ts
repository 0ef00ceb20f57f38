import type { Locale } from '../rules/account.ts'
import { createI18n, type I18n } from './i18n.ts'

/** One set of backup codes, to be kept on paper or in a file. */
export interface BackupCodeSheet {
  brand: string
  /** Where people sign in: a sheet is looked for long after, on another device. */
  address: string
  /** The address that signs in. */
  account: string
  set: number
  createdAt: number
  codes: string[]
  locale: Locale
}

export interface SheetWords {
  title: string
  facts: [label: string, value: string][]
  /** Between a label and what it says. */
  colon: string
  codes: string
  how: string
  advice: string[]
}

let i18n: I18n | undefined

/** What a sheet says in either form. */
export function sheetWords(sheet: BackupCodeSheet): SheetWords {
  i18n ??= createI18n({})
  const t = i18n.texts(sheet.locale)
  return {
    title: t('sheet.title'),
    facts: [
      [t('sheet.issuer'), sheet.brand],
      [t('sheet.address'), sheet.address],
      [t('sheet.account'), sheet.account],
      [t('sheet.created'), i18n.moment(sheet.locale, sheet.createdAt, 'date')],
      [t('sheet.set'), String(sheet.set)],
    ],
    colon: t('join.colon'),
    codes: t('sheet.codes'),
    how: t('sheet.how'),
    advice: [t('sheet.use'), t('sheet.once'), t('sheet.keep'), t('sheet.replaced')],
  }
}

/** A set of backup codes as a plain text file. */
export function backupCodesText(sheet: BackupCodeSheet): string {
  const words = sheetWords(sheet)
  return [
    `${sheet.brand} · ${words.title}`,
    '',
    ...words.facts.map(([label, value]) => `${label}${words.colon}${value}`),
    '',
    ...sheet.codes.map((code, index) => `${String(index + 1).padStart(2)}.  ${code}`),
    '',
    `${words.how}${words.colon.trimEnd()}`,
    ...words.advice.map((advice) => `- ${advice}`),
    '',
  ].join('\n')
}
