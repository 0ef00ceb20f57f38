/** Where the frame of our own pages goes: the layout has it, and nothing that is put into a page can write it. */
export const frameSlot = '<!-- frame -->'

/** A page with the frame of our own pages around it. */
export const withFrame = (page: string, frame: string): string => page.replace(frameSlot, () => frame)

/** Where the choice of a language goes, on a page that has no frame: the foot of layout.ejs. */
const languagesSlot = '<!-- languages -->'

/** A page with the choice of a language at its foot. */
export const withLanguages = (page: string, choice: string): string =>
  page.replace(languagesSlot, () => choice)
