import type { Fact } from '../rules/audit/chain.ts'
import type { AccountServices } from './services.ts'

type Refusal =
  | 'sign_in.password_wrong'
  | 'sign_in.code_refused'
  | 'sign_in.passkey_refused'
  | 'sign_in.upstream_refused'
  | 'factor.code_refused'

/**
 * Writes a refusal down. It was counted before, and nothing else came of it: where a crash loses the entry, nothing is
 * lost that anybody was told.
 */
export async function noteRefused(
  { audit }: Pick<AccountServices, 'audit'>,
  refusal: Omit<Fact, 'event' | 'cause'> & { event: Refusal },
): Promise<void> {
  await audit.append(refusal)
}
