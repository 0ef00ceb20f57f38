import { assert } from 'chai'
import { wholeWords } from '../../views/whole-words.ts'

const whole = (text: string) => `<span class="whole">${text}</span>`

describe('A word with a hyphen', () => {
  it('is one piece in a page, whatever stands around it', () => {
    assert.equal(wholeWords('<p>Your sign-in, now.</p>'), `<p>Your ${whole('sign-in')}, now.</p>`)
    assert.equal(wholeWords('<p>l&#39;e-mail</p>'), `<p>l&#39;${whole('e-mail')}</p>`)
    assert.equal(wholeWords('<h1>Sign-in</h1>'), `<h1>${whole('Sign-in')}</h1>`)
  })

  it('may break where it is long, a part of something, or between digits', () => {
    for (const text of [
      '<p>Zwei-Faktor-Anmeldung</p>',
      '<p>authentication-device</p>',
      '<p>2026-11-27</p>',
      '<p>a - b</p>',
    ])
      assert.equal(wholeWords(text), text)
  })

  it('is left as it is where its characters count, and in what the elements themselves say', () => {
    for (const html of [
      '<title>Sign-in</title>',
      '<textarea>my sign-in</textarea>',
      '<select><option>sign-in</option></select>',
      '<svg><text>sign-in</text></svg>',
      '<code>7ZQ4-OKXV</code>',
      '<button data-words="sign-in">OK</button>',
      '<!-- sign-in -->',
    ])
      assert.equal(wholeWords(html), html)
  })

  it('is one piece again behind what is left as it is', () => {
    for (const kept of [
      '<svg><title>a-b</title><path d="M1-1"/></svg>',
      '<code>x-y</code>',
      '<time>a-b</time>',
    ])
      assert.equal(
        wholeWords(`<p>${kept} sign-in ${kept}, sign-in</p>`),
        `<p>${kept} ${whole('sign-in')} ${kept}, ${whole('sign-in')}</p>`,
      )
    assert.equal(wholeWords('sign-in <b>now</b>'), `${whole('sign-in')} <b>now</b>`)
  })

  it('keeps the spaces of a button, which lays out its children one by one', () => {
    const button = wholeWords('<button>Back to sign-in</button>')
    assert.equal(button, `<button><span>Back to ${whole('sign-in')}</span></button>`)
  })
})
