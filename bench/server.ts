import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { Session } from 'node:inspector/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { bareProvider } from './bare.ts'
import { choicesOf, type Variant } from './choices.ts'
import { bareWithPlugin } from './plugin.ts'
import { rekeyOn } from './rekey.ts'

/** One server under measurement, in a process of its own: `node bench/server.ts <variant> <folder>`. */
const [variant, data] = process.argv.slice(2) as [Variant, string]
const server = createServer().listen(0, '127.0.0.1')
await once(server, 'listening')
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const issuer = process.env.BENCH_ISSUER ?? address
const rekey =
  variant === 'memory' || variant === 'plugin'
    ? undefined
    : await rekeyOn(issuer, data, await choicesOf(variant))
const plugin = variant === 'plugin' ? await bareWithPlugin(issuer, data) : undefined
server.on('request', rekey?.listener ?? plugin ?? bareProvider(issuer))

let started = false
const profiling = process.env.BENCH_PROFILE === undefined ? undefined : new Session()
profiling?.connect()

/** Bytes, and how many. */
export interface Usage {
  rss: number
  /** Of `rss` what is the process's own: the rest are pages of the store and of libraries, which the system may drop. */
  own: number
  heap: number
  handles: number
  files: number
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** What is still held after a collection: what is only not collected yet is no leak. */
function usage(): Usage {
  collect()
  const { rss, heapUsed: heap } = process.memoryUsage()
  const files = readdirSync('/proc/self/fd').length
  const own = 1024 * Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
  return { rss, own, heap, handles: process.getActiveResourcesInfo().length, files }
}

/** The list of what the store was asked for is the bench's own, and would look like a leak of the product's. */
function forgetCounts(): void {
  if (rekey !== undefined) rekey.counts.operations.length = rekey.counts.written.length = 0
}

// CPU time of the whole process, in milliseconds, whenever it is asked for.
process.on('message', async (asked) => {
  if (asked === 'usage') {
    forgetCounts()
    process.send!(usage())
    return
  }
  if (asked === 'counts') {
    process.send!(rekey?.counts ?? {})
    forgetCounts()
    return
  }
  if (profiling !== undefined && !started) {
    started = true
    await profiling.post('Profiler.enable')
    await profiling.post('Profiler.start')
  }
  const { user, system } = process.cpuUsage()
  process.send!({ cpu: (user + system) / 1000 })
})
process.on('disconnect', async () => {
  if (started) {
    const { profile } = await profiling!.post('Profiler.stop')
    await writeFile(
      join(process.env.BENCH_PROFILE!, `${variant}-${process.pid}.cpuprofile`),
      JSON.stringify(profile),
    )
  }
  process.exit(0)
})
process.send!({ address })
