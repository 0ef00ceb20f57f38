import { readFileSync } from 'node:fs'
import { expect } from 'chai'

/** What a host writes against, and where each is declared. */
const published: { [name: string]: string } = {
  PluginOptions: 'options/plugin-options.ts',
  Rekey: 'wiring/plugin.ts',
  People: 'adapters/people/people.ts',
  Person: 'adapters/people/people.ts',
  Belonging: 'adapters/people/people.ts',
  PagesOff: 'interactions/mounted/pages.ts',
  FirstFactor: 'interactions/sign-in/first-factor.ts',
  HostContext: 'interactions/sign-in/first-factor.ts',
  ViewKit: 'views/host-views.ts',
  ProtectionUseCases: 'account/use-cases.ts',
  PeopleUseCases: 'organization/people-use-cases.ts',
  Cases: 'recovery/use-cases.ts',
  Organizations: 'organization/use-cases.ts',
  Members: 'organization/members-use-cases.ts',
}

interface Member {
  path: string
  type: string
  said: string
}

/** Each member of an interface, those of its inner types as well, with the comment that an editor shows of it. */
function membersOf(name: string): Member[] {
  const text = readFileSync(published[name]!, 'utf8')
  const [, body] = new RegExp(`\\nexport interface ${name} .*\\{\\n([\\s\\S]*?)\\n\\}`).exec(text)!
  const members: Member[] = []
  const path: string[] = []
  let comment = ''
  // Parameters of a method are said by the method.
  let within = 0
  for (const line of body!.split('\n')) {
    const depth = (line.length - line.trimStart().length) / 2
    if (/^\s*(\/?\*)/.test(line)) comment += `${line.replace(/^\s*\/?\*+\/?|\*\/$/g, '').trim()} `
    const member = /^\s*(?:readonly )?(\w+)\??[(:<](.*)$/.exec(line)
    if (member && !/^\s*\/?\*/.test(line) && (within === 0 || depth <= within)) {
      path.splice(depth - 1)
      path.push(member[1]!)
      members.push({ path: path.join('.'), type: member[2]!.trim(), said: comment.trim() })
      within = /^\s*\w+\(/.test(line) ? depth : 0
    }
    if (!/^\s*\/?\*/.test(line)) comment = ''
  }
  return members
}

describe('What an editor shows of the package', () => {
  for (const name of Object.keys(published))
    it(`says something of every member of ${name}`, () => {
      const members = membersOf(name)
      expect(members).to.not.have.length(0)
      expect(members.filter(({ said }) => said === '').map(({ path }) => path)).to.deep.equal([])
    })

  it('says of every number among the options what is counted, and what holds if it is left out', () => {
    const numbers = membersOf('PluginOptions').filter(({ type }) => type.startsWith('number'))
    expect(numbers).to.have.length.above(10)
    for (const { path, said } of numbers)
      expect(said, path).to.match(
        /\b(days|seconds|texts and calls in an hour|in a minute)\b.*Default: `\d+`\.$/i,
      )
  })

  it('says of every choice among the options what holds if it is left out', () => {
    const choices = membersOf('PluginOptions').filter(({ type }) => type.startsWith("'"))
    expect(choices).to.have.length.above(4)
    for (const { path, said } of choices) expect(said, path).to.match(/Default: `"\w+"`|if left out/)
  })
})
