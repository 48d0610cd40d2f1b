// Unit and integration tests of every folder; end-to-end tests live in e2e/ and run under Playwright.
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))
const alias = { '@shared': path('./src/shared'), '@node': path('./src/node'), '@': path('./src/renderer/src') }

export default defineConfig({
  resolve: { alias },
  test: {
    // Vitest leaves one core free, which on a machine of two is half of it.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'modules in common',
          environment: 'node',
          pool: 'forks',
          // Files of a worker load the modules once and not each anew. So nothing there may be kept in a module, no test may put another
          // module in place of one, and what a test changes of its process (clock, environment, spies) it must put back; of the
          // environment that is seen to. Tests that run TensorFlow are in the next project: each of them needs one of its own.
          isolate: false,
          unstubEnvs: true,
          include: ['src/{shared,engine}/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'node',
          environment: 'node',
          // TensorFlow's binding breaks in a second worker thread (tfjs#8388): processes only.
          pool: 'forks',
          include: [
            'src/{node,compute,main,preload,cli,compat}/**/*.test.ts',
            'tests/**/*.test.ts',
            'scripts/**/*.test.mjs',
            'bench/**/*.test.ts',
          ],
          testTimeout: 60_000,
        },
      },
      {
        resolve: { alias },
        plugins: [vue()],
        test: {
          name: 'renderer',
          environment: 'happy-dom',
          include: ['src/renderer/**/*.test.ts'],
          testTimeout: 30_000,
        },
      },
    ],
  },
})
