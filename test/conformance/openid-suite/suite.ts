import { setTimeout as wait } from 'node:timers/promises'

export interface Module {
  testModule: string
  variant: object
}

export interface Outcome {
  status: string
  result: string
}

/** The suite's API. */
export class Suite {
  readonly #base: string

  constructor(base: string) {
    this.#base = base
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.#base}/api/${path}`, {
      method,
      ...(body === undefined
        ? {}
        : {
            headers: { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' },
            body: typeof body === 'string' ? body : JSON.stringify(body),
          }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 400)}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  async ready(): Promise<void> {
    for (let tries = 0; tries < 240; tries += 1) {
      const up = await this.#call('GET', 'plan/available').then(
        () => true,
        () => false,
      )
      if (up) return
      await wait(1_000)
    }
    throw new Error('the suite did not start')
  }

  version = async (): Promise<string> => (await this.#call<{ version: string }>('GET', 'server')).version

  plan = (name: string, variant: object, config: object): Promise<{ id: string; modules: Module[] }> =>
    this.#call(
      'POST',
      `plan?${new URLSearchParams({ planName: name, variant: JSON.stringify(variant) })}`,
      config,
    )

  create = (plan: string, { testModule, variant }: Module): Promise<{ id: string }> =>
    this.#call(
      'POST',
      `runner?${new URLSearchParams({ test: testModule, plan, variant: JSON.stringify(variant) })}`,
    )

  start = (id: string): Promise<void> => this.#call('POST', `runner/${id}`)
  stop = (id: string): Promise<void> => this.#call('DELETE', `runner/${id}`)
  info = (id: string): Promise<Outcome> => this.#call('GET', `info/${id}`)

  log = (
    id: string,
  ): Promise<{ src: string; result?: string; msg: string; upload?: string; requirements?: string[] }[]> =>
    this.#call('GET', `log/${id}`)

  /** Addresses that a person has to open, and how. */
  async toVisit(id: string): Promise<{ url: string; method: string }[]> {
    const { browser } = await this.#call<{
      browser?: { urls?: string[]; urlsWithMethod?: { url: string; method: string }[] }
    }>('GET', `runner/${id}`)
    return (browser?.urls ?? []).map((url) => ({
      url,
      method: browser?.urlsWithMethod?.find((one) => one.url === url)?.method ?? 'GET',
    }))
  }

  visited = (id: string, url: string): Promise<void> =>
    this.#call('POST', `runner/browser/${id}/visit?${new URLSearchParams({ url })}`)

  upload = (id: string, placeholder: string, image: string): Promise<void> =>
    this.#call('POST', `log/${id}/images/${placeholder}`, image)
}
