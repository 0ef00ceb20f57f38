/** One list, top to bottom: a folder imports only what stands below it. */
const floors = [
  ['standalone'],
  ['index.ts', 'options.ts'],
  ['wiring', 'options'],
  ['interactions', 'api'],
  ['account', 'organization'],
  ['recovery', 'provider'],
  ['effects'],
  ['adapters', 'views'],
  ['rules'],
]
const path = (names) =>
  `^(${names.map((name) => (name.includes('.') ? `${name.replace('.', '\\.')}$` : `${name}/`)).join('|')})`
const above = (floor) => path(floors.slice(0, floors.indexOf(floor)).flat())

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-cycles-of-folders', scope: 'folder', severity: 'error', from: {}, to: { circular: true } },
    ...floors.slice(1).map((floor) => ({
      name: `${floor.join('-and-')}-look-down`,
      severity: 'error',
      from: { path: path(floor) },
      to: { path: above(floor) },
    })),
    ...[
      ['recovery', 'provider'],
      ['provider', 'recovery'],
      ['views', 'adapters'],
      ['adapters', 'views'],
      ['api', 'interactions'],
      ['interactions', 'api'],
    ].map(([from, to]) => ({
      name: `${from}-knows-no-${to}`,
      severity: 'error',
      from: { path: `^${from}/` },
      to: { path: `^${to}/` },
    })),
    {
      name: 'rules-are-pure',
      severity: 'error',
      from: { path: '^rules/' },
      to: { pathNot: ['^rules/', '^(node:)?crypto$'] },
    },
    {
      name: 'engines-are-opened-outside',
      severity: 'error',
      from: { pathNot: ['^standalone/', '^adapters/', '^(test|bench|examples)/'] },
      to: { path: '^adapters/(store|delivery|proofing|people)/[^/]+/' },
    },
    {
      name: 'engines-know-no-engine',
      severity: 'error',
      from: { path: '^adapters/(store|delivery|proofing|people)/([^/]+)/' },
      to: {
        path: '^adapters/(store|delivery|proofing|people)/[^/]+/',
        pathNot: '^adapters/$1/$2/',
      },
    },
    {
      name: 'http-knows-no-page',
      severity: 'error',
      from: { path: '^interactions/http/' },
      to: { path: '^interactions/(?!http/|[^/]+$)' },
    },
    {
      name: 'console-knows-no-page',
      severity: 'error',
      from: { path: '^interactions/console/' },
      to: { path: '^interactions/(?!http/|console/|[^/]+$)' },
    },
    {
      name: 'steps-know-no-step',
      severity: 'error',
      from: { path: '^interactions/sign-in/steps/' },
      to: { path: '^interactions/sign-in/steps/' },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { pathNot: '^(test|bench)/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    // Followed no further, but seen: what a rule imports from npm counts.
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
}
