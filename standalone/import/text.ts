import { ExplainedRefusal } from '../explained-refusal.ts'

/** The text of a file as other systems write them: UTF-8 with or without a mark, UTF-16 in either order. */
export function decoded(bytes: Buffer, encoding?: string): string {
  const named = encoding ?? encodingOf(bytes)
  try {
    return new TextDecoder(named, { fatal: true }).decode(bytes)
  } catch (error) {
    if (error instanceof RangeError) throw new ExplainedRefusal(`no such encoding: ${named}`)
    throw new ExplainedRefusal(
      `the file is no ${named}: name its encoding with --encoding, for example shift_jis or windows-1252`,
    )
  }
}

function encodingOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  // What these files begin with is ASCII: without a mark, the zeros tell.
  if (bytes[0] !== 0 && bytes[1] === 0) return 'utf-16le'
  return bytes[0] === 0 && bytes[1] !== 0 ? 'utf-16be' : 'utf-8'
}
