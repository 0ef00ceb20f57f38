import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'

const code = globSync(
  '{*.ts,{account,adapters,api,bench,effects,examples,interactions,options,organization,provider,recovery,rules,standalone,test,views,wiring}/**/*.ts}',
  { exclude: ['**/node_modules/**'] },
)
const pages = globSync(['*.md', '{docs,examples,bench,test}/**/*.md'])
const path = /(?<![\w./:-])\.?(?:[\w-]+\/)+[\w.-]+\.(?:ts|cjs|js|ejs|json|css|svg|md)\b/g
const comments = /(?:^[ \t]*\/\/.*\n?)+|\/\*[\s\S]*?\*\//gm

/** The comments of a file, each on one line. */
const commentsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(comments)].map(([text]) =>
    text.replace(/\s*\n\s*(?:\/\/|\*)?\s*/g, ' '),
  )

const missing = (text: string, file: string): string[] =>
  [...text.matchAll(path)]
    .map(([named]) => named)
    // Whoever follows a recipe puts a name in.
    .filter((named) => !/\b(?:NAME|TAG)\b/.test(named))
    .filter((named) => !existsSync(named) && !existsSync(join(dirname(file), named)))
    .map((named) => `${file}: ${named}`)

// A function and where it stands: the file follows in brackets, or after "in".
const placed = /`(\w+)` (?:in |\()((?:[\w-]+\/)+[\w.-]+\.ts)/g

// The same on pages, where the file is marked as well.
const standing = /`(\w+)(?:\([^`]*\))?`\s+(?:in|of|\()\s*`((?:[\w-]+\/)+[\w.-]+\.ts)`/g

// Seen failing with a file of the layout before named in each of the three.
describe('A file', () => {
  it('that the documentation names is there', () => {
    expect(pages.flatMap((page) => missing(readFileSync(page, 'utf8'), page))).to.deep.equal([])
  })

  // Seen failing with `withPhone` said of rules/attempt.ts in docs/architecture.md.
  it('has what a page says that stands in it', () => {
    const said = pages.flatMap((page) =>
      [...readFileSync(page, 'utf8').matchAll(standing)].map(([, what, where]) => ({ page, what, where })),
    )
    expect(said).to.have.length.above(20)
    const gone = said.filter(
      ({ what, where }) =>
        existsSync(where!) && !new RegExp(`\\b${what}\\b`).test(readFileSync(where!, 'utf8')),
    )
    expect(gone).to.deep.equal([])
  })

  it('that a comment names is there', () => {
    expect(code.flatMap((file) => commentsOf(file).flatMap((text) => missing(text, file)))).to.deep.equal([])
  })

  it('has what a note on a test says that was changed in it to see the test fail', () => {
    const notes = code.flatMap((file) =>
      commentsOf(file)
        .filter((text) => /seen failing/i.test(text))
        .flatMap((text) => [...text.matchAll(placed)].map(([, what, where]) => ({ file, what, where }))),
    )
    expect(notes).to.have.length.above(80)
    const gone = notes.filter(
      ({ what, where }) =>
        existsSync(where!) && !new RegExp(`\\b${what}\\b`).test(readFileSync(where!, 'utf8')),
    )
    expect(gone).to.deep.equal([])
  })
})
