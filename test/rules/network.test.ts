import { expect } from 'chai'
import fc from 'fast-check'
import { networkOf } from '../../rules/network.ts'

describe('the network of an address', () => {
  const same: { [network: string]: string[] } = {
    '192.0.2.7': ['192.0.2.7', '::ffff:192.0.2.7', '::FFFF:c000:207', '0:0:0:0:0:ffff:192.0.2.7'],
    '2001:db8:1:2::/64': [
      '2001:db8:1:2::1',
      '2001:0DB8:0001:0002:ffff:ffff:ffff:ffff',
      '2001:db8:1:2:3:4:5:6%eth0',
      '2001:db8:1:2:3:4:192.0.2.7',
    ],
    '0:0:0:0::/64': ['::', '::1', '::1.2.3.4'],
    'fe80:0:0:0::/64': ['fe80::1%lo'],
  }
  for (const [network, addresses] of Object.entries(same))
    it(`is ${network} for ${addresses.join(' and ')}`, () => {
      expect(addresses.map(networkOf)).to.deep.equal(addresses.map(() => network))
    })

  it('is the text itself where that is no address', () => {
    const none = ['', 'localhost', '2001:db8::1::2', '1:2:3', '1:2:3:4:5:6:7:8:9', 'g::1', ':::']
    expect(none.map(networkOf)).to.deep.equal(none)
  })

  it('is one for all that share the first 64 bits, and another for all others', () => {
    const group = fc.integer({ min: 0, max: 0xffff })
    const half = fc.tuple(group, group, group, group)
    const text = (groups: number[]) => groups.map((one) => one.toString(16)).join(':')
    fc.assert(
      fc.property(half, half, half, half, (net, one, two, other) => {
        fc.pre(text(net) !== text(other) && net.some(Boolean) && other.some(Boolean))
        expect(networkOf(text([...net, ...one]))).to.equal(networkOf(text([...net, ...two])))
        expect(networkOf(text([...net, ...one]))).to.not.equal(networkOf(text([...other, ...one])))
      }),
    )
  })
})
