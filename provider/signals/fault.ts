import type { Middleware } from 'koa'

/** A request of a receiver that isn't carried out, as it is told (SSF 1.0 §8, RFC 8936 §2.6; RFC 6750 §3). */
export class Fault extends Error {
  readonly status: number
  readonly err: string
  readonly headers: { [name: string]: string }
  constructor(status: number, err: string, description: string, headers: { [name: string]: string } = {}) {
    super(description)
    this.name = 'Fault'
    this.status = status
    this.err = err
    this.headers = headers
  }
}

export const notFound = (): Fault => new Fault(404, 'not_found', 'there is no such stream of this receiver')

export const invalid = (description: string): Fault => new Fault(400, 'invalid_request', description)

/** Answers receivers in JSON, and keeps what they were told out of caches. */
export const answerFaults: Middleware = async (ctx, next) => {
  ctx.set('Cache-Control', 'no-store')
  try {
    await next()
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    ctx.status = error.status
    ctx.set('Content-Language', 'en')
    ctx.set(error.headers)
    ctx.body = { err: error.err, description: error.message }
  }
}
