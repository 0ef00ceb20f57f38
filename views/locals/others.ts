import type { PageMessage } from '../../rules/attempt.ts'
import type { ForDevelopers, Form, Moment, Onward, WayOut } from './parts.ts'

/** Pages that belong to no room. */
export interface OtherPages {
  api: {
    tags: {
      name: string
      operations: {
        id: string
        method: string
        path: string
        scope: string
        summary: string
        says?: string | undefined
        operator: boolean
        decision: boolean
      }[]
    }[]
    problems: { reason: string; status: number; says: string }[]
  }
  /** What can't be taken back is asked once: the same form again, with sure=yes. */
  confirm: Form & {
    /** Which texts. */
    kind: string
    values: { [name: string]: string | number }
    fields: { name: string; value: string }[]
    back: string
  }
  /** Anything that went wrong; nothing secret in it. `error` is a key of the locale's `error` section. */
  error: { error: string; reference?: string; ways: WayOut[]; developer?: ForDevelopers }
  /** RP-initiated logout. `action` and hidden `xsrf` come from the library. POST: logout=yes. */
  logout: { action: string; xsrf: string; app?: string }
  logged_out: { app?: string }
  /** A form that is sent on: by itself, or by its button. */
  onward: Onward
  /** Device flow (RFC 8628): the code a device shows. POST to `action`: user_code. */
  user_code: { action: string; xsrf: string; message?: PageMessage }
  /** POST to `action`: confirm=yes or abort=yes. */
  user_code_confirm: { action: string; xsrf: string; app: string; userCode: string }
  user_code_done: { app?: string }
  /** The authenticator, a web app. `pushKey` is the application server key of its subscription. */
  authenticator: { pushKey: string }
  /** The page at the issuer's root. */
  home: { issuer: string; demo: boolean; demoApp?: string }
  /** Demo mode: everything that was sent, for a person to read. */
  inbox: {
    messages: {
      at: Moment
      channel: string
      to: string
      subject: string
      text: string
      links: string[]
      /** Where a mail is shown as people see it. */
      shown?: string
      /** Of a call. */
      speech?: { locale: string; ask: string; say: string }
    }[]
  }
}
