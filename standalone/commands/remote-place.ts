import type { Command } from 'commander'
import { ExplainedRefusal } from '../explained-refusal.ts'

export interface RemotePlace {
  url: string
  client: string
}

/** Where the command line works instead of on a store: `--url`, or REKEY_URL. */
export function remotePlace(command: Command): RemotePlace | undefined {
  const options = command.optsWithGlobals<{ url?: string; client?: string }>()
  const url = options.url ?? process.env['REKEY_URL']
  if (url === undefined || url === '') return undefined
  if (!URL.canParse(url)) throw new ExplainedRefusal(`${url} is no address`)
  return { url, client: options.client ?? process.env['REKEY_CLIENT'] ?? 'rekey-cli' }
}
