import { signInSteps } from '../../interactions/sign-in/hub.ts'

/** Where requests go: labels come from here alone, so that nobody can make up another. */
const rooms = new Set([
  'auth',
  'token',
  'jwks',
  'me',
  'device',
  'session',
  'request',
  'reg',
  'interaction',
  'recovery',
  'security',
  'administration',
  'support',
  'operator',
  'authenticator',
  'console',
  'delivery',
  'upstream',
  'ssf',
  'api',
  'scim',
  'assets',
  '.well-known',
  'healthz',
])

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** What is posted on pages of a sign-in: `password`, `forgot/send` … */
const actions = new Set(
  Object.values(signInSteps).flatMap((step) => Object.keys((step as { actions: object }).actions)),
)

/** A few words for an address: never a part of it that somebody else has chosen. */
export function routeLabel(url: string, mount: string): string {
  const path = url.split('?')[0]!
  const below = mount !== '' && path.startsWith(`${mount}/`) ? path.slice(mount.length) : path
  const [, room = '', , ...rest] = below.split('/')
  if (room === '') return 'home'
  if (!rooms.has(room)) return 'other'
  const action = rest.join('/')
  return room === 'interaction' && actions.has(action) ? `interaction/${action}` : room
}

export const methodLabel = (method = ''): string => (methods.has(method) ? method : 'other')
