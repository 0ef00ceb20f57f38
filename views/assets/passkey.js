// Passkeys can't do without a script: the browser hands them to nobody else. What comes back travels in a hidden field
// of an ordinary form.

const {
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  sendSignal,
  startAuthentication,
  startRegistration,
} = globalThis.SimpleWebAuthnBrowser

/** Asks again in time for a challenge, as one lasts five minutes. */
const renewAfter = 120_000

const optionsOf = async ({ dataset }) => {
  const response = await fetch(dataset.options, {
    headers: { accept: 'application/json' },
    cache: 'no-store',
  })
  if (!response.ok || response.status === 204) throw new Error('no options')
  return response.json()
}

const send = (form, credential) => {
  form.elements.credential.value = JSON.stringify(credential)
  // Chosen on the form of the password, and meant for both.
  const box = document.querySelector('[type=checkbox][name=keep]')
  if (form.elements.keep) form.elements.keep.value = box.checked ? 'yes' : ''
  form.requestSubmit()
}

/** What went wrong, in the words that the page has for it. */
const faultOf = (error) => {
  const name = error.cause?.name ?? error.name
  if (name === 'NotAllowedError' || name === 'AbortError') return 'cancelled'
  if (name === 'InvalidStateError') return 'taken'
  return error instanceof TypeError || error.message === 'no options' ? 'lost' : 'failed'
}

const ceremonies = { get: startAuthentication, 'sign-in': startAuthentication, create: startRegistration }

const button = document.querySelector('[data-passkey]')
const form = button.form
const fault = form.querySelector('[data-passkey-fault]')

const say = (text) => {
  fault.hidden = text === ''
  fault.textContent = text
}

const start = async () => {
  say('')
  button.disabled = true
  try {
    const optionsJSON = await optionsOf(button)
    send(form, await ceremonies[button.dataset.passkey]({ optionsJSON }))
  } catch (error) {
    say(button.dataset[faultOf(error)])
    if (button.dataset.passkey === 'sign-in') offerInField()
  }
  button.disabled = false
}

/** Among the suggestions of the e-mail field (conditional mediation). Says nothing: nobody has asked for it. */
let renewal
const offerInField = async () => {
  clearTimeout(renewal)
  if (!(await browserSupportsWebAuthnAutofill())) return
  renewal = setTimeout(offerInField, renewAfter)
  try {
    const optionsJSON = await optionsOf(button)
    send(form, await startAuthentication({ optionsJSON, useBrowserAutofill: true }))
  } catch {
    // Something else was begun, or the browser has none.
  }
}

/** Nobody has this passkey any more: the browser need not offer it again (WebAuthn L3 §5.1.10). */
const forget = async (credentialID) => {
  try {
    await sendSignal({ signalName: 'unknownCredential', rpID: location.hostname, credentialID })
  } catch {
    // Few browsers can.
  }
}

if (browserSupportsWebAuthn()) {
  button.hidden = false
  // Enter in the field of the name is meant for the button.
  form.addEventListener('submit', (event) => {
    if (form.elements.credential.value !== '') return
    event.preventDefault()
    event.stopPropagation()
    start()
  })
  button.addEventListener('click', start)
  if (button.dataset.unknown) forget(button.dataset.unknown)
  if (button.dataset.passkey === 'sign-in') offerInField()
} else {
  const unsupported = form.querySelector('[data-passkey-unsupported]')
  if (unsupported) unsupported.hidden = false
}
