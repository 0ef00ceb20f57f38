import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Logger } from 'pino'
import { methodLabel, routeLabel } from './routes.ts'

/** What every line of the log has that is written for a request. */
interface UnderWay {
  request: string
  traceparent?: string | undefined
}

export interface Answered {
  route: string
  method: string
  status: number
  seconds: number
}

const underWay = new AsyncLocalStorage<UnderWay>()

/** For pino: the request under way, if one is. */
export const requestFields = (): UnderWay | Record<string, never> => underWay.getStore() ?? {}

/** W3C Trace Context §3.2: nothing else that somebody sends comes into the log. */
const traceparent = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

/**
 * Around everything that answers: an id and a trace for the log, a span, and a line and a figure in the end. An address
 * may hold a person's or a token, so the line has the route by name alone, and nobody's network.
 */
export function observed(
  listener: RequestListener,
  { log, mount, answered }: { log: Logger; mount: string; answered(one: Answered): void },
): RequestListener {
  const tracer = trace.getTracer('rekey')
  return (request, response) => {
    const route = routeLabel(request.url ?? '/', mount)
    const method = methodLabel(request.method)
    const parent = propagation.extract(context.active(), withoutBaggage(request.headers))
    const attributes = { 'http.request.method': method, 'http.route': route }
    const span = tracer.startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent)
    const fields = { request: randomUUID(), traceparent: traceOf(request, span.spanContext()) }
    const from = performance.now()
    const end = (status: number) => {
      const seconds = (performance.now() - from) / 1000
      span.setAttribute('http.response.status_code', status)
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
      span.end()
      answered({ route, method, status, seconds })
      const line = { route, method, status, ms: Math.round(seconds * 1000) }
      if (route !== 'healthz') log.info({ ...fields, ...line }, 'answered')
    }
    whenOver(response, end)
    context.with(trace.setSpan(parent, span), () => underWay.run(fields, () => listener(request, response)))
  }
}

/** What others want carried along would be kept for as long as the request lasts, and sent on: it is not ours to carry. */
export function withoutBaggage({ baggage: _, ...headers }: IncomingHttpHeaders): IncomingHttpHeaders {
  return headers
}

function traceOf(
  { headers }: IncomingMessage,
  { traceId, spanId, traceFlags }: { traceId: string; spanId: string; traceFlags: number },
): string | undefined {
  if (!/^0+$/.test(traceId)) return `00-${traceId}-${spanId}-0${traceFlags & 1}`
  const given = String(headers.traceparent ?? '')
  return traceparent.test(given) ? given : undefined
}

/** 499: whoever asked was gone before the answer. */
function whenOver(response: ServerResponse, end: (status: number) => void): void {
  response.once('close', () => end(response.writableFinished ? response.statusCode : 499))
}
