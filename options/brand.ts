import { z } from 'zod'
import { contrastFaults } from '../views/contrast.ts'
import { webAddress } from './web-address.ts'

const name = z.string().min(1).max(60)
const picture = z.string().min(1)
const color = z.string().regex(/^#([\da-f]{3}|[\da-f]{6})$/i, 'a color as #rgb or #rrggbb')

const brand = z.strictObject({
  name: name.describe('The name of the identity provider.'),
  logo: picture.optional().describe('A file (SVG, PNG) or an https address, 32 pixels high on pages.'),
  logoDark: picture.optional().describe('The same for dark pages.'),
  favicon: picture.optional().describe('A file or an https address.'),
  colors: z
    .strictObject({
      primary: color.optional().describe('Buttons and links.'),
      background: color.optional().describe('Behind everything, on light pages.'),
    })
    .superRefine((colors, { addIssue }) => {
      for (const { color, fault } of contrastFaults(colors))
        addIssue({ code: 'custom', path: [color], message: fault })
    })
    .default({})
    .describe('As `#rgb` or `#rrggbb`. Those that words or links can’t be read by are refused.'),
  corners: z
    .enum(['round', 'square'])
    .optional()
    .describe('Of boxes and buttons; between the two if left out.'),
  links: z
    .strictObject({
      help: webAddress.optional().describe('The address of your help.'),
      privacy: webAddress.optional().describe('The address of your privacy policy.'),
      terms: webAddress.optional().describe('The address of your terms.'),
    })
    .default({})
    .describe('At the foot of every page.'),
  mail: z
    .strictObject({ header: picture.optional().describe('An https address of a picture above every mail.') })
    .default({})
    .describe('How mails look.'),
})

/** What people see of who signs them in: a name, or more than that. */
export const brandOptions = z
  .union([name.transform((text) => ({ name: text, colors: {}, links: {}, mail: {} })), brand])
  .prefault('Rekey')
  .describe('What people see on pages, in mails and in their authenticator app: a name, or more than that.')
