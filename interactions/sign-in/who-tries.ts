import type { Context } from 'koa'
import { browserOf } from '../../account/known-browsers.ts'
import type { Browser } from '../../rules/browsers.ts'
import { networkOf } from '../../rules/network.ts'
import { readBrowserCookie } from '../http/browser-cookie.ts'
import { originOf } from '../http/request.ts'
import type { Services } from '../services.ts'

/** Who tries to sign in to an account, if anybody has what was typed. */
export async function whoTries(services: Services, ctx: Context, account?: string): Promise<string> {
  const secret = readBrowserCookie(ctx, services.config)
  return triesAs(ctx, account === undefined ? undefined : await browserOf(services, secret, account))
}

/**
 * A browser that the person has used, which counts for itself, or a stranger's network. Whatever strangers do
 * makes strangers wait, and never the person's own browsers (OWASP's device cookies).
 */
export function triesAs(ctx: Context, browser: Browser | undefined): string {
  return browser === undefined ? `network:${networkOf(originOf(ctx).address)}` : `browser:${browser.id}`
}

export const isStranger = (by: string): boolean => by.startsWith('network:')
