/** What is used of a JSON Schema. */
export interface Schema {
  type?: string
  description?: string
  default?: unknown
  properties?: { [name: string]: Schema }
  required?: string[]
  items?: Schema
  enum?: unknown[]
  anyOf?: Schema[]
  additionalProperties?: Schema | boolean
  format?: string
  minimum?: number
  maximum?: number
}
