/**
 * The rules of `pnpm lint` about who may import whom, for dependency-cruiser.
 * `packages/tooling/test/architecture.test.ts` proves that each of them bites.
 */

const engine = 'core|autograd|layers|optim|train|models|session|approximation|playground|gradus';
const choosesDevices = 'conformance|gradus|benchmarks|kernel-tests|tooling';

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const forbidden = [
  {
    name: 'no-package-cycles',
    comment: 'Packages depend on each other in one direction only.',
    severity: 'error',
    scope: 'folder',
    from: { path: '^(packages|apps)/[^/]+/src$' },
    to: { path: '^(packages|apps)/[^/]+/src$', circular: true },
  },
  {
    name: 'core-imports-random-only',
    comment: 'Everything stands on core; core stands on @gradus/random alone.',
    severity: 'error',
    from: { path: '^packages/core/src/' },
    to: { path: '^(packages|apps)/', pathNot: '^packages/(core|random)/' },
  },
  {
    name: 'backends-import-core-backend-only',
    comment: 'A backend uses what a third party could: @gradus/core/backend.',
    severity: 'error',
    from: { path: '^packages/(backend-[^/]+)/src/' },
    to: {
      path: '^(packages|apps)/',
      pathNot: ['^packages/$1/', '^packages/core/src/backend(/index)?\\.ts$'],
    },
  },
  {
    name: 'devices-are-passed-in',
    comment: 'Layers, optimisers and models run on any device; only the caller names a backend.',
    severity: 'error',
    from: { path: '^packages/[^/]+/src/', pathNot: `^packages/(backend-[^/]+|${choosesDevices})/` },
    to: { path: '^packages/backend-' },
  },
  {
    name: 'data-knows-no-engine',
    comment: 'Data arrives as typed arrays, so that it can be used without the engine.',
    severity: 'error',
    from: { path: '^packages/(random|data|mnist)/src/' },
    to: { path: `^packages/(${engine}|backend-[^/]+)/` },
  },
  {
    name: 'packages-import-no-app',
    comment: 'Applications use packages, never the other way round.',
    severity: 'error',
    from: { path: '^packages/' },
    to: { path: '^apps/' },
  },
  {
    name: 'siblings-by-name',
    comment: 'Import a sibling by its package name: a relative path goes round its entry points.',
    severity: 'error',
    from: { path: '^((?:packages|apps)/[^/]+)/' },
    to: { path: '^(packages|apps)/', pathNot: '^$1/', dependencyTypes: ['local'] },
  },
  {
    name: 'sources-import-no-tests',
    comment: 'Tests are not published.',
    severity: 'error',
    from: { path: '^(packages|apps)/[^/]+/src/' },
    to: { path: '/test/' },
  },
  {
    name: 'declared-dependencies',
    comment: 'What sources import must be in dependencies or peerDependencies of the package.',
    severity: 'error',
    from: { path: '^(packages|apps)/[^/]+/src/' },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'browser-safe-sources',
    comment: 'Node modules belong into src/node.ts or src/node/, behind an entry of their own.',
    severity: 'error',
    from: {
      path: '^packages/[^/]+/src/',
      pathNot: [
        '^packages/(tooling|benchmarks|browser-tests)/',
        '^packages/[^/]+/src/node(/|\\.ts$)',
      ],
    },
    to: { dependencyTypes: ['core'], dependencyTypesNot: ['type-only', 'type-import'] },
  },
  {
    name: 'no-unresolvable',
    comment: 'An import that cannot be resolved escapes every other rule.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
];

/** How modules are found: siblings by their sources, types included. */
export const options = /** @satisfies {import('dependency-cruiser').ICruiseOptions} */ ({
  doNotFollow: { path: 'node_modules' },
  exclude: { path: '(^|/)(dist|node_modules/\\.pnpm)/' },
  tsPreCompilationDeps: true,
  combinedDependencies: true,
  enhancedResolveOptions: {
    exportsFields: ['exports'],
    conditionNames: ['source', 'import', 'node', 'default', 'types'],
    extensions: ['.ts', '.js', '.json'],
  },
});

export default { forbidden, options };
