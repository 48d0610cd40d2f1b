// Which folder may import which, and that nothing imports in a circle: npm run structure. docs/architecture.md says why each
// direction is as it is; decision 102 why this tool. Lint says which packages a folder may load (eslint.config.mjs).

/** Folders of src and the other folders each may import. */
const PROCESSES = {
  shared: [],
  node: ['shared'],
  engine: ['shared', 'node'],
  compute: ['shared', 'node'],
  main: ['shared', 'node'],
  preload: ['shared'],
  renderer: ['shared'],
  cli: ['shared', 'node', 'engine'],
  compat: [],
}

/**
 * Rooms of a process: each sees itself and what its line names; the files beside the rooms put them together. A room without
 * a line here may not import another one.
 */
const ROOMS = {
  'src/shared': {
    errors: ['quoted'],
    random: [],
    figures: [],
    quoted: [],
    architecture: ['errors', 'random', 'figures', 'required', 'quoted', 'element-count'],
  },
  'src/engine': {
    'stream-of-work': [],
    machine: [],
    storage: ['machine'],
    executors: ['stream-of-work', 'machine', 'storage'],
    evaluators: ['machine', 'storage', 'executors', 'datasets'],
    downloads: [],
    datasets: ['storage', 'downloads'],
    benchmark: ['machine', 'executors'],
    runtimes: ['stream-of-work', 'machine', 'downloads'],
    proposers: [],
    runs: ['machine', 'storage', 'executors', 'evaluators', 'datasets', 'proposers'],
    'fine-tuning': ['storage', 'evaluators', 'datasets', 'proposers', 'runs'],
    exports: ['storage', 'executors', 'datasets', 'evaluators'],
    imports: ['storage', 'executors'],
    ablations: ['storage', 'runs'],
    corpora: ['storage', 'runs'],
    services: [
      'stream-of-work',
      'ablations',
      'corpora',
      'fine-tuning',
      'proposers',
      'machine',
      'storage',
      'executors',
      'datasets',
      'benchmark',
      'evaluators',
      'runs',
      'exports',
      'runtimes',
      'imports',
    ],
  },
  'src/compute': {
    tensorflow: [],
    networks: ['tensorflow'],
    data: ['tensorflow'],
    training: ['tensorflow', 'networks', 'data'],
    proposer: ['tensorflow', 'networks'],
    proxies: ['tensorflow', 'networks', 'data'],
    exchange: ['tensorflow', 'networks', 'data'],
    service: ['tensorflow', 'networks', 'data', 'training', 'proposer', 'proxies', 'exchange'],
  },
  'src/renderer/src': {
    lib: [],
    locales: [],
    api: ['lib'],
    stores: ['lib', 'locales', 'api'],
    components: ['lib', 'locales', 'api', 'stores'],
    features: ['lib', 'locales', 'api', 'stores', 'components'],
    app: ['lib', 'locales', 'api', 'stores', 'components', 'features'],
  },
}

/** Tests and what only tests use may look into any room of their process. */
const TESTS = ['\\.test\\.ts$', '/testing/']

const alternatives = (names) => (names.length === 0 ? '(?!)' : `(${names.join('|')})`)

const processRules = Object.entries(PROCESSES).map(([name, seen]) => ({
  name: `process-${name}`,
  comment: `src/${name} may import ${seen.length === 0 ? 'nothing beside itself' : seen.join(', ')}.`,
  severity: 'error',
  from: { path: `^src/${name}/` },
  to: { path: '^src/', pathNot: `^src/${alternatives([name, ...seen])}/` },
}))

/** In a folder whose rooms are not all in the table yet (src/shared) the others see what they like. */
const isWhole = (folder) => folder !== 'src/shared'

const roomRules = Object.entries(ROOMS).flatMap(([folder, rooms]) => {
  const inside = `^${folder}/`
  // A file beside the rooms, such as an entry of the process, is no room; one that several rooms use is named like one.
  const room = (name) => `${inside}${name}(/|\\.ts$)`
  const rules = Object.entries(rooms).map(([name, seen]) => ({
    name: `room-${folder.split('/')[1]}-${name}`,
    comment: `${folder}/${name} may import ${seen.length === 0 ? 'no other room' : seen.join(', ')}.`,
    severity: 'error',
    from: { path: room(name), pathNot: TESTS },
    to: { path: inside, pathNot: [name, ...seen].map(room) },
  }))
  if (!isWhole(folder)) return rules
  return [
    ...rules,
    {
      name: `room-${folder.split('/')[1]}-unknown`,
      comment: `A new room of ${folder} gets a line in .dependency-cruiser.mjs.`,
      severity: 'error',
      from: { path: `${inside}([^/]+)/`, pathNot: [...Object.keys(rooms).map(room), ...TESTS] },
      to: { path: inside, pathNot: `${inside}$1/` },
    },
  ]
})

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circles',
      comment:
        'Two files that need each other are one file, or need a third. Types count: a reader goes round with them.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'features-apart',
      comment: 'What two features share belongs to components, stores or lib.',
      severity: 'error',
      from: { path: '^src/renderer/src/features/([^/]+)/' },
      to: { path: '^src/renderer/src/features/', pathNot: '^src/renderer/src/features/$1/' },
    },
    {
      name: 'testing-in-tests',
      comment: 'What lies in a folder "testing" is used by tests alone.',
      severity: 'error',
      from: { path: '^src/', pathNot: TESTS },
      to: { path: '^src/.*/testing/' },
    },
    {
      name: 'resolved',
      // What has a question mark is a request to the bundler for a package's file.
      comment: 'An import that this tool cannot follow is a direction that it cannot check.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\?' },
    },
    ...processRules,
    ...roomRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Imports of types too, which are gone once compiled.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.structure.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
}
