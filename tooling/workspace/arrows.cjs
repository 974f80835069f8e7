const tests = '\\.(test|test-support)\\.ts$';
// Both as a resolved file under node_modules and as a bare name where it isn't installed.
const tensorflow = '(^|/)@tensorflow/';
// The one package file that starts a tf, for programs: who runs them passes none in.
const start = '^packages/node-backends/src/start-backend\\.ts$';

// Entries of their own, for browsers.
const withoutNode = '^packages/data-files/(src|dist)/(arrays|pixels)\\.(d\\.)?[jt]s$';

// What our own packages need of tfjs beyond what its users call.
const internal = '^packages/tfjs/(src|dist)/internal\\.(d\\.)?[jt]s$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'core-alone',
      comment: 'core is arrays in, arrays out: no npm package, no node: module, no other package.',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: tests },
      to: { pathNot: '^packages/core/src/' },
    },
    {
      name: 'core-below-all',
      comment: "core's tests may use npm packages, but none of this workspace's.",
      severity: 'error',
      from: { path: '^packages/core/src/' },
      to: { path: '^(packages|apps|tooling)/', pathNot: '^packages/core/' },
    },
    {
      name: 'linalg-on-core',
      comment:
        'linalg is numbers in, numbers out: it implements what core describes, and knows nothing else.',
      severity: 'error',
      from: { path: '^packages/linalg/src/', pathNot: tests },
      to: { pathNot: '^packages/(core|linalg)/' },
    },
    {
      name: 'registry-on-core',
      comment: 'registry shares PatchGeometry with the others through core, and knows nothing else.',
      severity: 'error',
      from: { path: '^packages/registry/src/', pathNot: tests },
      to: { pathNot: '^packages/(core|registry)/' },
    },
    {
      name: 'statistics-on-core',
      comment: 'statistics shares Moments with the others through core, and knows nothing else.',
      severity: 'error',
      from: { path: '^packages/statistics/src/', pathNot: tests },
      to: { pathNot: '^packages/(core|statistics)/' },
    },
    {
      name: 'simplify-on-registry',
      comment:
        'simplify rewrites plain networks by what the registry says of layers, and knows nothing else.',
      severity: 'error',
      from: { path: '^packages/simplify/src/', pathNot: tests },
      to: { pathNot: '^packages/(core|registry|simplify)/' },
    },
    {
      name: 'registry-and-statistics-apart',
      comment: 'They never see each other nor the packages above them, in tests neither.',
      severity: 'error',
      from: { path: '^packages/(registry|statistics)/src/' },
      to: { path: '^packages/', pathNot: '^packages/(core|$1)/' },
    },
    {
      name: 'fine-tune-above-tfjs',
      comment: 'Training further is for programs: no other package needs it.',
      severity: 'error',
      from: { path: '^packages/', pathNot: '^packages/(fine-tune|cli)/' },
      to: { path: '^packages/fine-tune/' },
    },
    {
      name: 'tensorflow-has-a-place',
      comment:
        'Only tfjs, fine-tune, model-files, wasm-gradients, the backends, apps, tooling and what starts a backend for programs name TensorFlow.js.',
      severity: 'error',
      from: {
        path: '^packages/',
        pathNot: [tests, '^packages/(tfjs|fine-tune|model-files|wasm-gradients|backend-[^/]+)/', start],
      },
      to: { path: tensorflow },
    },
    {
      name: 'tensorflow-as-type',
      comment:
        "The caller's tf is injected: two copies of tfjs-core in one program don't work together. The one file that " +
        'hands a tf to the caller imports it, when it is called.',
      severity: 'error',
      from: {
        path: '^packages/',
        pathNot: [tests, '^packages/backend-node-gpu/src/load-node-gpu\\.ts$', start],
      },
      to: { path: tensorflow, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'native-backend-when-called',
      comment: 'Importing @fuseinit/backend-node-gpu works where its peer is not installed.',
      severity: 'error',
      from: { path: '^packages/backend-node-gpu/src/', pathNot: tests },
      to: { path: `${tensorflow}tfjs-node-gpu`, dependencyTypesNot: ['type-only', 'dynamic-import'] },
    },
    {
      name: 'packages-below-apps',
      comment: 'What is published depends on nothing that is not.',
      severity: 'error',
      from: { path: '^packages/', pathNot: tests },
      to: { path: '^(apps|tooling)/' },
    },
    {
      name: 'apps-are-programs',
      comment: 'Nothing imports an app: what several programs or tests need is a package of its own.',
      severity: 'error',
      from: { path: '^(packages|apps|tooling)/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^$1/$2/' },
    },
    {
      name: 'through-the-index',
      comment: 'A package is used by its exports, not by its files.',
      severity: 'error',
      from: { path: '^(packages|apps|tooling)/([^/]+)/', pathNot: tests },
      to: {
        path: '^packages/[^/]+/',
        pathNot: ['^$1/$2/', '/(src|dist)/(testing/)?index\\.(d\\.)?[jt]s$', internal, withoutNode],
      },
    },
    {
      name: 'tests-through-the-index',
      comment:
        'A test uses another package by its exports, too: tests share inputs by @fuseinit/test-inputs.',
      severity: 'error',
      from: { path: `^(packages|apps|tooling)/([^/]+)/.*${tests}` },
      to: {
        path: '^(packages|apps|tooling)/[^/]+/',
        pathNot: [
          '^$1/$2/',
          '/dist/(testing/)?index\\.(d\\.)?[jt]s$',
          '^tooling/(test-inputs|golden)/dist/',
          internal,
        ],
      },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'resolvable',
      comment: 'An import that resolves to nothing would slip past the other rules.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // Type imports count too: the arrows are about knowledge, not only about code that runs.
    tsPreCompilationDeps: true,
    exclude: { path: '^(apps|tooling)/[^/]+/(coverage|students)/' },
    // A package of the workspace resolves to its dist: that is the arrow, and its end.
    doNotFollow: { path: ['node_modules', '^(packages|apps|tooling)/[^/]+/dist/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'default', 'node'],
    },
  },
};
