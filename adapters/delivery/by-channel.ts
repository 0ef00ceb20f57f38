import { type Delivery, type Message, Undeliverable } from './delivery.ts'

/** One way out of several: each message leaves by the one for its channel. */
export function deliverByChannel(ways: { [channel in Message['channel']]?: Delivery | undefined }): Delivery {
  const all = [...new Set(Object.values(ways).filter((way) => way !== undefined))]
  return {
    send: async (message) => {
      const way = ways[message.channel]
      if (way === undefined) throw new Undeliverable('no_carrier')
      await way.send(message)
    },
    callback: async (callback) => {
      for (const way of all) {
        const answer = await way.callback?.(callback)
        if (answer !== undefined && answer.outcome !== 'unknown') return answer
      }
      return { outcome: 'unknown' }
    },
    close: async () => {
      await Promise.all(all.map((way) => way.close()))
    },
  }
}
