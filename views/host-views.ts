import { readdirSync } from 'node:fs'
import type { Locale } from '../rules/account.ts'
import type { PageName, Pages } from './pages.ts'

/** What a page of the host's own is made with, beside its locals. */
export interface ViewKit {
  /** Its name. */
  page: PageName
  /** The reader's language. */
  locale: Locale
  /** The heading, which is also the title of the window. */
  title: string
  /** The name of the identity provider. */
  brand: string
  /** A text of Rekey's in the reader's language, by its key in `views/locales/`. Not escaped. */
  text(key: string, values?: { [name: string]: unknown }): string
  /** A text as HTML: for every value that isn't yours. */
  escape(text: unknown): string
  /** Where a path of Rekey's is for the browser. */
  here(path: string): string
  /** A time as `<time>`: the script says it in the reader's own zone. */
  time(at: number, style?: 'time' | 'date'): string
  /** The beginning of a form that posts to an action of the page, with what binds it: write `</form>` after its fields. */
  form(action: string): string
  /** What Rekey itself shows between header and footer. */
  body(): string
  /** A whole document around what the page shows: Rekey's header, footer, style and script. */
  layout(body: string): string
}

/** Makes a page: a whole document. Every value of the locals is text, to be escaped. */
export type View<N extends PageName = PageName> = (locals: Pages[N], kit: ViewKit) => string

/** Pages that a host shows its own way. */
export type HostViews = { readonly [N in PageName]?: View<N> | undefined }

/** Texts that a host says differently, by their keys: `'password.lead'`. */
export type HostTexts = { readonly [L in Locale]?: { readonly [key: string]: string } | undefined }

/** Every page there is. */
export const pageNames: readonly string[] = readdirSync(new URL('./pages/', import.meta.url))
  .filter((file) => file.endsWith('.ejs'))
  .map((file) => file.slice(0, -4))
