import { z } from 'zod'
import type { SubjectId } from '../../rules/signals.ts'
import { pairwiseSubject } from '../standards.ts'
import type { StreamServices } from './streams.ts'

/**
 * How an app knows a person: by the `sub` of its ID tokens (CAEP interoperability profile §2.5), which is its sector's
 * own when the app is registered for pairwise subjects (OpenID Connect Core §8.1).
 */
export async function subjectFor(
  { config, provider, pairwiseSecret }: StreamServices,
  client: string,
  account: string,
): Promise<SubjectId & { format: 'iss_sub' }> {
  const app = await provider().Client.find(client)
  const sub =
    app?.subjectType === 'pairwise' ? pairwiseSubject(pairwiseSecret, account, sectorOf(app)) : account
  return { format: 'iss_sub', iss: config.issuer, sub }
}

/** An app that signs nobody in has no sector, and the library throws; it is a sector of its own. */
function sectorOf(app: { clientId: string; sectorIdentifier?: string | undefined }): string {
  try {
    return String(app.sectorIdentifier)
  } catch {
    return app.clientId
  }
}

const text = z.string().min(1).max(255)

/** RFC 9493 §3.2 but for aliases, which hold the others. */
const simple = z.discriminatedUnion('format', [
  z.object({ format: z.literal('iss_sub'), iss: text, sub: text }),
  z.object({ format: z.literal('email'), email: text }),
  z.object({ format: z.literal('opaque'), id: text }),
  z.object({ format: z.literal('account'), uri: text }),
  z.object({ format: z.literal('phone_number'), phone_number: text }),
  z.object({ format: z.literal('did'), url: text }),
  z.object({ format: z.literal('uri'), uri: text }),
])

const single = z.union([
  simple,
  z.object({ format: z.literal('aliases'), identifiers: z.array(simple).min(1).max(20) }),
])

/** A subject as a receiver names it (SSF 1.0 §3). */
export const subjectSchema = z.union([
  single,
  z.object({ format: z.literal('complex'), user: single.optional(), tenant: single.optional() }).loose(),
])

type Subject = z.output<typeof subjectSchema>

/** The `sub` under which the app knows whom it means, if that can be told. */
export async function subOf(
  services: StreamServices,
  client: string,
  subject: Subject | undefined,
): Promise<string | undefined> {
  switch (subject?.format) {
    case 'iss_sub':
      return subject.iss === services.config.issuer ? subject.sub : undefined
    case 'email': {
      const account = await services.accounts.find(subject.email.toLowerCase())
      return account && (await subjectFor(services, client, account.id)).sub
    }
    case 'complex':
      return subOf(services, client, subject.user)
    case 'aliases':
      for (const one of subject.identifiers) {
        const sub = await subOf(services, client, one)
        if (sub !== undefined) return sub
      }
      return undefined
    default:
      return undefined
  }
}
