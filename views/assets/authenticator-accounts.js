// The accounts of this phone, in the browser's own database: keys stay inside it and can be used, but not read.

const opened = new Promise((resolve, reject) => {
  const request = indexedDB.open('authenticator', 2)
  request.onupgradeneeded = () => {
    const { result } = request
    for (const name of ['accounts', 'words', 'pairings'])
      if (!result.objectStoreNames.contains(name)) result.createObjectStore(name, { keyPath: 'id' })
  }
  request.onsuccess = () => resolve(request.result)
  request.onerror = () => reject(request.error)
})

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

const store = async (name, mode) => (await opened).transaction(name, mode).objectStore(name)

/** In the order in which they were added. */
export const allAccounts = async () =>
  (await done((await store('accounts', 'readonly')).getAll())).sort((a, b) => a.addedAt - b.addedAt)

export const saveAccount = async (account) => done((await store('accounts', 'readwrite')).put(account))

export const removeAccount = async (id) => done((await store('accounts', 'readwrite')).delete(id))

/** For the worker, which has no page to read them from. */
export const saveWords = async (words) =>
  done((await store('words', 'readwrite')).put({ id: 'wake', ...words }))

/** The pairing that this phone has begun, so that loading the page again goes on with it. There is one at most. */
export const savePairing = async (pairing) => {
  await dropPairing()
  return done((await store('pairings', 'readwrite')).put(pairing))
}

export const openPairing = async () => (await done((await store('pairings', 'readonly')).getAll()))[0]

export const dropPairing = async () => done((await store('pairings', 'readwrite')).clear())
