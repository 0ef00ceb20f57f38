/**
 * The network that an address belongs to, as what strangers do is counted: one IPv4 address, or an IPv6 /64, which is
 * what one connection at home is given, with 2^64 addresses to choose from. Anything else stands for itself.
 */
export function networkOf(address: string): string {
  const bare = address.split('%')[0]!.toLowerCase()
  if (!bare.includes(':')) return bare
  const groups = groupsOf(bare)
  if (groups === undefined) return bare
  return mappedIpv4(groups) ?? `${groups.slice(0, 4).map(hex).join(':')}::/64`
}

const hex = (group: number): string => group.toString(16)

/** The eight numbers of an IPv6 address (RFC 4291 §2.2). */
function groupsOf(address: string): number[] | undefined {
  const [head = '', tail, more] = dottedAsGroups(address).split('::')
  if (more !== undefined) return undefined
  const [before, after] = [numbersOf(head), numbersOf(tail ?? '')]
  const missing = 8 - before.length - after.length
  const whole = tail === undefined ? missing === 0 : missing >= 0
  const groups = [...before, ...Array<number>(Math.max(0, missing)).fill(0), ...after]
  return whole && groups.every((group) => group >= 0 && group <= 0xffff) ? groups : undefined
}

const numbersOf = (text: string): number[] =>
  text === ''
    ? []
    : text.split(':').map((group) => (/^[0-9a-f]{1,4}$/.test(group) ? Number.parseInt(group, 16) : -1))

function dottedAsGroups(address: string): string {
  return address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts) => {
    const [a, b, c, d] = parts.slice(0, 4).map(Number) as [number, number, number, number]
    return `${hex(a * 256 + b)}:${hex(c * 256 + d)}`
  })
}

/** ::ffff:192.0.2.1 is 192.0.2.1 (RFC 4291 §2.5.5.2). */
function mappedIpv4(groups: number[]): string | undefined {
  const [high, low] = groups.slice(6) as [number, number]
  if (groups.slice(0, 5).some((group) => group !== 0) || groups[5] !== 0xffff) return undefined
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
