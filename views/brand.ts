import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { luminance } from '../rules/contrast.ts'
import type { Brand } from '../rules/settings.ts'
import { type Asset, assetOf } from './assets.ts'
import { escapeHtml } from './html.ts'

/** Our own key, as logo, icon and edge of the band, is nobody else's: other brands show what they have given, or their name. */
export const isOwnBrand = (name: string): boolean => name === 'Rekey'

/** What of the brand a page shows, as addresses; a path is one of ours, below /assets/. */
export interface Look {
  css?: string | undefined
  logo?: string | undefined
  logoDark?: string | undefined
  favicon?: string | undefined
  links: Brand['links']
  mailHeader?: string | undefined
  /** Of the buttons in mails, and of what is written on them. */
  mailColors?: { fill: string; ink: string } | undefined
}

export interface Branding {
  look: Look
  /** Files of the host's, and a style made from its colors. */
  assets: Map<string, Asset>
  /** Where pictures come from that are no files, for the content policy. */
  origins: string[]
}

/** Reads the pictures once, and throws where one can't be read. */
export function brandingOf(brand: Brand): Branding {
  const assets = new Map<string, Asset>()
  const origins = new Set<string>()
  const kept = (name: string, body: Buffer): string => {
    const asset = assetOf(name, body)
    assets.set(name, asset)
    return `/assets/${name}?v=${asset.etag.slice(1, -1)}`
  }
  const picture = (name: string, given: string | undefined): string | undefined => {
    if (given === undefined) return undefined
    if (!/^https?:\/\//.test(given)) return kept(`brand-${name}${extname(given)}`, readFileSync(given))
    origins.add(new URL(given).origin)
    return given
  }
  const css = styleOf(brand)
  const { primary } = brand.colors
  const look = {
    css: css === '' ? undefined : kept('brand.css', Buffer.from(css)),
    logo: picture('logo', brand.logo),
    logoDark: picture('logo-dark', brand.logoDark),
    favicon: picture('favicon', brand.favicon) ?? letterOf(brand, kept),
    links: brand.links,
    mailHeader: brand.mail.header,
    mailColors: primary === undefined ? undefined : { fill: primary, ink: inkOn(primary) },
  }
  return { look, assets, origins: [...origins] }
}

/** An icon of who has given none: the first letter of the name, on their color. */
function letterOf(
  { name, colors: { primary = '#33474d' } }: Brand,
  kept: (name: string, body: Buffer) => string,
): string | undefined {
  if (isOwnBrand(name)) return undefined
  const [{ segment = '' } = {}] = new Intl.Segmenter().segment(name.trim().toLocaleUpperCase())
  const picture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><path fill="${primary}" d="M0 0h48v48H0z"/><text x="24" y="34" fill="${inkOn(primary)}" font-family="system-ui,sans-serif" font-size="28" font-weight="700" text-anchor="middle">${escapeHtml(segment)}</text></svg>`
  return kept('brand-letter.svg', Buffer.from(picture))
}

/** Above 0.18 black is easier to read on a color than white. */
const inkOn = (color: string): string => (luminance(color) > 0.18 ? '#000000' : '#ffffff')

/** The colors, for light pages as they are and for dark ones lightened, so that links stay readable on both. */
function styleOf({ name, colors: { primary, background }, corners }: Brand): string {
  const rules = isOwnBrand(name) ? [] : ['.brand::after{display:none}']
  if (corners !== undefined) rules.push(`:root{--radius:${corners === 'round' ? '18px' : '0'}}`)
  if (background !== undefined)
    rules.push(`@media (prefers-color-scheme:light){:root{--paper:${background}}}`)
  if (primary === undefined) return rules.join('\n')
  const ink = inkOn(primary)
  const light = `--accent:${primary};--accent-hover:color-mix(in srgb,${primary} 75%,black);--on-accent:${ink};--band:${primary};--on-band:${ink}`
  const dark = `--accent:color-mix(in srgb,${primary} 45%,white);--accent-hover:color-mix(in srgb,${primary} 25%,white);--on-accent:#0c1517`
  return [
    ...rules,
    `:root{${light}}`,
    `@media (prefers-color-scheme:dark){:root{${dark};--band:color-mix(in srgb,${primary} 45%,black);--on-band:#ffffff}}`,
  ].join('\n')
}
