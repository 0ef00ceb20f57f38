import { open } from 'node:fs/promises'
import { createGuardedFetch } from '../adapters/guarded-fetch.ts'
import { rememberedCosts } from '../adapters/secrets/foreign-costs.ts'
import { createKeyRing } from '../adapters/secrets/key-ring.ts'
import { pairwiseSecret } from '../adapters/secrets/pairwise-secret.ts'
import { createPasswords } from '../adapters/secrets/passwords.ts'
import { createDirectory } from '../effects/directory.ts'
import { heard } from '../effects/heard.ts'
import { openAudit } from '../effects/open-audit.ts'
import { ConfigError } from '../options/config-error.ts'
import { createAcrNames, namesByLevel } from '../provider/acr-names.ts'
import { createSigningKeys, rotateSigningKeys } from '../provider/signing-keys.ts'
import { baseOf, mountOf } from '../rules/mount.ts'
import type { Brand, Settings } from '../rules/settings.ts'
import { type Branding, brandingOf } from '../views/brand.ts'
import { createViews } from '../views/render.ts'
import type { Parts } from './parts.ts'

/** What everything else stands on: it needs the parts alone, and no provider. */
export type Ground = Awaited<ReturnType<typeof openGround>>

export async function openGround({ store, clock, log, people, happened, ...parts }: Parts) {
  const base = baseOf(parts.config.issuer, parts.path)
  const config: Settings = { ...parts.config, base, start: parts.start ?? `${base}/security`, clients: [] }
  const ring = createKeyRing(parts.config.keys)
  const fetch = createGuardedFetch({ allowed: config.fetchHosts })
  await refuseUnwritable(config.audit.checkpoints.file)
  const { keeper, ...opened } = await openAudit({ config, store, clock, ring, log, fetch })
  const signing = { store, ring, clock, ...(parts.signing ?? { algorithms: ['RS256', 'ES256'] }) }
  const keys = await createSigningKeys(signing)
  return {
    ...{ config, store, people, clock, log, happened, ring, fetch, keeper, keys },
    ...looksOf(config, parts),
    accounts: createDirectory(people, store),
    acrNames: createAcrNames(namesByLevel(parts.config.acr)),
    audit: { ...opened, append: heard(opened.append, happened) },
    passwords: parts.passwords ?? createPasswords(undefined, rememberedCosts(store, clock)),
    pairwiseSecret: await pairwiseSecret(store, ring),
    rotate: async (cause: string, withdraw: boolean) => {
      await rotateSigningKeys(signing, withdraw, cause)
      await keys.refresh()
    },
  }
}

function looksOf(config: Settings, { views, texts }: Pick<Parts, 'views' | 'texts'>) {
  const branding = openBrand(config.brand)
  const { look } = branding
  const { brand, start } = config
  return {
    branding,
    views: createViews({ brand: brand.name, look, views, texts, start, mount: mountOf(config) }),
  }
}

/** A picture that can't be read is a fault of the options, and not of the first page. */
function openBrand(brand: Brand): Branding {
  try {
    return brandingOf(brand)
  } catch (error) {
    const { path, code } = error as NodeJS.ErrnoException
    const [setting = 'a picture'] =
      Object.entries(brand).find(([, given]) => path !== undefined && given === path) ?? []
    throw new ConfigError([`brand: ${setting} can't be read (${code}); each is a file or an https address`])
  }
}

/** Said at the start: checkpoints that leave for nowhere would be missed on the day they are needed. */
async function refuseUnwritable(file: string | undefined): Promise<void> {
  if (file === undefined) return
  try {
    await (await open(file, 'a')).close()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new ConfigError([`audit.checkpoints.file: nothing can be written there (${code})`])
  }
}
