import {
  allAccounts,
  dropPairing,
  openPairing,
  removeAccount,
  saveAccount,
  savePairing,
  saveWords,
} from './authenticator-accounts.js'
import { codeAt, period, secretKey } from './authenticator-code.js'
import { ask, base, home, newKey, now, post, proof, Refused, setClock } from './authenticator-requests.js'

const app = document.getElementById('authenticator')
const words = JSON.parse(app.dataset.words)
const part = (id) => document.getElementById(id)
const language = document.documentElement.lang
const time = new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit', second: '2-digit' })

/** Something that happened: shown at the top, and said by a screen reader. */
const say = (key, tone = 'error') => {
  const place = part('happened')
  place.className = `message ${tone}`
  place.setAttribute('role', tone === 'error' ? 'alert' : 'status')
  place.textContent = words[key] ?? words.failed
  place.hidden = false
  place.scrollIntoView({ block: 'nearest' })
}
const quiet = () => {
  part('happened').hidden = true
}

/** What a template holds, with ids of its own, so that each label keeps its field. */
let copies = 0
const copy = (template) => {
  copies += 1
  const element = part(template).content.firstElementChild.cloneNode(true)
  for (const named of element.querySelectorAll('[id]')) {
    const id = `${named.id}-${copies}`
    element.querySelector(`label[for="${named.id}"]`)?.setAttribute('for', id)
    named.id = id
  }
  return element
}
const fill = (element, values) => {
  for (const [name, value] of Object.entries(values)) {
    const place = element.querySelector(`[data-value="${name}"]`)
    if (place !== null) place.textContent = value
  }
  return element
}

/** A button that works once at a time; whatever goes wrong is said. */
const act = (element, event, what) =>
  element.addEventListener(event, async (fired) => {
    fired.preventDefault()
    fired.stopPropagation()
    if (element.dataset.busy) return
    element.dataset.busy = 'yes'
    quiet()
    try {
      await what()
    } catch (error) {
      say(error instanceof Refused ? error.message : 'offline')
    }
    delete element.dataset.busy
  })

const digits = (field) => field.value.normalize('NFKC').replace(/\D/g, '')

/** The fields of a template as a form that no page of ours sends. */
const formOf = (element) => {
  const form = document.createElement('form')
  form.className = 'stack'
  form.noValidate = true
  form.append(...element.childNodes)
  element.append(form)
  return form
}

// Pairing: the link has a token behind its #, where no server sees it.

let claimed

const tokenOf = (text) => /#pair=([\w-]{43})$/.exec(text.trim())?.[1]

async function claim(token) {
  const key = await newKey()
  const { id } = await ask(key, `${home}/pair`, { pair: token })
  claimed = { id, privateKey: key.privateKey }
  await savePairing({ ...claimed, at: Date.now() })
  showPairing()
}

function showPairing() {
  for (const other of ['connect', 'none', 'idle']) part(other).hidden = true
  part('pairing').hidden = false
  part('pairing').querySelector('input').focus()
}

async function typePairingNumber() {
  const field = part('pairing').querySelector('input')
  const number = digits(field)
  if (number.length !== 6) return say('six_digits')
  try {
    const said = await ask(claimed, `${home}/pair/confirm`, { number })
    const { account, email, issuer, secret } = said
    const code = await secretKey(secret)
    await saveAccount({ ...claimed, account, email, issuer, code, name: '', addedAt: Date.now() })
    await dropPairing()
    part('pairing').hidden = true
    part('connect').hidden = false
    say('connected', 'done')
    navigator.storage?.persist?.()
    await showAccounts()
    listen()
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    field.value = ''
    say(error.message === 'wrong' ? 'wrong_number' : 'pairing_over')
    if (error.message === 'wrong') return
    await dropPairing()
    part('pairing').hidden = true
    part('connect').hidden = false
    await showAccounts()
  }
}

// The accounts of this phone.

async function showAccounts() {
  const accounts = await allAccounts()
  part('none').hidden = accounts.length > 0
  part('accounts').hidden = accounts.length === 0
  part('account-list').replaceChildren(...accounts.map(accountElement))
  part('connect').open = accounts.length === 0
  part('wake-up').hidden = !(await canSubscribe(accounts))
}

function accountElement(account) {
  const { name, email, issuer, id } = account
  const element = fill(copy('account'), { name: name || issuer, email })
  element.dataset.account = id
  const code = element.querySelector('details')
  code.addEventListener('toggle', () => showCode(element, account))
  const field = element.querySelector('input')
  field.value = name
  act(formOf(element.querySelector('.rename')), 'submit', async () => {
    await saveAccount({ ...account, name: field.value.trim().slice(0, 40) })
    await showAccounts()
    say('renamed', 'done')
  })
  const remove = element.querySelector('[data-do="remove"]')
  act(remove, 'click', async () => {
    if (!remove.dataset.sure) {
      remove.dataset.sure = 'yes'
      remove.textContent = words.remove_sure
      return
    }
    await removeAccount(id)
    await showAccounts()
    say('removed_here', 'done')
    listen()
  })
  return element
}

/** Shown on request: whoever looks over the shoulder shouldn't see all codes. */
async function showCode(element, account) {
  const details = element.querySelector('details')
  if (!details.open || !element.isConnected) return
  const at = now()
  const code = await codeAt(account.code, at)
  const left = Math.ceil((period - (at % period)) / 1000)
  fill(element, { code: `${code.slice(0, 3)} ${code.slice(3)}`, left: words.left.replace('{seconds}', left) })
  setTimeout(() => showCode(element, account), 1000 - (at % 1000))
}

// Requests.

const shown = new Map()

function showRequests(told, accounts) {
  const open = accounts.flatMap((account) =>
    (told[account.id]?.prompts ?? []).map((prompt) => ({ account, prompt })),
  )
  const ids = open.map(({ prompt }) => prompt.id)
  for (const [id, element] of shown) {
    if (ids.includes(id)) continue
    element.remove()
    shown.delete(id)
  }
  for (const { account, prompt } of open) {
    if (shown.has(prompt.id)) continue
    const element = requestElement(account, prompt)
    shown.set(prompt.id, element)
    quiet()
    part('requests').prepend(element)
    element.querySelector('input').focus()
  }
  part('idle').hidden = open.length > 0 || accounts.length === 0
}

function requestElement(account, { id, app: asking, origin, createdAt }) {
  const { browser, system, address } = origin
  const element = fill(copy('request'), {
    app: asking,
    from: [browser, system, address].filter(Boolean).join(' · '),
    at: time.format(createdAt),
    account: account.email,
  })
  const field = element.querySelector('input')
  const send = (claims) => ask(account, `${home}/answer`, { prompt: id, ...claims })
  const finish = (key, tone) => {
    element.remove()
    shown.delete(id)
    say(key, tone)
  }
  act(formOf(element.querySelector('.answer')), 'submit', async () => {
    const number = digits(field)
    if (number.length !== 6) return say('six_digits')
    field.value = ''
    try {
      await send({ decision: 'approve', number })
      finish('approved', 'done')
    } catch (error) {
      if (!(error instanceof Refused) || error.message === 'wrong') throw error
      finish(error.message)
    }
  })
  act(element.querySelector('[data-do="not-me"]'), 'click', async () => {
    await send({ decision: 'not_me' })
    finish('refused', 'done')
  })
  return element
}

// What the server tells while the page is open.

let listening = new AbortController()
let told = {}

async function listen() {
  listening.abort()
  listening = new AbortController()
  const { signal } = listening
  while (!signal.aborted && document.visibilityState === 'visible') {
    const accounts = await allAccounts()
    if (accounts.length === 0) return showRequests({}, accounts)
    const path = `${home}/events`
    try {
      const proofs = await Promise.all(accounts.map((account) => proof(account, path)))
      const response = await post(path, { proofs }, signal)
      if (response.ok) await read(response, accounts)
      else await refused(response)
    } catch {
      if (!signal.aborted) part('no-connection').hidden = false
    }
    await new Promise((resolve) => setTimeout(resolve, 2000))
  }
}

async function refused(response) {
  const { error, now: serverTime } = await response.json()
  if (error === 'clock') setClock(serverTime)
}

async function read(response, accounts) {
  part('no-connection').hidden = true
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    const events = (rest + chunk.value).split('\n\n')
    rest = events.pop()
    for (const event of events) if (event.startsWith('data: ')) hear(JSON.parse(event.slice(6)), accounts)
  }
}

function hear(data, accounts) {
  told = data
  showRequests(told, accounts)
  for (const { id } of accounts) {
    const state = told[id]?.state
    const place = document.querySelector(`[data-account="${id}"] [data-value="state"]`)
    if (place === null) continue
    place.textContent = words[`state_${state}`] ?? ''
    place.hidden = place.textContent === ''
  }
}

// Wake-ups, once the person asks for them: browsers insist on that.

async function canSubscribe(accounts) {
  if (accounts.length === 0 || !('PushManager' in window) || Notification.permission === 'denied')
    return false
  return accounts.some(({ subscribed }) => !subscribed)
}

async function subscribe() {
  const registration = await navigator.serviceWorker.ready
  const subscription = await registration.pushManager
    .subscribe({ userVisibleOnly: true, applicationServerKey: app.dataset.pushKey })
    .catch(() => undefined)
  if (subscription === undefined) return say('no_wake_up')
  const { endpoint, keys } = subscription.toJSON()
  const claims = { subscription: { endpoint, p256dh: keys.p256dh, auth: keys.auth } }
  for (const account of await allAccounts()) {
    await ask(account, `${home}/subscription`, claims)
    await saveAccount({ ...account, subscribed: true })
  }
  await showAccounts()
  say('woken', 'done')
}

// So that it opens without a connection: the worker keeps what this page is made of.

async function keep() {
  if (!('serviceWorker' in navigator) || location.pathname !== home) return
  await navigator.serviceWorker.register(`${home}/worker.js`, { scope: home })
  const loaded = performance.getEntriesByType('resource').map(({ name }) => name)
  const ours = loaded.filter((url) => new URL(url).pathname.startsWith(`${base}/assets/`))
  const cache = await caches.open('authenticator')
  // Each once: a list with the same address twice is refused.
  await cache.addAll([...new Set([home, ...ours])])
  await saveWords({ title: words.wake_title, text: words.wake_text })
  app.dataset.kept = 'yes'
}

async function start() {
  app.hidden = false
  act(formOf(part('pairing')), 'submit', typePairingNumber)
  act(formOf(part('paste')), 'submit', async () => {
    const token = tokenOf(part('link').value)
    if (token === undefined) return say('bad_link')
    part('link').value = ''
    await claim(token).catch((error) => {
      throw error instanceof Refused ? new Refused('pairing_over') : error
    })
  })
  act(part('subscribe'), 'click', subscribe)
  document.addEventListener('visibilitychange', listen)
  addEventListener('online', listen)
  addEventListener('hashchange', begin)
  await showAccounts()
  await begin()
  keep().catch(() => {})
  listen()
}

async function begin() {
  const token = tokenOf(location.hash)
  if (token === undefined) return goOnPairing()
  history.replaceState(null, '', location.pathname)
  quiet()
  await claim(token).catch((error) => say(error instanceof Refused ? 'pairing_over' : 'offline'))
}

/** As long as a pairing lasts. Milliseconds. */
const pairingLifetime = 600_000

async function goOnPairing() {
  const begun = await openPairing()
  if (begun === undefined) return
  if (Date.now() - begun.at > pairingLifetime) return dropPairing()
  claimed = { id: begun.id, privateKey: begun.privateKey }
  showPairing()
}

start().catch(() => say('no_storage'))
