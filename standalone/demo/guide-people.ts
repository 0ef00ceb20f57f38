import { escapeHtml } from '../../views/html.ts'
import { type GuideLocale, type GuideTexts, japaneseAdminHint, japaneseHints } from './guide-texts.ts'
import type { SeededPerson } from './seed.ts'

/** With the code that counts now, and the next. */
export type GuidePerson = SeededPerson & { codes: string[] }

/** Thirty who are alike would hide the others. */
const isOneOfMany = ({ id }: GuidePerson): boolean => /^lake-(0[2-9]|[1-3])/.test(id)

/** Who is who, with everything that it takes to sign in as them. */
export function guidePeople(
  { people, locale, here }: { people: GuidePerson[]; locale: GuideLocale; here(path: string): string },
  t: GuideTexts,
): string {
  const cards = (some: GuidePerson[]) =>
    `<div class="people">${some.map((person) => card(person, locale, t)).join('\n')}</div>`
  return `<section aria-labelledby="people"><h2 id="people">${t.people}</h2><p class="hint">${t.peopleLead}</p>
<p><a class="button secondary small" href="${here(`/dev?ui_locales=${locale}#people`)}">${t.again}</a></p>
${cards(people.filter((person) => !isOneOfMany(person)))}
<details><summary>${t.others}</summary>${cards(people.filter(isOneOfMany))}</details></section>`
}

function card(person: GuidePerson, locale: GuideLocale, t: GuideTexts): string {
  const { id, name, email, password, codes, phone, backupCodes } = person
  const facts: [string, string][] = [
    [t.person.role, escapeHtml(roles(person, t).join(', '))],
    [t.person.try, escapeHtml(hintOf(person, locale))],
    [t.person.email, copied(email)],
    [t.person.password, copied(password)],
    [t.person.codes, codes.length === 0 ? t.person.none : codes.map(copied).join(' ')],
    ...(phone === null ? [] : [[t.person.phone, copied(phone)] as [string, string]]),
  ]
  const rows = facts.map(([term, value]) => `<div><dt>${term}</dt><dd>${value}</dd></div>`)
  return `<article class="person" id="${id}"><h3>${escapeHtml(name)}</h3><dl>${rows.join('')}</dl>${backup(backupCodes, t)}</article>`
}

function backup(codes: string[], t: GuideTexts): string {
  if (codes.length === 0) return ''
  const items = codes.map((code) => `<li>${copied(code)}</li>`)
  return `<details><summary>${t.person.backup} (${codes.length})</summary><ul>${items.join('')}</ul></details>`
}

/** One click selects it whole: there is no script to copy it. */
const copied = (text: string): string => `<code class="copy">${escapeHtml(text)}</code>`

function roles({ memberships, supportAgent, operator, status }: GuidePerson, t: GuideTexts): string[] {
  const named = [
    ...memberships.map(({ organization, role }) => t.role[role](organization)),
    ...(supportAgent ? [t.role.supportAgent] : []),
    ...(operator ? [t.role.operator] : []),
  ]
  if (named.length === 0) named.push(t.role.none)
  return status === 'deactivated' ? [...named, t.role.deactivated] : named
}

const hintOf = ({ id, hint }: GuidePerson, locale: GuideLocale): string =>
  locale === 'ja' ? (japaneseHints[id] ?? japaneseAdminHint) : hint
