import { z } from 'zod'

/** An address on the web. */
export const webAddress = z.url({ protocol: /^https?$/ })
