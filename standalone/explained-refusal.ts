/** Something that the operator can mend, in words: no stack trace. */
export class ExplainedRefusal extends Error {
  override readonly name = 'Refusal'
}
