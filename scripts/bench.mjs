#!/usr/bin/env node
// npm run bench:NAME -- [--quick] [--json]: bundles bench/NAME.ts beside the product's own build and runs it.
// Measurements are TypeScript like the code they measure; what set-up has to say goes to standard error.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { hasDisplay, startVirtualDisplay } from './setup/display.mjs'
import { root } from './setup/paths.mjs'
import { orExit, prepare } from './setup/prepare.mjs'

const [name = '', ...options] = process.argv.slice(2)
const source = path.join(root, 'bench', `${name}.ts`)
if (!/^[a-z0-9-]+$/.test(name) || !existsSync(source)) {
  process.stderr.write(
    `There is no measurement "${name}". They are the files bench/NAME.ts; run one with npm run bench:NAME.\n`,
  )
  process.exit(2)
}
// Benches of the window, by their name, need somewhere to show it.
const isOfWindow = name.endsWith('-window')
await prepare({ withVirtualDisplay: isOfWindow, withDataSet: isOfWindow })
const display = isOfWindow && !hasDisplay() ? await orExit(startVirtualDisplay) : undefined

const { build } = await import('vite')
const folder = path.join(root, 'out', 'bench', `${name}-${process.pid}`)
await mkdir(folder, { recursive: true })
await build({
  configFile: false,
  root,
  logLevel: 'error',
  resolve: { alias: { '@shared': path.join(root, 'src', 'shared'), '@node': path.join(root, 'src', 'node') } },
  ssr: {
    noExternal: true,
    external: [
      'libsql',
      'onnxruntime-node',
      '@tensorflow/tfjs',
      '@tensorflow/tfjs-node-gpu',
      'electron',
      '@playwright/test',
    ],
  },
  build: {
    ssr: source,
    outDir: folder,
    // Some of them run in Electron, too.
    target: 'node16.17',
    rollupOptions: { output: { format: 'cjs', entryFileNames: 'bench.cjs' } },
  },
})
const { status } = spawnSync(process.execPath, ['--expose-gc', path.join(folder, 'bench.cjs'), ...options], {
  stdio: 'inherit',
  env: { ...process.env, GPTNAS_ROOT: root, ...(display && { DISPLAY: display.name }) },
})
display?.stop()
await rm(folder, { recursive: true, force: true })
process.exit(status ?? 1)
