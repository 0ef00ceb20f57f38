import { appendFile } from 'node:fs/promises'

/** Where checkpoints go, besides the log. */
export interface Sinks {
  file?: string
  webhook?: string
}

export interface SinkServices {
  log: { info(about: object, text: string): void; warn(about: object, text: string): void }
  fetch: typeof fetch
}

const patience = 10_000

/**
 * Each checkpoint says everything that those before it said, so what a place doesn't take now it gets with the next one:
 * nothing waits for it.
 */
export function leaveBy({ log, fetch }: SinkServices, { file, webhook }: Sinks) {
  const send = async (url: string, note: string) => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: note,
      signal: AbortSignal.timeout(patience),
    })
    await answer.body?.cancel()
    if (!answer.ok) throw new Error(`the webhook answered ${answer.status}`)
  }
  const trying = async (where: string, work: Promise<unknown> | undefined) => {
    await work?.catch((error) =>
      log.warn({ err: error, where }, 'a checkpoint of the audit log was not taken'),
    )
  }
  return async (note: string): Promise<void> => {
    log.info({ checkpoint: note }, 'checkpoint of the audit log')
    await Promise.all([
      trying('file', file === undefined ? undefined : appendFile(file, `${note}\n`)),
      trying('webhook', webhook === undefined ? undefined : send(webhook, note)),
    ])
  }
}
