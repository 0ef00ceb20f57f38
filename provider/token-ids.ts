import type { Provider } from 'oidc-provider'

/**
 * What tells that an id is one of ours, at a fixed place: the library's random characters have no such sign, and in an
 * address it stands for itself, so that apps which read codes carelessly get them whole.
 */
const mark = { at: 9, sign: '.' }

/** The letter before it says what the token is. */
const letters = {
  AccessToken: 'a',
  AuthorizationCode: 'c',
  ClientCredentials: 'm',
  RefreshToken: 'r',
} as const

type Kind = keyof typeof letters

interface Numbered {
  generateTokenId(): string
}

/**
 * Ids of tokens begin with the moment they were made at and with their kind, before all of the library's random
 * characters: in a store that is sorted by ids what is made at once lies together then, and is written together, and nobody
 * looks for a token among those of another kind (docs/decisions/token-ids.md).
 *
 * @param clock milliseconds. In base 36 a moment has eight characters from 1972 to 2059, which sort like it.
 */
export function idsInOrder(provider: Provider, clock: () => number): void {
  for (const [kind, letter] of Object.entries(letters)) {
    const numbered = provider[kind as Kind].prototype as unknown as Numbered
    const random = numbered.generateTokenId
    numbered.generateTokenId = function (this: Numbered): string {
      return Math.floor(clock()).toString(36) + letter + mark.sign + random.call(this)
    }
  }
}

/** Whether an id says that it is a token's of another kind: the library asks for what an app names among all of them. */
export function isOfOtherKind(model: string, id: string): boolean {
  const letter: string | undefined = letters[model as Kind]
  return letter !== undefined && id[mark.at] === mark.sign && id[mark.at - 1] !== letter
}
