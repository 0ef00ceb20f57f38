import { type HTMLElement, parse } from 'node-html-parser'
import type { Browser } from './browser.ts'

/** A form of a page that people type into or choose in. */
export interface TypedForm {
  page: string
  method: string
  action: string
  /** What identifies it among the forms of its page: where it goes, and what it asks for. */
  key: string
  fields: TypedField[]
  /** What it sends besides, the first button that is pressed included. */
  hidden: [name: string, value: string][]
}

export interface TypedField {
  name: string
  kind: 'text' | 'box' | 'one of'
  /** Nothing of it is ever shown again. */
  secret: boolean
  required: boolean
  /** As the form would send it now; undefined where it would send nothing. */
  value: string | undefined
  /** What somebody would choose who chooses something else than what stands there. */
  otherwise: string | undefined
}

/** Who has set or guessed it learns it again from nobody's screen: the words of `refusedForm`. */
const isSecret = (name: string, type: string): boolean =>
  type === 'password' || name === 'current' || /code$/.test(name)

/** Every form of a page in which something is typed or chosen. */
export function typedForms(html: string): TypedForm[] {
  const document = parse(html, { blockTextElements: { script: true, style: true, pre: true } })
  const page = /page-(\w+)/.exec(document.querySelector('body')?.getAttribute('class') ?? '')?.[1] ?? ''
  return document.querySelectorAll('main form').flatMap((form) => {
    const fields = fieldsOf(form)
    if (fields.every(({ secret }) => secret)) return []
    const hidden = hiddenOf(form)
    const method = form.getAttribute('method') ?? 'get'
    const action = form.getAttribute('action') ?? ''
    const change = hidden.find(([name]) => name === 'change' || name === 'do')?.[1] ?? ''
    const place = `${method} ${change} ${fields.map(({ name }) => plainName(name))}`
    return [{ page, method, action, key: place, fields, hidden }]
  })
}

/** Names that differ from one member, event or method to the next. */
export const plainName = (name: string): string => name.replace(/^(pick|event|method)_.*/, '$1')

function fieldsOf(form: HTMLElement): TypedField[] {
  const found = new Map<string, TypedField>()
  for (const control of form.querySelectorAll('input, textarea, select')) {
    const name = control.getAttribute('name')
    const type = typeOf(control)
    if (name === undefined || type === 'hidden' || control.hasAttribute('readonly')) continue
    const field = fieldOf(control, name, type)
    const before = found.get(name)
    found.set(name, before === undefined ? field : together(before, field))
  }
  return [...found.values()]
}

const typeOf = (control: HTMLElement): string =>
  control.tagName === 'INPUT' ? (control.getAttribute('type') ?? 'text') : control.tagName.toLowerCase()

function fieldOf(control: HTMLElement, name: string, type: string): TypedField {
  const about = { name, secret: isSecret(name, type), required: control.hasAttribute('required') }
  const stands = control.getAttribute('value')
  if (type === 'checkbox') {
    const checked = control.hasAttribute('checked')
    return {
      ...about,
      kind: 'box',
      value: checked ? stands : undefined,
      otherwise: checked ? undefined : stands,
    }
  }
  if (type === 'radio')
    return { ...about, kind: 'one of', ...chosen([[stands ?? '', control.hasAttribute('checked')]]) }
  if (type === 'select') {
    const options = control.querySelectorAll('option')
    const choices = options.map(
      (one): Choice => [one.getAttribute('value') ?? '', one.hasAttribute('selected')],
    )
    return { ...about, kind: 'one of', ...chosen(choices, choices[0]?.[0]) }
  }
  const value = type === 'textarea' ? control.textContent : (stands ?? '')
  return { ...about, kind: 'text', value, otherwise: undefined }
}

type Choice = [value: string, chosen: boolean]

const chosen = (choices: Choice[], first?: string): Pick<TypedField, 'value' | 'otherwise'> => ({
  value: choices.find(([, is]) => is)?.[0] ?? first,
  otherwise: choices.findLast(([, is]) => !is)?.[0],
})

/** Two buttons of one choice. */
const together = (one: TypedField, other: TypedField): TypedField => ({
  ...one,
  value: one.value ?? other.value,
  otherwise: other.otherwise ?? one.otherwise,
})

function hiddenOf(form: HTMLElement): [string, string][] {
  const inputs = form.querySelectorAll('input[type=hidden]')
  const pressed = form.querySelectorAll('button').find((one) => one.getAttribute('type') !== 'button')
  return [...inputs, ...(pressed ? [pressed] : [])].flatMap((one): [string, string][] => {
    const name = one.getAttribute('name')
    return name ? [[name, one.getAttribute('value') ?? '']] : []
  })
}

/** What is filled in: a value for each field that sends one. */
export type Filled = Map<string, string>

/** Sends a form as it is filled in, and says whether the same form was answered with, and what stands in it. */
export async function sendFilled(
  browser: Browser,
  form: TypedForm,
  filled: Filled,
): Promise<TypedForm | undefined> {
  const body = new URLSearchParams([...form.hidden, ...filled])
  const url = new URL(form.action, browser.shown.url).href
  if (form.method === 'post') await browser.send(url, body)
  else await browser.open(`${url}?${body}`)
  return sameForm(browser, form)
}

export function sameForm(browser: Browser, { page, key }: TypedForm): TypedForm | undefined {
  return typedForms(browser.shown.text).find((one) => one.page === page && one.key === key)
}

/** What was filled in and doesn't stand there any more. */
export function lostFrom(answered: TypedForm, filled: Filled): string[] {
  const plain = (text: string | undefined) => text?.replace(/[\u2066-\u2069]/g, '').trim()
  return answered.fields
    .filter(({ secret }) => !secret)
    .filter(({ name, value }) => plain(value) !== plain(filled.get(name)))
    .map(({ name, value }) => `${name}: ${JSON.stringify(filled.get(name))} became ${JSON.stringify(value)}`)
}
