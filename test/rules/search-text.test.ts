import { expect } from 'chai'
import fc from 'fast-check'
import { grams, gramsOf, holdsWords, searchText, searchWords } from '../../rules/search-text.ts'

const found = (typed: string, text: string): boolean => holdsWords(searchText(text), searchWords(typed))

describe('What is typed to look for somebody', () => {
  it('is found in any part of a name or an address', () => {
    const text = 'José Álvarez-Núñez jose.alvarez7@example.com'
    for (const typed of [
      'jose',
      'ALVAR',
      'varez-n',
      'nez j',
      'arez7@exam',
      '@ex',
      'le.c',
      'nunez jose',
      'com',
    ])
      expect(found(typed, text), typed).to.equal(true)
    for (const typed of ['josef', 'alvarez8', 'exam jose maria', '_'])
      expect(found(typed, text), typed).to.equal(false)
  })

  it('counts where a word begins with it, if it is one or two letters', () => {
    for (const typed of ['m', 'ta', 'i', 'ex', 'ta mika'])
      expect(found(typed, 'Mika Tanaka <i@example.com>'), typed).to.equal(true)
    for (const typed of ['k', 'ka', 'na', 'xa'])
      expect(found(typed, 'Mika Tanaka <i@example.com>'), typed).to.equal(false)
  })

  it('is one character where that is a name', () => {
    for (const typed of ['香', '美香', '中', '김', '中 美'])
      expect(found(typed, '田中 美香 김철수'), typed).to.equal(true)
    expect(found('子', '田中 美香')).to.equal(false)
  })

  const part = fc.stringMatching(/^[a-cé1æ香田नी.@_ -]{1,14}$/u)

  it('never misses whom it is a part of: each piece it is looked up by is one that they are listed under', () => {
    fc.assert(
      fc.property(part, part, part, (before, typed, after) => {
        const text = searchText(before + typed + after)
        const words = searchWords(typed)
        if (!holdsWords(text, words)) return
        expect(grams(text)).to.include.members(words.flatMap(gramsOf))
      }),
      { numRuns: 3000 },
    )
  })
})
