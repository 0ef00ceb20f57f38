/** RFC 7644 §3.12. */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'sensitive'

/** A request of a directory that isn't carried out. */
export class ScimFault extends Error {
  readonly status: number
  readonly scimType: ScimType | undefined
  constructor(status: number, detail: string, scimType?: ScimType) {
    super(detail)
    this.name = 'ScimFault'
    this.status = status
    this.scimType = scimType
  }
}

export const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error'

export const scimError = ({ status, message, scimType }: ScimFault) => ({
  schemas: [errorSchema],
  status: String(status),
  scimType,
  detail: message,
})

export const noSuch = (what: string): ScimFault => new ScimFault(404, `there is no such ${what}`)

export const unreadablePath = (): ScimFault => new ScimFault(400, 'the address can’t be read', 'invalidPath')
