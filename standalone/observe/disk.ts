import { statfs } from 'node:fs/promises'

/** Bytes. */
export interface Disk {
  free: number
  size: number
}

/** Below a twentieth, or what a day of sign-ins may take, somebody should look. */
const least = { share: 0.05, bytes: 1_073_741_824 }

/** The disk of the embedded store; others have their own watch. */
export async function diskOf({ store, data }: { store: string; data: string }): Promise<Disk | undefined> {
  if (store !== 'lmdb') return undefined
  const { bavail, blocks, bsize } = await statfs(data)
  return { free: bavail * bsize, size: blocks * bsize }
}

export const isLow = ({ free, size }: Disk): boolean => free < Math.min(size * least.share, least.bytes)
