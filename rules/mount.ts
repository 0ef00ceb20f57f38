import { remembered } from './remembered.ts'

/** What every address of a page begins with: the issuer, or where else on its host the provider is mounted. */
export const baseOf = (issuer: string, path?: string): string =>
  (path === undefined ? issuer : new URL(path, issuer).href).replace(/\/$/, '')

/** Where the pages are mounted: the path of the issuer, without a slash at its end. Empty at the root. */
export const mountOf = ({ base }: { base: string }): string => mountBelow(base)

const mountBelow = remembered((base) => new URL(base).pathname.replace(/\/$/, ''))

/**
 * Cookies of our own. At the root of a host of its own, the prefix keeps pages on subdomains and on plain http from
 * planting one; below a path they stay below it, beside whatever else the host has there.
 */
export function cookieAt(settings: { base: string }, name: string) {
  const secure = settings.base.startsWith('https:')
  const mount = mountOf(settings)
  const prefix = !secure ? '' : mount === '' ? '__Host-' : '__Secure-'
  return { name: prefix + name, path: mount === '' ? '/' : mount, secure }
}
