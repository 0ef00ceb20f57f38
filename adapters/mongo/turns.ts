/**
 * One after another for each id, in the order asked. Without it, changes of one document in one process would race
 * each other to the server: measured with 50 at once, seven attempts a change and the unluckiest waiting ten times as
 * long. Between processes the document's version decides; this only keeps a process from being its own rival.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  async take<R>(id: string, work: () => Promise<R>): Promise<R> {
    const before = this.#last.get(id) ?? Promise.resolve()
    const mine = before.then(work, work)
    this.#last.set(id, mine)
    try {
      return await mine
    } finally {
      if (this.#last.get(id) === mine) this.#last.delete(id)
    }
  }
}
