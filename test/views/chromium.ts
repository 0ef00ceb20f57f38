import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** The shell without windows first: it takes two fifths of the CPU of the whole browser for the same pages. */
const places = [
  process.env.CHROMIUM,
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/** The browser found on this machine; undefined where there is none. */
export const chromiumPath: string | undefined = places.find(
  (place) => place !== undefined && existsSync(place),
)

/** Starts a browser that talks to nobody but the test. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath as string,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--no-default-browser-check',
    ],
  })
}
