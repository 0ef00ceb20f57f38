/** How every cookie of our own is kept: out of reach of scripts and of other sites, where the pages are mounted. */
export const ownCookie = ({ path, secure }: { path: string; secure: boolean }) =>
  ({ httpOnly: true, sameSite: 'lax', path, secure, signed: false, overwrite: true }) as const
