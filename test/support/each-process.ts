// Mocha passes over rejections that nobody handles; in the product they end the process.
process.on('unhandledRejection', (reason) => {
  throw reason
})

const realNow = Date.now

/** A file that fails half-way must not leave the next one, in the same process, in another time. */
export const mochaHooks = {
  afterAll() {
    const moved = Date.now !== realNow
    Date.now = realNow
    if (moved) throw new Error('a suite of this file moved Date.now and did not put it back')
  },
}
