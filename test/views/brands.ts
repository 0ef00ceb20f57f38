import { fileURLToPath } from 'node:url'
import { brandOptions } from '../../options/brand.ts'
import { type Branding, brandingOf } from '../../views/brand.ts'
import { createViews, type Views } from '../../views/render.ts'

const file = (name: string) => fileURLToPath(new URL(`./brands/${name}.svg`, import.meta.url))
const links = (host: string) => ({ help: `https://${host}/help`, privacy: `https://${host}/privacy` })

/** Three companies that don't exist, as their operators would write them down. */
export const companies = {
  kitahama: {
    name: 'Kitahama Bank',
    logo: file('kitahama'),
    logoDark: file('kitahama-dark'),
    colors: { primary: '#1a3e72', background: '#f1f4fa' },
    corners: 'square',
    links: links('kitahama.example'),
  },
  lumen: {
    name: 'Lumen Studio',
    logo: file('lumen'),
    logoDark: file('lumen-dark'),
    favicon: file('lumen'),
    colors: { primary: '#a8104a', background: '#fff5f0' },
    corners: 'round',
    links: links('lumen.example'),
  },
  verda: { name: 'Verda Energy', logo: file('verda'), colors: { primary: '#1d6b2f' } },
} as const

export type Company = keyof typeof companies

/** The pages of a company, from its settings, which are checked as at the start of the program. */
export function branded(company: Company): { views: Views; branding: Branding } {
  const brand = brandOptions.parse(companies[company])
  const branding = brandingOf(brand)
  return { views: createViews({ brand: brand.name, look: branding.look }), branding }
}
