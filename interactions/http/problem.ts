/** A request that can't be served: shown as the error page of that name, with nothing changed. */
export class Problem extends Error {
  readonly status: number
  /** A key of the locale's `error` section. */
  readonly error: string
  constructor(status: number, error: string) {
    super(error)
    this.name = 'Problem'
    this.status = status
    this.error = error
  }
}
