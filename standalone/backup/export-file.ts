import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { link, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { z } from 'zod'
import { release as version } from '../../adapters/release.ts'
import { type Batch, batchesOf, collectionNames } from '../../adapters/store/fill.ts'
import { refuseNewer, versionOf } from '../../adapters/store/migrate.ts'
import type { Store } from '../../adapters/store/store.ts'
import { ExplainedRefusal } from '../explained-refusal.ts'

/**
 * A backup of any engine for any engine: gzipped JSON, one value a line. First what it is, then pages of documents, last
 * how many there were, with the SHA-256 of all lines before.
 */
const header = z.object({
  rekey: z.literal('backup'),
  format: z.literal(1),
  release: z.string(),
  schema: z.int(),
  madeAt: z.iso.datetime(),
})
const batch = z.tuple([
  z.enum(collectionNames as [Batch['collection']]),
  z.array(z.looseObject({ id: z.string(), expiresAt: z.number().optional() })),
])
const trailer = z.object({ documents: z.int(), sha256: z.string() })

export type ExportHeader = z.infer<typeof header>

/** Writes everything that is stored at this moment. The file is there only when it is whole, and for its user alone. */
export async function writeExport(
  store: Store,
  file: string,
  progress: (documents: number) => void,
): Promise<number> {
  const part = `${file}.${randomUUID().slice(0, 8)}.part`
  const first: ExportHeader = {
    rekey: 'backup',
    format: 1,
    release: version,
    schema: await versionOf(store),
    madeAt: new Date().toISOString(),
  }
  const snapshot = await store.snapshot()
  let count = 0
  const counted = (documents: number) => {
    count = documents
    progress(documents)
  }
  try {
    await pipeline(
      Readable.from(linesOf(first, batchesOf(snapshot), counted)),
      createGzip(),
      createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true }),
    )
    // Unlike a rename, this never replaces a file.
    await link(part, file)
    return count
  } finally {
    await snapshot.close()
    await rm(part, { force: true })
  }
}

async function* linesOf(
  first: ExportHeader,
  batches: AsyncIterable<Batch>,
  counted: (documents: number) => void,
): AsyncGenerator<string> {
  const digest = createHash('sha256')
  const line = (value: unknown) => {
    const text = `${JSON.stringify(value)}\n`
    digest.update(text)
    return text
  }
  let documents = 0
  yield line(first)
  for await (const { collection, documents: page } of batches) {
    yield line([collection, page])
    documents += page.length
    counted(documents)
  }
  yield `${JSON.stringify({ documents, sha256: digest.digest('base64url') })}\n`
}

/** Reads a file to its end, so that nothing is begun with one that is cut off or damaged. Throws ExplainedRefusal. */
export async function checkExport(file: string): Promise<ExportHeader & { documents: number }> {
  const digest = createHash('sha256')
  let first: ExportHeader | undefined
  let last: z.infer<typeof trailer> | undefined
  let documents = 0
  await eachLine(file, (text) => {
    const value: unknown = JSON.parse(text)
    if (first === undefined) first = header.parse(value)
    else if (Array.isArray(value)) documents += batch.parse(value)[1].length
    else {
      last = trailer.parse(value)
      if (last.sha256 !== digest.digest('base64url')) throw new Error('it is not what was written')
      return
    }
    digest.update(`${text}\n`)
  })
  if (first === undefined || last === undefined || last.documents !== documents)
    throw new ExplainedRefusal(`${file} is cut off: its end is missing`)
  refuseNewer(first.schema)
  return { ...first, documents }
}

async function eachLine(file: string, look: (line: string) => void): Promise<void> {
  try {
    for await (const line of readLines(file)) look(line)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR')
      throw new ExplainedRefusal(`${file} can't be read (${code})`)
    const why = code === 'Z_BUF_ERROR' ? 'is cut off' : 'is no backup, or is damaged'
    throw new ExplainedRefusal(`${file} ${why}: ${message.split('\n')[0]}`)
  }
}

/** The documents of a file that was checked. */
export async function* readExport(file: string): AsyncGenerator<Batch> {
  for await (const line of readLines(file)) {
    const value: unknown = JSON.parse(line)
    if (!Array.isArray(value)) continue
    const [collection, documents] = batch.parse(value)
    yield { collection, documents }
  }
}

/** Not the lines of readline, which end at U+2028 too. */
async function* readLines(file: string): AsyncGenerator<string> {
  const source = createReadStream(file)
  const text = createGunzip()
  source.on('error', (error) => text.destroy(error))
  let rest = ''
  for await (const piece of source.pipe(text).setEncoding('utf8')) {
    const [end, ...lines] = piece.split('\n')
    rest += end
    for (const line of lines) {
      yield rest
      rest = line
    }
  }
  if (rest !== '') throw new Error('its last line has no end')
}
