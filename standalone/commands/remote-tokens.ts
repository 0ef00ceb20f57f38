import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'

const kept = z.record(
  z.string(),
  z.object({ token: z.string(), expiresAt: z.number(), refresh: z.string().optional() }),
)

/** What a sign-in at another screen gave, and how to get the next without one. */
export type KeptToken = z.output<typeof kept>[string]

/** Tokens of the person at this terminal, by issuer and client: in a file that nobody else reads. */
export const tokensFile = (env: NodeJS.ProcessEnv): string =>
  join(env.XDG_CONFIG_HOME ?? join(env.HOME ?? homedir(), '.config'), 'rekey', 'tokens.json')

async function tokensIn(file: string): Promise<z.output<typeof kept>> {
  try {
    return kept.catch({}).parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return {}
  }
}

export async function keptToken(file: string, name: string): Promise<KeptToken | undefined> {
  return (await tokensIn(file))[name]
}

export async function keepToken(file: string, name: string, one: KeptToken): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const all = { ...(await tokensIn(file)), [name]: one }
  await writeFile(file, JSON.stringify(all), { mode: 0o600 })
}
