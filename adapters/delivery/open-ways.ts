import type { FactorKind } from '../../rules/factor.ts'
import { offeredKinds } from '../../rules/kinds.ts'
import { deliverByChannel } from './by-channel.ts'
import type { Delivery, Message } from './delivery.ts'
import type { OpenDelivery, WaysOut } from './ways.ts'

/** What a host sends by: an engine, or how one is opened, for each channel. */
export type GivenWays = { [channel in Message['channel']]?: Delivery | OpenDelivery | undefined }

/** One engine may carry several channels, and is opened once. */
export async function openWays(given: GivenWays, ways: WaysOut): Promise<Delivery> {
  const opened = new Map<unknown, Delivery>()
  const byChannel: { [channel in Message['channel']]?: Delivery } = {}
  for (const [channel, way] of Object.entries(given)) {
    if (way === undefined) continue
    if (!opened.has(way)) opened.set(way, typeof way === 'function' ? await way(ways) : way)
    byChannel[channel as Message['channel']] = opened.get(way)!
  }
  return deliverByChannel(byChannel)
}

/** What can be set up where these are the ways. */
export const kindsSentBy = ({ push, sms, voice }: GivenWays, phone: boolean): FactorKind[] =>
  offeredKinds({
    carrier: phone && (sms !== undefined || voice !== undefined),
    pushes: push !== undefined,
  })
