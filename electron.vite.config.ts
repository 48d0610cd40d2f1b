// One build for every process: main (index, engine, compute, cli as CommonJS entries), preload, renderer.
// Pure JavaScript is bundled because Electron 22 has no ESM main and oRPC, zod and Kysely are ESM; native packages stay external.
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))
const shared = { '@shared': path('./src/shared') }
const forNode = { ...shared, '@node': path('./src/node') }

/** Packages with native parts: resolved at run time from node_modules (asar-unpacked in a package). */
const NATIVE = ['electron', 'libsql', /^@libsql\//, /^@tensorflow\//, 'onnxruntime-node']

/** What is bundled, with the texts of its licences: a package carries them (scripts/release/third-party.mjs). */
const license = { fileName: 'licenses.json' }

export default defineConfig({
  main: {
    resolve: { alias: forNode },
    build: {
      target: 'node16.17',
      externalizeDeps: false,
      license,
      sourcemap: true,
      rollupOptions: {
        external: NATIVE,
        input: {
          compat: path('./src/compat/node16.ts'),
          index: path('./src/main/index.ts'),
          engine: path('./src/engine/index.ts'),
          compute: path('./src/compute/index.ts'),
          proof: path('./src/compute/proof-process.ts'),
          'image-decoder': path('./src/engine/datasets/images/decoder-thread.ts'),
          'fine-tuning': path('./src/engine/fine-tuning/tuner-thread.ts'),
          'self-check': path('./src/compute/self-check-process.ts'),
          cli: path('./src/cli/index.ts'),
        },
        output: {
          format: 'cjs',
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
          // Before any chunk: an import would run after the chunks that need what it supplies.
          banner: (chunk) => (chunk.isEntry && chunk.name !== 'compat' ? "require('./compat.js');" : ''),
        },
      },
    },
  },
  preload: {
    resolve: { alias: shared },
    build: {
      target: 'node16.17',
      externalizeDeps: false,
      license,
      rollupOptions: {
        input: { index: path('./src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].js' },
      },
    },
  },
  renderer: {
    root: path('./src/renderer'),
    resolve: { alias: { ...shared, '@': path('./src/renderer/src') } },
    plugins: [vue()],
    build: {
      target: 'chrome108',
      license,
      // Three megabytes of charts and canvas are read at every start.
      minify: true,
      rollupOptions: { input: path('./src/renderer/index.html') },
    },
  },
})
