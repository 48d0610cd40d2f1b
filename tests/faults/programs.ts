// The compute as the application bundles it, in a folder of its own, so that tests need no build of the whole product.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import { build } from 'vite'
import { afterAll } from 'vitest'

const root = path.resolve(__dirname, '../..')

/**
 * Bundles the compute, and `entries` of a test beside it.
 * @returns the folder that holds `compute.js` and `NAME.js` of each; removed after the tests of the file
 */
export async function bundlePrograms(entries: Readonly<Record<string, string>> = {}): Promise<string> {
  // Below node_modules, where the bundles find the native packages that stay external.
  const parent = path.join(root, 'node_modules', '.gptnas-test')
  mkdirSync(parent, { recursive: true })
  const outDir = mkdtempSync(path.join(parent, 'faults-'))
  afterAll(() => rmSync(outDir, { recursive: true, force: true }))
  await build({
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { '@shared': path.join(root, 'src/shared'), '@node': path.join(root, 'src/node') } },
    ssr: { noExternal: true, external: ['libsql', '@tensorflow/tfjs', '@tensorflow/tfjs-node-gpu'] },
    build: {
      ssr: true,
      outDir,
      target: 'node16',
      minify: false,
      rollupOptions: {
        input: { compute: path.join(root, 'src/compute/index.ts'), ...entries },
        external: [/^@tensorflow\//],
        output: { format: 'cjs', entryFileNames: '[name].js' },
      },
    },
  })
  return outDir
}
