/**
 * Imports point one way (see docs/decisions/folders.md):
 * main → app → {interactions, recovery, console, signals, authenticator, api} → factors → {provider, adapters interfaces, secrets, views} → rules.
 */
const surfaces = '^(interactions|recovery|console|signals|authenticator|api)/'
const engines = '^adapters/[^/]+/'

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'rules-are-pure',
      comment: 'rules import node:crypto and each other, nothing else',
      severity: 'error',
      from: { path: '^rules/' },
      to: { pathNot: ['^rules/', '^(node:)?crypto$'] },
    },
    {
      name: 'engines-only-from-main-and-open',
      severity: 'error',
      from: {
        pathNot: ['^main\\.ts$', '^adapters/open-(store|proofing|delivery)\\.ts$', engines, '^(test|bench)/'],
      },
      to: { path: engines },
    },
    {
      name: 'adapters-know-only-rules',
      severity: 'error',
      from: { path: '^adapters/' },
      to: {
        path: [
          '^(provider|interactions|recovery|console|signals|api|views|demo)/',
          '^(app|main|config)\\.ts$',
        ],
      },
    },
    {
      name: 'provider-knows-no-page',
      severity: 'error',
      from: { path: '^provider/' },
      to: { path: [surfaces, '^(views|demo)/', '^(app|main)\\.ts$', engines] },
    },
    {
      name: 'rooms-do-not-import-rooms',
      comment: 'a room changes the attempt and redirects to the hub; what rooms share lives in room.ts',
      severity: 'error',
      from: { path: '^interactions/rooms/' },
      to: { path: '^interactions/rooms/' },
    },
    {
      name: 'factors-know-no-page-of-a-sign-in',
      severity: 'error',
      from: { path: '^factors/' },
      to: { path: ['^(interactions|console|signals|authenticator|api|demo)/', '^(app|main)\\.ts$'] },
    },
    {
      name: 'nobody-imports-app-but-main',
      severity: 'error',
      from: { pathNot: ['^main\\.ts$', '^(test|bench)/'] },
      to: { path: '^app\\.ts$' },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { pathNot: '^(test|bench)/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['node_modules'] },
    parser: 'swc',
    tsPreCompilationDeps: true,

    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
}
