import { hash } from 'node:crypto'

/** NIST SP 800-63B-4 §3.1.1.2 and OWASP: length counts, composition rules don't. Letters, where there is nothing else. */
export const shortestPassword = { alone: 15, beside: 8 } as const
export const longestPassword = 1024

export type PasswordFault = 'too_short' | 'too_short_alone' | 'too_long' | 'common'

/** Tells one password of an account from the next; nothing can be tried out with it. */
export function passwordMark(passwordHash: string): string {
  return hash('sha256', passwordHash, 'base64url').slice(0, 22)
}

/** What is wrong with a new password, if anything: too short, too long, or what anyone would try first. */
export function passwordFault(
  password: string,
  about: { email: string; name: string; brand: string },
  shortest: number = shortestPassword.alone,
): PasswordFault | undefined {
  const normalized = password.normalize('NFKC')
  if ([...normalized].length < shortest) return 'too_short'
  if (normalized.length > longestPassword) return 'too_long'
  return isGuessable(normalized.toLowerCase(), about) ? 'common' : undefined
}

/** Little but the person's own data, one repeated pattern, a row of the keyboard, or a word everyone uses. */
function isGuessable(password: string, about: { email: string; name: string; brand: string }): boolean {
  const words = [about.email, about.email.split('@')[0]!, ...about.name.split(/\s+/), about.brand, ...common]
  const rest = words
    .map((word) => word.toLowerCase())
    .filter((word) => word.length >= 3)
    .sort((a, b) => b.length - a.length)
    .reduce((left, word) => left.replaceAll(word, ''), password)
  return new Set(password).size < 5 || rest.length < 6 || /^(.{1,6})\1+$/.test(password) || isRun(password)
}

const common = [
  'password',
  'passwort',
  'qwerty',
  'letmein',
  'welcome',
  'iloveyou',
  'abc123',
  '123456',
  'monkey',
  'dragon',
  'admin',
  'secret',
  'changeme',
]
const runs = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'qwertyuiopasdfghjklzxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn',
]

const isRun = (password: string): boolean => runs.some((run) => run.includes(password))
