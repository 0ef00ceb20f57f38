// Everything works without this file; it only makes some things easier.

const language = document.documentElement.lang
const each = (selector, act) => {
  for (const element of document.querySelectorAll(selector)) act(element)
}
const unhide = (element) => {
  element.hidden = false
  const item = element.closest('li[hidden]')
  if (item) item.hidden = false
}

/** A change that a screen reader should say. */
const say = (text) => {
  const place = document.getElementById('said')
  if (place) place.textContent = text
}

// Times in the reader's own zone.
const date = { year: 'numeric', month: 'long', day: 'numeric' }
const short = { ...date, month: 'short' }
const formats = {
  date: new Intl.DateTimeFormat(language, date),
  time: new Intl.DateTimeFormat(language, {
    ...short,
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  }),
}
// What belongs together stays on one line: "Mar 14", "6:26 PM GMT+9".
const kept = (value, before) =>
  value.trim() === '' && ['day', 'month', 'dayPeriod', 'hour', 'minute', 'timeZoneName'].includes(before)
    ? '\u00a0'
    : value
each('time[datetime]', (element) => {
  const format = formats[element.dataset.style] ?? formats.time
  const parts = format.formatToParts(new Date(element.dateTime))
  element.textContent = parts.map(({ value }, index) => kept(value, parts[index - 1]?.type)).join('')
})

// Between a number and its unit as in the texts: no space in Japanese, one in Chinese.
const asInTexts = (said) => {
  if (language === 'ja') return said.replaceAll(' ', '')
  return language.startsWith('zh') ? said.replace(/\d(?=\p{L})/u, '$& ') : said
}

// How long a security delay still lasts.
const left = (milliseconds) => {
  const minutes = Math.max(0, Math.ceil(milliseconds / 60_000))
  const parts = [
    [Math.floor(minutes / 60), 'hour'],
    [minutes % 60, 'minute'],
  ]
  const said = parts.map(([count, unit]) =>
    asInTexts(new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(count)),
  )
  return new Intl.ListFormat(language, { type: 'unit', style: 'long' }).format(said)
}
each('[data-countdown]', (element) => {
  const until = new Date(element.dataset.countdown)
  const count = document.createElement('strong')
  element.append(document.createElement('br'), count)
  const tick = () => {
    count.textContent = left(until - Date.now())
  }
  tick()
  setInterval(tick, 15_000)
})

// A page that answers a form is asked for again where somebody comes back to it or loads it again, and the form isn't sent
// a second time: browsers would ask about that on a page of their own.
history.replaceState(history.state, '')

// What was typed beside the form that is sent comes back with the page, which is the same one again more often than not: a
// statement where the code was asked for once more, an address where another language was chosen. No secrets and no codes.
const beside = 'beside'
const stays = (field) =>
  field.form && !/^(hidden|password|file|submit|button)$/.test(field.type) && !/code$/.test(field.name)
const fieldsBeside = (form) =>
  [...document.querySelectorAll('input, textarea, select')].filter(
    (field) => stays(field) && field.form !== form,
  )
const isTouched = ({ value, checked, defaultValue, defaultChecked, options }) =>
  options
    ? [...options].some(({ selected, defaultSelected }) => selected !== defaultSelected)
    : value !== defaultValue || checked !== defaultChecked
const nameOf = ({ name, type, value }) => [name, /^(radio|checkbox)$/.test(type) ? value : ''].join(' ')
const keepBeside = (form) => {
  const fields = fieldsBeside(form).map((field) => [
    nameOf(field),
    field.form.action,
    field.value,
    field.checked,
    isTouched(field),
  ])
  const { pathname, search } = location
  sessionStorage.setItem(beside, JSON.stringify({ pathname, search, fields }))
}
const bringBack = ({ pathname, search, fields }) => {
  if (pathname !== location.pathname) return
  const all = fieldsBeside()
  // In the same form; or in another one that asks for the same, as each way to prove it is you asks whether to trust.
  const find = (name, action) => {
    const named = all.filter((field) => nameOf(field) === name)
    return named.find(({ form }) => form.action === action) ?? (named.length === 1 ? named[0] : undefined)
  }
  // The part of the page in which it was typed has to be asked for.
  if (
    search &&
    !location.search &&
    fields.some(([name, action, value, , touched]) => touched && value && !find(name, action))
  ) {
    sessionStorage.setItem(beside, JSON.stringify({ pathname, search: '', fields }))
    location.replace(pathname + search)
    return
  }
  for (const [name, action, value, checked, touched] of fields) {
    const field = find(name, action)
    // What was said at first is the server's to say again, but where it had only come back itself.
    if (!field || (!touched && field.value !== '')) continue
    field.value = value
    field.checked = checked
    const folded = field.closest('details')
    if (folded) folded.open = true
    field.dispatchEvent(new Event('change', { bubbles: true }))
  }
}
try {
  const kept = sessionStorage.getItem(beside)
  sessionStorage.removeItem(beside)
  if (kept) bringBack(JSON.parse(kept))
} catch {
  // Where a browser keeps nothing.
}

// A form that only has to be sent on.
each('form[data-onward]', (form) => form.submit())

// A form is sent once, however often its button is pressed.
document.addEventListener('submit', (event) => {
  const form = event.target
  if (form.dataset.sent) {
    event.preventDefault()
    return
  }
  form.dataset.sent = 'yes'
  try {
    keepBeside(form)
  } catch {
    // Where a browser keeps nothing.
  }
  for (const button of form.querySelectorAll('button[type=submit]'))
    button.setAttribute('aria-disabled', 'true')
})
addEventListener('pageshow', (event) => {
  if (!event.persisted) return
  each('form[data-sent]', (form) => {
    delete form.dataset.sent
    for (const button of form.querySelectorAll('button[type=submit]')) button.removeAttribute('aria-disabled')
  })
})

// Six digits are sent as soon as they are there, as is said above the field (WCAG 3.2.2). A moment passes first in which
// whoever typed them, or still has something to choose, can go on: a key, the button or another field stops it.
const moments = { typed: 2000, choice: 1000, whole: 0 }
const programs = ['insertFromPaste', 'insertFromDrop', 'insertReplacementText', undefined]
each('[data-sends-hint]', unhide)
each('input[data-sends]', (field) => {
  let timer
  const stop = () => clearTimeout(timer)
  field.addEventListener('input', ({ inputType }) => {
    stop()
    if (!/^\d{6}$/.test(field.value.normalize('NFKC').replace(/[\s\p{Pd}\p{Cf}\u2212ー]/gu, ''))) return
    const chooses = field.form.querySelector('input[type=checkbox]:not(:checked)') !== null
    const moment = !programs.includes(inputType) ? 'typed' : chooses ? 'choice' : 'whole'
    timer = setTimeout(() => {
      say(field.dataset.sends)
      field.form.requestSubmit(field.form.querySelector('button[type=submit]'))
    }, moments[moment])
  })
  field.addEventListener('keydown', stop)
  field.addEventListener('blur', stop)
  field.form.addEventListener('submit', stop)
  addEventListener('pointerdown', stop)
})

// Another code can be sent once the last one had time to arrive.
each('[data-again]', (element) => {
  const buttons = [...document.querySelectorAll('button[name=channel]')]
  const seconds = new Intl.NumberFormat(language, { style: 'unit', unit: 'second', unitDisplay: 'long' })
  // By this clock alone: the server's may be another.
  const until = Date.now() + Number(element.dataset.again)
  const tick = () => {
    const rest = Math.ceil((until - Date.now()) / 1000)
    element.hidden = rest <= 0
    for (const button of buttons) button.disabled = rest > 0
    if (rest <= 0) return
    element.textContent = element.dataset.words.replace('{time}', asInTexts(seconds.format(rest)))
    setTimeout(tick, 1000)
  }
  tick()
})

// Show and hide a password.
each('[data-reveal]', (button) => {
  unhide(button)
  const field = document.getElementById(button.dataset.reveal)
  const { show: shows, hide, showName, hideName, shown: isShown, hidden: isHidden } = button.dataset
  const show = (shown) => {
    field.type = shown ? 'text' : 'password'
    button.textContent = shown ? hide : shows
    button.setAttribute('aria-label', shown ? hideName : showName)
  }
  button.addEventListener('click', () => {
    show(field.type === 'password')
    say(field.type === 'password' ? isHidden : isShown)
  })
  // A field that is sent as text would be kept among the browser's suggestions.
  field.form?.addEventListener('submit', () => show(false))
})

// A Japanese keyboard makes full-width letters, which browsers take for no address.
each('input[type=email]', (field) => {
  // They are folded before the browser looks, so that it may look.
  if (field.form) field.form.noValidate = false
  field.addEventListener('change', () => {
    field.value = field.value
      .replace(/[\uFF01-\uFF5E]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
      .replace(/[。｡]/g, '.')
  })
})

// Copy a key or all codes, one a line.
const textOf = (element) => {
  const items = [...element.querySelectorAll('li')].map((item) => item.textContent.trim())
  return items.length > 0 ? items.join('\n') : element.textContent.replace(/\s+/g, '')
}
const copy = async (text) => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const area = document.createElement('textarea')
  area.value = text
  document.body.append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  if (!done) throw new Error('not copied')
}
each('[data-copy]', (button) => {
  unhide(button)
  const label = button.textContent
  button.addEventListener('click', async () => {
    try {
      await copy(textOf(document.getElementById(button.dataset.copy)))
    } catch {
      return
    }
    button.textContent = button.dataset.done
    say(button.dataset.done)
    setTimeout(() => {
      button.textContent = label
    }, 2500)
  })
})

each('[data-print]', (button) => {
  unhide(button)
  button.addEventListener('click', () => print())
})

// A waiting page: asks where things stand, less and less often, and goes on when that has changed: by the form that it
// names, or by loading again.
each('[data-poll]', (element) => {
  unhide(element)
  const { poll, status, send } = element.dataset
  const goOn = () => {
    const form = send && document.querySelector(`form[action$="/${send}"]`)
    if (form) form.requestSubmit()
    else location.reload()
  }
  const longest = 15_000
  // On a network that went away an answer may never come, and no fault either.
  const patience = 10_000
  let pause = 2000
  let timer
  const ask = async () => {
    clearTimeout(timer)
    const asked = new AbortController()
    const late = setTimeout(() => asked.abort(), patience)
    try {
      const { signal } = asked
      const response = await fetch(poll, {
        headers: { accept: 'application/json' },
        cache: 'no-store',
        signal,
      })
      const changed = response.ok
        ? (await response.json()).status !== status
        : response.status < 500 && response.status !== 429
      if (changed) {
        goOn()
        return
      }
      pause = response.ok ? Math.min(longest, pause * 1.04) : Math.min(longest, pause * 2)
    } catch {
      pause = Math.min(longest, pause * 2)
    } finally {
      clearTimeout(late)
    }
    timer = setTimeout(ask, pause)
  }
  timer = setTimeout(ask, pause)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible') return
    pause = 2000
    ask()
  })
})
