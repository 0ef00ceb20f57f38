import { expect } from 'chai'
import fc from 'fast-check'
import { isAmbiguous, nameKey, nameParts, samePerson } from '../../rules/same-person.ts'
import { account } from './examples.ts'

const told = (givenName: string, familyName: string) => ({ givenName, familyName })
const compared = (name: string, givenName: string, familyName: string) =>
  samePerson({ name }, told(givenName, familyName), [])

/** Words of letters that are all different from one another when they are compared. */
const word = fc.constantFrom(
  'Mina',
  'Sato',
  'Ångström',
  'Núñez',
  'Øst',
  'Straße',
  'Γιώργος',
  'Иван',
  'ガク',
  '美奈',
)
const distinct = (least: number) => fc.uniqueArray(word, { minLength: least, maxLength: 6 })

describe('Whether a document belongs to the person of an account', () => {
  const same: [name: string, given: string, family: string, why: string][] = [
    ['Mina Sato', 'Mina', 'Sato', 'the same words'],
    ['mina SATO', 'Mina', 'Sato', 'another case'],
    ['Sato Mina', 'Mina', 'Sato', 'another order'],
    ['José Núñez', 'Jose', 'Nunez', 'without accents'],
    ['Jose\u0301 Nunez', 'José', 'Núñez', 'composed in another way'],
    ['Ｍｉｎａ Ｓａｔｏ', 'Mina', 'Sato', 'full-width letters'],
    ['Anna-Lena Groß', 'Anna Lena', 'GROSS', 'a hyphen, and ß in capitals'],
    ["Sinead O'Connor", 'Sinéad', 'O’Connor', 'another apostrophe'],
    ['Mina Sato', 'Mina Aoi Hana', 'Sato', 'further given names on the document'],
    ['Mina Aoi Sato', 'Mina', 'Sato', 'further given names in the account'],
    ['Maria del Carmen García López', 'María del Carmen', 'García López', 'a family name of two words'],
    ['佐藤 美奈', '美奈', '佐藤', 'family name first'],
    ['佐藤美奈', '美奈', '佐藤', 'no space'],
    ['Γιώργος Παππάς', 'ΓΙΩΡΓΟΣ', 'ΠΑΠΠΑΣ', 'Greek capitals, which have neither accents nor a final sigma'],
  ]
  for (const [name, given, family, why] of same) {
    it(`is the same with ${why}: ${name} = ${given} ${family}`, () => {
      expect(compared(name, given, family)).to.equal('same')
    })
  }

  const different: [name: string, given: string, family: string, why: string][] = [
    ['Mina Sato', 'Mika', 'Sato', 'another given name'],
    ['Mina Sato', 'Mina', 'Saito', 'another family name'],
    ['Mina Sato', 'Aoi Hana', 'Sato', 'no given name in common'],
    ['Mina Aoi Sato', 'Mina Hana', 'Sato', 'given names that only overlap'],
    ['Mina Sato', 'Sato', 'Mina Sato', 'a family name that takes the given one'],
    ['García López', 'María', 'García López', 'no given name in the account'],
    ['佐藤 美奈', 'Mina', 'Sato', 'another script: nothing is transliterated'],
    ['ガク', 'カク', 'カク', 'Japanese marks, which are letters of their own'],
    ['Mina Sato', '', 'Sato', 'an empty given name'],
    ['Mina', 'Mina', 'Sato', 'only one of the names in the account'],
  ]
  for (const [name, given, family, why] of different) {
    it(`is different with ${why}: ${name} ≠ ${given} ${family}`, () => {
      expect(compared(name, given, family)).to.equal('different')
    })
  }

  it("doesn't depend on order, case, form or spaces", () => {
    const forms = fc.constantFrom('NFC', 'NFD', 'NFKC')
    fc.assert(
      fc.property(distinct(2), forms, fc.boolean(), fc.boolean(), (words, form, upper, reversed) => {
        const [family, ...given] = words
        const written = reversed ? words.toReversed() : words
        const name = written.join('  ').normalize(form)
        expect(compared(upper ? name.toUpperCase() : name, given.join(' '), family!)).to.equal('same')
      }),
    )
  })

  it('always needs the family name and a given name', () => {
    fc.assert(
      fc.property(distinct(3), (words) => {
        const [family, other, ...given] = words
        expect(compared(`${given.join(' ')} ${family}`, given.join(' '), other!)).to.equal('different')
        expect(compared(`${given.join(' ')} ${family}`, other!, family!)).to.equal('different')
      }),
    )
  })

  it('never throws, whatever is told', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        fc.string(),
        (a, b, c) => {
          expect(compared(a, b, c)).to.be.oneOf(['same', 'different'])
        },
      ),
    )
  })

  it('rests on the provider for what it compared, and on nothing for what nobody did', () => {
    const known = { name: 'Mina Sato' }
    expect(samePerson(known, {}, ['given_name', 'family_name'])).to.equal('same')
    expect(samePerson(known, {}, ['given_name'])).to.equal('unproven')
    expect(samePerson(known, {}, [])).to.equal('unproven')
    expect(samePerson(known, { givenName: 'Mina' }, ['family_name'])).to.equal('same')
    expect(samePerson(known, { givenName: 'Mika' }, ['family_name'])).to.equal('different')
    expect(samePerson(known, { familyName: 'Saito' }, ['given_name'])).to.equal('different')
  })

  it('compares whole names where given and family name are not told apart', () => {
    const known = { name: 'Mina Sato' }
    expect(samePerson(known, { name: 'SATO Mina Aoi' }, [])).to.equal('same')
    expect(samePerson(known, { name: 'Mina' }, [])).to.equal('different')
    expect(samePerson(known, { name: 'Mina Saito' }, [])).to.equal('different')
  })

  it('needs the birth date where the account knows it', () => {
    const known = { name: 'Mina Sato', birthDate: '1990-02-03' }
    const names = told('Mina', 'Sato')
    expect(samePerson(known, { ...names, birthDate: '1990-02-03' }, [])).to.equal('same')
    expect(samePerson(known, { ...names, birthDate: '1990-03-02' }, [])).to.equal('different')
    expect(samePerson(known, names, [])).to.equal('unproven')
    expect(samePerson(known, names, ['birthdate'])).to.equal('same')
  })
})

describe('Someone else of the same name', () => {
  const [one, other] = [account({ id: 'one', name: 'Kim Lee' }), account({ id: 'other', name: 'LEE Kim' })]
  const names = told('Kim', 'Lee')

  it('makes a verification ambiguous, unless the person enrolled beforehand', () => {
    expect(isAmbiguous(one, [one], names, [])).to.equal(false)
    expect(isAmbiguous(one, [one, other], names, [])).to.equal(true)
    const proofing = { subject: 's', issuer: 'i', at: 1 }
    expect(isAmbiguous({ ...one, proofing }, [one, other], names, [])).to.equal(false)
  })

  it('is told apart by a birth date that both accounts know and the document shows', () => {
    const born = (birthDate: string) => ({ birthDate })
    const [first, second] = [
      { ...one, ...born('1990-01-01') },
      { ...other, ...born('1991-01-01') },
    ]
    const shown = { ...names, ...born('1990-01-01') }
    expect(isAmbiguous(first, [second], shown, [])).to.equal(false)
    expect(isAmbiguous(first, [second], names, [])).to.equal(true)
    expect(isAmbiguous(first, [other], shown, [])).to.equal(true)
    expect(isAmbiguous(first, [{ ...second, ...born('1990-01-01') }], shown, [])).to.equal(true)
  })

  it('has the same key in any order and form', () => {
    fc.assert(
      fc.property(distinct(1), (words) => {
        expect(nameKey(words.toReversed().join('-').toUpperCase())).to.equal(nameKey(words.join(' ')))
      }),
    )
  })
})

describe('Given and family name of an account', () => {
  it('are those that are known, or follow the order of the script', () => {
    expect(nameParts({ name: 'x', givenName: 'Mina', familyName: 'Sato' })).to.deep.equal({
      given: 'Mina',
      family: 'Sato',
    })
    expect(nameParts({ name: 'Mina Aoi Sato' })).to.deep.equal({ given: 'Mina Aoi', family: 'Sato' })
    expect(nameParts({ name: '佐藤 美奈' })).to.deep.equal({ given: '美奈', family: '佐藤' })
    expect(nameParts({ name: 'Mina' })).to.deep.equal({ given: 'Mina', family: 'Mina' })
  })
})
