import { assert } from 'chai'
import { assetPath, assets } from '../../views/assets.ts'
import { qrSvg } from '../../views/qr.ts'

describe('The assets', () => {
  it('have a type, and a tag of what is in them', () => {
    assert.equal(assets.get('rekey.css')?.type, 'text/css; charset=utf-8')
    assert.equal(assets.get('rekey.js')?.type, 'text/javascript; charset=utf-8')
    assert.equal(assets.get('logo.svg')?.type, 'image/svg+xml')
    for (const { etag } of assets.values()) assert.match(etag, /^"[\w-]{16}"$/)
  })

  it('have addresses that change with what is in them', () => {
    assert.equal(assetPath('rekey.css'), `/assets/rekey.css?v=${assets.get('rekey.css')?.etag.slice(1, -1)}`)
    assert.throws(() => assetPath('other.css'))
  })

  it('say where things are by the line that is read, and not by left and right', () => {
    const css = assets
      .get('rekey.css')!
      .body.toString()
      .replace(/\/\*[\s\S]*?\*\//g, '')
    const sided = css.match(/[^;{}]*\b(left|right)\b[^;{}]*/g) ?? []
    const four = [...css.matchAll(/(?:padding|margin|inset|border-radius): (\S+) (\S+) (\S+) (\S+);/g)]
    assert.deepEqual(sided, [])
    assert.deepEqual(
      four.filter(([, , right, , left]) => right !== left).map(([all]) => all),
      [],
    )
  })

  it('lay out no note that is a text, whose words kept whole would stand on lines of their own', () => {
    const css = assets.get('rekey.css')!.body.toString()
    const laidOut = css.indexOf('\n.note:not([hidden]) {')
    const text = css.indexOf('\np.note:not([hidden]) {\n  display: block;')
    assert.isAbove(laidOut, 0)
    assert.isAbove(text, laidOut)
  })

  it('load no other file', () => {
    const css = assets.get('rekey.css')!.body.toString()
    assert.notMatch(css, /@import|url\((?!"data:)/)
  })
})

describe('A QR code', () => {
  it('is a picture with a name, whatever the name is', () => {
    const svg = qrSvg('otpauth://totp/x?secret=JBSWY3DP', '"><script>')
    assert.match(svg, /^<svg [^>]*role="img" aria-label="&#34;&gt;&lt;script&gt;"/)
    assert.include(svg, '<title>&#34;&gt;&lt;script&gt;</title>')
  })

  it('is black on white with a quiet zone of four modules', () => {
    const svg = qrSvg('otpauth://totp/x?secret=JBSWY3DP', 'QR code')
    const starts = [...svg.matchAll(/M(\d+) (\d+)h1v1h-1z/g)].flatMap((match) => [
      Number(match[1]),
      Number(match[2]),
    ])
    assert.equal(Math.min(...starts), 4)
    assert.include(svg, 'fill="#fff"')
    assert.include(svg, 'fill="#000"')
  })
})
