import { pino } from 'pino'
import { createSmtpDelivery } from '../../adapters/delivery/smtp/delivery.ts'
import { findLink } from '../../effects/links.ts'
import { disavow } from '../../recovery/disavowal.ts'
import { applyEvent } from '../../recovery/events.ts'
import type { CaseEvent } from '../../rules/recovery-case.ts'
import { createApp } from '../../standalone/app.ts'
import type { Config } from '../../standalone/config.ts'
import { openStore } from '../../standalone/open-store.ts'
import { dyingStore } from './dying-store.ts'

/** What the process is to do to a case, and before which write it is killed. */
export interface Order {
  config: Config
  case: string
  event?: CaseEvent
  /** The token of a "this wasn't me" link, pressed instead. */
  disavow?: string
  dieAt: number
}

const order: Order = JSON.parse(process.env['REKEY_ORDER']!)
const opened = await openStore(order.config, Date.now)
const dying = dyingStore(opened, () => {
  process.kill(process.pid, 'SIGKILL')
  // Nothing of this process goes on, also while the signal is on its way.
  return new Promise(() => {})
})
const delivery = createSmtpDelivery(order.config.mail!)
const log = pino({ level: 'warn' }, pino.destination({ fd: 2, sync: true }))
const app = await createApp({ config: order.config, store: dying.store, delivery, clock: Date.now, log })
await app.work()
dying.dieAt(order.dieAt)
if (order.event !== undefined) await applyEvent(app.services, order.case, order.event)
else await disavow(app.services, (await findLink(dying.store, 'disavow', order.disavow!))!)
await app.work()
const writes = dying.writes()
await app.stop()
await delivery.close()
await opened.close()
// Whoever comes through says how often it could have died.
process.stdout.write(String(writes))
