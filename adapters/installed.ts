/** Whether a package is there that not every installation has. */
export function isInstalled(name: string): boolean {
  try {
    return import.meta.resolve(name) !== ''
  } catch {
    return false
  }
}

/** The package that is missing, if a module couldn't be loaded for want of one. */
export function missingPackage(error: unknown): string | undefined {
  const { code, message } = error as NodeJS.ErrnoException
  return code === 'ERR_MODULE_NOT_FOUND' ? /Cannot find package '([^']+)'/.exec(message)?.[1] : undefined
}

/** What is said of it, after the setting that takes it. */
export const takesPackage = (name: string): string => `takes the package ${name}: npm install ${name}`
