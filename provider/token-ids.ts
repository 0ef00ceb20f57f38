import type { Provider } from 'oidc-provider'

interface Numbered {
  generateTokenId(): string
}

/**
 * Ids of tokens begin with the moment they were made at, before all of the library's random characters: in a store that is
 * sorted by ids what is made at once lies together then, and is written together (docs/decisions/token-ids.md).
 *
 * @param clock milliseconds. In base 36 a moment has eight characters from 1972 to 2059, which sort like it.
 */
export function idsInOrder(provider: Provider, clock: () => number): void {
  const { AccessToken, AuthorizationCode, ClientCredentials, RefreshToken } = provider
  for (const { prototype } of [AccessToken, AuthorizationCode, ClientCredentials, RefreshToken]) {
    const numbered = prototype as unknown as Numbered
    const random = numbered.generateTokenId
    numbered.generateTokenId = function (this: Numbered): string {
      return Math.floor(clock()).toString(36) + random.call(this)
    }
  }
}
