#!/usr/bin/env node
// What an older release of Node can read as well, so that it can be told what it lacks.
import { existsSync } from 'node:fs'
import module from 'node:module'

// A checkout runs its sources, the package what was compiled from them.
const source = new URL('./cli.ts', import.meta.url)
const checkout = existsSync(source)
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `rekey: needs Node 22.18 or later, 24 at best; this is ${process.versions.node} (in a checkout, npx rekey brings its own)\n`,
  )
  process.exit(1)
}
// Before anything is loaded: what was compiled at an earlier start is read back.
module.enableCompileCache()
await import(checkout ? source.href : new URL('../dist/standalone/cli.js', import.meta.url).href)
