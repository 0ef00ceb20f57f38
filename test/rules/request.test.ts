import { expect } from 'chai'
import fc from 'fast-check'
import { acrMultiFactor, acrPassword, acrRecovered, levels, meets, rank } from '../../rules/assurance.ts'
import { requiredAcr } from '../../rules/request.ts'

const essential = (acr: object) => JSON.stringify({ id_token: { acr: { essential: true, ...acr } } })

const known = fc.constantFrom<string>(...levels)
const unknown = fc.constantFrom('urn:example:unheard-of', 'urn:mace:incommon:iap:silver', '0', 'LEVELS', '')
const values = fc.array(fc.oneof(known, unknown), { maxLength: 4 })

describe('The acr that a request requires', () => {
  it('is none when it asks for none', () => {
    expect(requiredAcr({})).to.equal(undefined)
    expect(requiredAcr({ acr_values: '', claims: '{}' })).to.equal(undefined)
  })

  it('is the weakest of acr_values that we know, as any of them will do', () => {
    expect(requiredAcr({ acr_values: acrMultiFactor })).to.equal(acrMultiFactor)
    expect(requiredAcr({ acr_values: `${acrMultiFactor} ${acrPassword}` })).to.equal(acrPassword)
    expect(requiredAcr({ acr_values: `${acrRecovered} ${acrMultiFactor}` })).to.equal(acrRecovered)
  })

  it('ignores values of acr_values that we do not know', () => {
    expect(requiredAcr({ acr_values: `urn:example:unheard-of ${acrMultiFactor}` })).to.equal(acrMultiFactor)
    expect(requiredAcr({ acr_values: 'urn:example:unheard-of urn:example:gold' })).to.equal(undefined)
  })

  it('is the weakest value of an essential claim that we know', () => {
    expect(requiredAcr({ claims: essential({ value: acrMultiFactor }) })).to.equal(acrMultiFactor)
    expect(
      requiredAcr({ claims: essential({ values: ['urn:example:unheard-of', acrMultiFactor, acrPassword] }) }),
    ).to.equal(acrPassword)
  })

  it('can not be met when an essential claim names only what we do not know', () => {
    const required = requiredAcr({
      claims: essential({ values: ['urn:example:unheard-of', 'urn:example:gold'] }),
    })
    expect(required).to.equal('urn:example:unheard-of')
    for (const level of levels) expect(meets(level, required)).to.equal(false)
  })

  it('can not be met either when acr_values beside it could be', () => {
    const params = { acr_values: acrPassword, claims: essential({ value: 'urn:example:unheard-of' }) }
    expect(requiredAcr(params)).to.equal('urn:example:unheard-of')
  })

  it('is none for a claim that is merely voluntary, or essential without a value', () => {
    const voluntary = JSON.stringify({ id_token: { acr: { values: [acrMultiFactor] } } })
    const truthy = JSON.stringify({ id_token: { acr: { essential: 'true', value: acrMultiFactor } } })
    const elsewhere = JSON.stringify({ userinfo: { acr: { essential: true, value: acrMultiFactor } } })
    for (const claims of [voluntary, truthy, elsewhere, essential({})])
      expect(requiredAcr({ claims })).to.equal(undefined)
  })

  it('is the stronger one where both are given', () => {
    const claims = (acr: string) => essential({ value: acr })
    expect(requiredAcr({ acr_values: acrPassword, claims: claims(acrMultiFactor) })).to.equal(acrMultiFactor)
    expect(requiredAcr({ acr_values: acrMultiFactor, claims: claims(acrPassword) })).to.equal(acrMultiFactor)
  })

  it('is met exactly by what meets acr_values and the essential claim both', () => {
    /** Whether a level is good enough for a list, said without the rule. */
    const allows = (list: string[], level: string, strict: boolean) => {
      const wanted = list.filter((one) => (levels as readonly string[]).includes(one))
      if (wanted.length === 0) return !strict || list.length === 0
      return wanted.some((one) => rank(level) >= rank(one))
    }
    fc.assert(
      fc.property(values, values, known, (listed, claimed, level) => {
        const named = listed.filter((one) => one !== '')
        const params = { acr_values: named.join(' '), claims: essential({ values: claimed }) }
        const wanted = allows(named, level, false) && allows(claimed, level, true)
        expect(meets(level, requiredAcr(params))).to.equal(wanted)
      }),
    )
  })

  it('is none for claims that are no JSON, or no such object', () => {
    const malformed = [
      '{',
      'null',
      '5',
      '"x"',
      '[]',
      '{"id_token":null}',
      '{"id_token":"acr"}',
      '{"id_token":{"acr":null}}',
    ]
    for (const claims of [...malformed, 5, null, {}]) expect(requiredAcr({ claims })).to.equal(undefined)
    for (const acr of [
      '{"essential":true,"values":"x"}',
      '{"essential":true,"value":5}',
      '{"essential":true,"values":[5,null]}',
    ])
      expect(requiredAcr({ claims: `{"id_token":{"acr":${acr}}}` })).to.equal(undefined)
    expect(requiredAcr({ acr_values: ['x'] })).to.equal(undefined)
  })

  it('is read from anything without a fault', () => {
    fc.assert(
      fc.property(fc.anything(), fc.oneof(fc.json(), fc.string(), fc.anything()), (acr_values, claims) => {
        requiredAcr({ acr_values, claims })
      }),
    )
    fc.assert(
      fc.property(fc.json(), (json) => {
        requiredAcr({ claims: `{"id_token":{"acr":${json}}}` })
        requiredAcr({ claims: `{"id_token":{"acr":{"essential":true,"values":${json},"value":${json}}}}` })
      }),
    )
  })
})
