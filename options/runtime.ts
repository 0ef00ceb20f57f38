import { ConfigError } from './config-error.ts'

const oldest = 22

/** Older releases load the package and fail much later, at something that they don't know. */
export function requireNode(version: string = process.versions.node): void {
  if (Number.parseInt(version, 10) < oldest)
    throw new ConfigError([`Node ${oldest} or later is needed; this is ${version}`])
}
