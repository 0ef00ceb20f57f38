// Keeps the authenticator for times without a connection, and wakes it up when someone signs in.

const base = new URL('..', location.href).pathname.replace(/\/$/, '')
const home = `${base}/authenticator`
const kept = 'authenticator'
const patience = 4000

addEventListener('install', () => skipWaiting())
addEventListener('activate', (event) => event.waitUntil(clients.claim()))

const isOurs = ({ method, url }) => {
  const { origin, pathname } = new URL(url)
  const part = pathname === home || pathname.startsWith(`${base}/assets/`)
  return method === 'GET' && origin === location.origin && part
}

/** The newest there is; what was kept where there is no connection, or one that doesn't answer. */
const fresh = async (request) => {
  try {
    // By its address: a request for a page can't be given a signal.
    const response = await fetch(request.url, { signal: AbortSignal.timeout(patience) })
    if (response.ok) await (await caches.open(kept)).put(request, response.clone())
    return response
  } catch (error) {
    const known = await caches.match(request, { cacheName: kept, ignoreVary: true })
    if (known === undefined) throw error
    return known
  }
}

addEventListener('fetch', (event) => {
  if (isOurs(event.request)) event.respondWith(fresh(event.request))
})

const words = () =>
  new Promise((resolve) => {
    const request = indexedDB.open('authenticator')
    request.onerror = () => resolve(undefined)
    request.onsuccess = () => {
      const read = request.result.transaction('words').objectStore('words').get('wake')
      read.onsuccess = () => resolve(read.result)
      read.onerror = () => resolve(undefined)
    }
  })

// The push says nothing of what is asked: the authenticator fetches that itself.
addEventListener('push', (event) => {
  const shown = async () => {
    const { title = 'Authenticator', text = '' } = (await words()) ?? {}
    await registration.showNotification(title, { body: text, tag: 'prompt', renotify: true })
  }
  event.waitUntil(shown())
})

addEventListener('notificationclick', (event) => {
  event.notification.close()
  const open = async () => {
    const windows = await clients.matchAll({ type: 'window' })
    const one = windows.find(({ url }) => new URL(url).pathname === home)
    await (one === undefined ? clients.openWindow(home) : one.focus())
  }
  event.waitUntil(open())
})
