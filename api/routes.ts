import Router from '@koa/router'
import { openApiDocument } from './openapi.ts'
import { type Operation, reasonsOf } from './operation.ts'
import { type ApiReason, apiProblems } from './problems.ts'
import { scimRoutes } from './scim/routes.ts'
import { localeFor, nothingElse, serveOperations } from './serve.ts'
import type { ApiServices } from './services.ts'
import { apiOperations } from './table.ts'

/** The API for programs, its OpenAPI document, and a page that shows it. */
export function apiRoutes(services: ApiServices): Router[] {
  return [
    documentation(services),
    serveOperations(services, apiOperations),
    nothingElse(services, '/api'),
    ...(services.hostPeople ? [] : [scimRoutes(services)]),
  ]
}

function documentation({ config, views }: ApiServices): Router {
  const router = new Router({ prefix: '/api/v1' })
  let document: string | undefined
  router.get('/openapi.json', (ctx) => {
    document ??= JSON.stringify(openApiDocument(apiOperations, config))
    ctx.type = 'application/json'
    ctx.set('Cache-Control', 'public, max-age=300')
    ctx.body = document
  })
  router.get('/docs', (ctx) => {
    const locale = localeFor(ctx)
    ctx.type = 'html'
    ctx.set('Cache-Control', 'no-store')
    ctx.body = views.page('api', locale, {
      tags: [...Map.groupBy(apiOperations, ({ tag }) => tag)].map(([name, operations]) => ({
        name,
        operations: operations.map(listed),
      })),
      problems: Object.entries(apiProblems).map(([reason, status]) => ({
        reason,
        status,
        says: views.problem(locale, reason as ApiReason),
      })),
    })
  })
  return router
}

const listed = (one: Operation) => ({
  id: one.id,
  method: one.method.toUpperCase(),
  path: one.path,
  scope: one.scope,
  summary: one.summary,
  says: one.says,
  operator: one.operator === true,
  decision: one.decision === true,
  reasons: reasonsOf(one),
})
