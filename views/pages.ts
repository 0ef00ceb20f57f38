import type { AdministrationPages } from './locals/administration.ts'
import type { OperatorPages } from './locals/operator.ts'
import type { OtherPages } from './locals/others.ts'
import type { RecoveryPages } from './locals/recovery.ts'
import type { SecurityPages } from './locals/security.ts'
import type { SignInPages } from './locals/sign-in.ts'

/** The locals of each page. A page's file is views/pages/<name>.ejs. */
export interface Pages
  extends SignInPages,
    RecoveryPages,
    SecurityPages,
    AdministrationPages,
    OperatorPages,
    OtherPages {}

export type PageName = keyof Pages
