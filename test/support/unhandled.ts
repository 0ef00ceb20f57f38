// Mocha passes over rejections that nobody handles; in the product they end the process.
process.on('unhandledRejection', (reason) => {
  throw reason
})
