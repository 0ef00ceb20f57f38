import type { PasskeyFactor } from '../../rules/factor.ts'
import { usablePasskeys } from '../../rules/passkeys.ts'
import {
  type Authenticator,
  type Behaviour,
  makePasskey,
  newAuthenticator,
  usePasskey,
} from './authenticator.ts'
import type { Browser } from './browser.ts'
import { givePassword, signIn } from './journeys.ts'
import type { Person, Rekey } from './rekey.ts'

/** Someone with a passkey: a new person who has nothing else, or one who has an authenticator app already. */
export async function holder(
  rekey: Rekey,
  options: { person?: Person; nature?: Parameters<typeof newAuthenticator>[1] } = {},
): Promise<{ owner: Person; key: Authenticator }> {
  const key = newAuthenticator(new URL(rekey.issuer).origin, options.nature)
  if (options.person !== undefined) {
    await makePasskey(await signIn(rekey, options.person, { action: 'enrol:passkey' }), key)
    return { owner: options.person, key }
  }
  const owner = await rekey.person({ bare: true })
  const browser = await givePassword(rekey, owner)
  await browser.press('Passkey or security key')
  await makePasskey(browser, key)
  await browser.press('Continue', { saved: 'yes' })
  return { owner, key }
}

/** The stored passkey of someone who has one. */
export async function passkeyOf(rekey: Rekey, person: Person): Promise<PasskeyFactor> {
  return usablePasskeys(await rekey.account(person))[0]!
}

/** On the page of the password: the passkey alone. */
export async function signInByPasskey(
  browser: Browser,
  key: Authenticator,
  differently: Partial<Behaviour> = {},
): Promise<void> {
  await usePasskey(browser, key, differently, 'Sign in with a passkey')
}
