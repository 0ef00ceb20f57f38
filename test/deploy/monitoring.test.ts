import { readFile } from 'node:fs/promises'
import { parser } from '@prometheus-io/lezer-promql'
import { expect } from 'chai'
import { parse } from 'yaml'
import { auditEvents } from '../../rules/audit/events.ts'
import { createMetrics } from '../../standalone/observe/metrics.ts'
import { routeLabel } from '../../standalone/observe/routes.ts'
import { lmdb } from '../support/stores.ts'

interface Query {
  where: string
  text: string
}

/** What a query names, read as Prometheus reads it. */
function named({ where, text }: Query) {
  const metrics: string[] = []
  const labels: string[] = []
  const matched: [label: string, values: string][] = []
  const said = (node: { from: number; to: number }) => text.slice(node.from, node.to)
  parser.parse(text).iterate({
    enter: ({ name, node }) => {
      expect(node.type.isError, `${where}: ${text}`).to.equal(false)
      if (name === 'Identifier') metrics.push(said(node))
      if (name === 'LabelName') labels.push(said(node))
      if (name === 'StringLiteral') matched.push([said(node.parent!.firstChild!), said(node).slice(1, -1)])
    },
  })
  return { metrics, labels, matched }
}

async function alerts(): Promise<Query[]> {
  const { groups } = parse(await readFile('deploy/monitoring/alerts.yaml', 'utf8'))
  return groups.flatMap(({ rules }: { rules: { alert: string; expr: string }[] }) =>
    rules.map(({ alert, expr }) => ({ where: alert, text: expr })),
  )
}

async function panels(): Promise<Query[]> {
  const { panels } = JSON.parse(await readFile('deploy/monitoring/grafana.json', 'utf8'))
  return panels.flatMap(({ title, targets }: { title: string; targets: { expr: string }[] }) =>
    targets.map(({ expr }) => ({ where: title, text: expr })),
  )
}

/** Every figure by name, with the labels it has. */
async function figures(): Promise<Map<string, string[]>> {
  const { store, dispose } = await lmdb.open()
  const metrics = createMetrics()
  metrics.look({
    store,
    clock: Date.now,
    workerLag: () => 0,
    passwords: () => 0,
    disk: async () => undefined,
  })
  metrics.answered({ route: 'token', method: 'GET', status: 200, seconds: 1 })
  metrics.stored({ collection: 'people', operation: 'get', seconds: 1 })
  metrics.happened({ event: 'sign_in.succeeded' } as never)
  metrics.happened({ said: 'throttled' } as never)
  const { body } = await metrics.text()
  await dispose()
  const found = new Map<string, string[]>([['rekey_cases_open', ['status', 'age']]])
  for (const [, name, labels = ''] of body.matchAll(/^(rekey_\w+)(?:\{(.*?)\})? /gm))
    found.set(
      name!,
      [...labels.matchAll(/(\w+)="/g)].map(([, label]) => label!),
    )
  return found
}

/** What a label can be. */
const values: { [label: string]: readonly string[] } = {
  event: Object.keys(auditEvents),
  status: ['1xx', '2xx', '3xx', '4xx', '5xx'],
  state: ['queued', 'dead'],
  age: ['hour', 'day', 'week', 'older'],
  job: ['rekey'],
}

/** Some of what a route can be called, by a request for it. */
const routes = ['authenticator', 'ssf', 'token', 'interaction/id/password'].map((path) =>
  routeLabel(`/${path}`, ''),
)

/** Each part of `a|b` is there by itself: what is never said can't be waited for. */
function isSaid(label: string, matcher: string): boolean {
  return matcher.split('|').every((part) => {
    if (label === 'route') return routes.some((route) => new RegExp(`^(?:${part})$`).test(route))
    return values[label]!.some((value) => new RegExp(`^(?:${part})$`).test(value))
  })
}

describe('deploy/monitoring', () => {
  it('asks for figures, labels and values that there are, in words that Prometheus reads', async () => {
    const known = await figures()
    const queries = [...(await alerts()), ...(await panels())]
    expect(queries).to.have.length.above(20)
    for (const query of queries) {
      const { metrics, labels, matched } = named(query)
      const own = metrics.filter((name) => name !== 'up')
      for (const name of own) expect([...known.keys()], query.where).to.include(name)
      const allowed = new Set(['le', 'job', ...own.flatMap((name) => known.get(name)!)])
      for (const label of labels) expect([...allowed], query.where).to.include(label)
      for (const [label, matcher] of matched)
        expect(isSaid(label, matcher), `${query.where}: ${label} is never ${matcher}`).to.equal(true)
    }
  })

  it('has every figure of docs/operating.md, and no other', async () => {
    const page = await readFile('docs/operating.md', 'utf8')
    const known = await figures()
    const own = [...known.keys()].filter(
      (name) => !/^rekey_(process|nodejs)_|_(count|sum|bucket)$/.test(name),
    )
    const histograms = [...known.keys()].filter((name) => name.endsWith('_bucket'))
    const documented = [...page.matchAll(/`(rekey_\w+[a-z])(?:\{([\w,]+)\})?`/g)]
    expect(documented.map(([, name]) => name)).to.have.members([
      ...own,
      ...histograms.map((name) => name.replace('_bucket', '')),
    ])
    for (const [, name, labels = ''] of documented) {
      const told = known.get(name!) ?? known.get(`${name}_bucket`)!.filter((label) => label !== 'le')
      expect(labels.split(',').filter(Boolean), name).to.have.members(told)
    }
  })
})
