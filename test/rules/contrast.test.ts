import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { contrast } from '../../rules/contrast.ts'
import { contrastFaults, ownColors } from '../../views/contrast.ts'

describe('The contrast of two colors', () => {
  it('is that of WCAG 2.2, whichever is first and however it is written', () => {
    expect(contrast('#000', '#ffffff')).to.equal(21)
    expect(contrast('#777777', '#fff')).to.be.closeTo(4.48, 0.01)
    expect(contrast('#FFF', '#767676')).to.be.closeTo(4.54, 0.01)
    expect(contrast('#abc', '#aabbcc')).to.equal(1)
  })

  it('is enough from the very figure on', () => {
    expect(contrastFaults({ primary: '#767676', background: '#ffffff' })).to.deep.equal([])
    expect(
      contrastFaults({ primary: '#777777', background: '#ffffff' }).map(({ color }) => color),
    ).to.deep.equal(['primary', 'primary'])
    expect(contrastFaults({})).to.deep.equal([])
  })

  it('is taken of the colors that the style really has', () => {
    const style = readFileSync(new URL('../../views/assets/rekey.css', import.meta.url), 'utf8')
    const light = style.slice(0, style.indexOf('@media'))
    for (const [name, color] of Object.entries(ownColors)) expect(light).to.include(`--${name}: ${color};`)
    expect(contrastFaults({ background: ownColors.paper })).to.deep.equal([])
  })
})
