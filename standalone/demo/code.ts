import { totpCode } from '../../adapters/secrets/totp.ts'
import type { ListedPerson } from './seed.ts'

/** `npm run code -- <e-mail>`: the code that the authenticator app of a demo person shows now. */
const [email] = process.argv.slice(2)
const port = process.env.REKEY_PORT ?? '3000'
const people = (await (await fetch(`http://localhost:${port}/dev/people.json`)).json()) as ListedPerson[]
const person = people.find((one) => one.email === email)
if (person?.otpauth) {
  console.log(totpCode(new URL(person.otpauth).searchParams.get('secret')!, Date.now()))
} else {
  console.error(
    person === undefined
      ? 'usage: npm run code -- <e-mail of a demo person>'
      : `${email} has no authenticator app now`,
  )
  process.exitCode = 1
}
