// Lint rules: type-aware TypeScript, Vue, and which packages a folder may load. Which folder may import which is
// .dependency-cruiser.mjs's.
import prettier from 'eslint-config-prettier'
import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'
import vueParser from 'vue-eslint-parser'

const typed = {
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
  '@typescript-eslint/switch-exhaustiveness-check': 'error',
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/ban-ts-comment': 'error',
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
}

const FOLDERS = ['shared', 'node', 'engine', 'compute', 'main', 'preload', 'renderer', 'cli']

/** Packages that one place alone may load: a native library, or one that must stay replaceable. */
const OWNED_PACKAGES = [
  { group: ['@tensorflow/*'], owner: 'src/compute', message: 'Only src/compute may import TensorFlow.' },
  {
    group: ['onnxruntime-*'],
    owner: 'src/compute/exchange',
    message: 'Only src/compute/exchange may import onnxruntime.',
  },
  { group: ['libsql', 'kysely'], owner: 'src/engine/storage', message: 'Only src/engine/storage may import SQLite.' },
  {
    group: ['cytoscape', 'cytoscape-*'],
    owner: 'src/renderer/src/features/design/view',
    message: "Only the editor's view adapter may import Cytoscape.",
  },
  { group: ['electron'], owner: 'src/main', message: 'Only src/main (and preload) may import Electron.' },
]

const packageRules = FOLDERS.flatMap((folder) => {
  const node = {
    group: ['node:*', 'fs', 'path', 'os', 'crypto'],
    message: 'src/shared and src/renderer are pure: no Node.',
  }
  const packages = OWNED_PACKAGES.filter(
    ({ owner }) => !(owner === `src/${folder}` || (folder === 'preload' && owner === 'src/main')),
  )
  const patterns = packages.map(({ group, message }) => ({ group, message }))
  if (folder === 'shared' || folder === 'renderer') patterns.push(node)
  const rule = (list) => ({ 'no-restricted-imports': ['error', { patterns: list }] })
  const inner = OWNED_PACKAGES.filter(({ owner }) => owner.startsWith(`src/${folder}/`))
  return [
    { files: [`src/${folder}/**/*.{ts,vue}`], rules: rule(patterns) },
    ...inner.map(({ owner, message }) => ({
      files: [`${owner}/**/*.{ts,vue}`],
      rules: rule(patterns.filter((pattern) => pattern.message !== message)),
    })),
  ]
})

/**
 * Files are read through src/node/read-file.ts, which looks before it reads; files of the system through system-file.ts. Opening to
 * write is no reading. What a test reads is its own.
 */
const READS = '/^(readFile|readFileSync|createReadStream)$/'
const OPENS = '/^(open|openSync)$/'
const FILE_SYSTEM = '/^(fs|fsp|files|promises|system)$/'
const readers = [
  `ImportSpecifier[imported.name=${READS}]`,
  `CallExpression[callee.object.name=${FILE_SYSTEM}][callee.property.name=${READS}]`,
  `CallExpression[callee.name=${OPENS}][arguments.1.value='r']`,
  `CallExpression[callee.object.name=${FILE_SYSTEM}][callee.property.name=${OPENS}]`,
].map((selector) => ({
  selector,
  message: 'Files are read with readWhole, readInPieces or openToRead of @node/read-file, which look before they read.',
}))

export default tseslint.config(
  { ignores: ['out/**', 'dist/**', 'node_modules/**', 'test-results/**', 'resources/**'] },
  {
    files: ['**/*.{ts,mts}'],
    extends: [tseslint.configs.base],
    languageOptions: {
      parserOptions: { project: ['./tsconfig.node.json', './tsconfig.web.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: typed,
  },
  {
    files: ['src/renderer/**/*.vue'],
    extends: [...vue.configs['flat/recommended']],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: {
      parser: vueParser,
      parserOptions: {
        parser: tseslint.parser,
        project: ['./tsconfig.web.json'],
        extraFileExtensions: ['.vue'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: { ...typed, 'vue/multi-word-component-names': 'off' },
  },
  { files: ['src/**/*.{ts,vue}'], rules: { 'no-console': 'error', 'no-empty': ['error', { allowEmptyCatch: false }] } },
  ...packageRules,
  {
    files: ['src/{node,engine,compute,main,preload,cli}/**/*.ts'],
    ignores: ['**/*.test.ts', '**/testing/**', 'src/node/{read-file,own-file,system-file,folders}.ts'],
    rules: { 'no-restricted-syntax': ['error', ...readers] },
  },
  prettier,
)
