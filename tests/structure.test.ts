// The rules of direction bite: a tree with one offence of each kind is told offence by offence, through both aliases, Vue
// files and imports of types. That the repository itself has none is the stage "structure" of npm test.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

const TREE: Readonly<Record<string, string>> = {
  'tsconfig.structure.json': JSON.stringify({
    compilerOptions: { paths: { '@shared/*': ['./src/shared/*'], '@/*': ['./src/renderer/src/*'] } },
  }),
  'package.json': '{}',
  'src/shared/a.ts': `import type { B } from './b'\nexport type A = B | null`,
  'src/shared/b.ts': `import type { A } from './a'\nexport interface B { a: A }`,
  'src/shared/up.ts': `export { run } from '../engine/runs/run'`,
  'src/engine/runs/run.ts': `import type { A } from '@shared/a'\nexport const run = (a: A) => a`,
  'src/engine/storage/store.ts': `import { run } from '../runs/run'\nexport const store = run`,
  'src/engine/storage/store.test.ts': `import { run } from '../runs/run'\nrun(null)`,
  'src/compute/tensorflow/kernel.ts': `export type { Service } from '../service/service'`,
  'src/compute/service/service.ts': `export interface Service { a: 1 }`,
  'src/renderer/src/features/search/View.vue': `<script setup lang="ts">\nimport Drawer from '@/features/results/Drawer.vue'\n</script>\n<template><Drawer /></template>`,
  'src/renderer/src/features/results/Drawer.vue': `<script setup lang="ts">\nimport { a } from '@/lib/a'\na()\n</script>`,
  'src/renderer/src/lib/a.ts': `export const a = () => import('../stores/store')`,
  'src/renderer/src/stores/store.ts': `import gone from './gone'\nexport default gone`,
}

interface Violation {
  readonly from: string
  readonly to: string
  readonly rule: { readonly name: string }
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gpt-nas-structure-'))
  for (const [name, text] of Object.entries(TREE)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function violations(): string[] {
  const program = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const args = [program, 'src', '--config', path.join(root, '.dependency-cruiser.mjs'), '--output-type', 'json']
  const output = execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  const { summary } = JSON.parse(output) as { summary: { violations: Violation[] } }
  return summary.violations.map(({ rule, from }) => `${rule.name}: ${from.replace(/^src\//, '')}`).sort()
}

test('each offence is told with its rule, and what is allowed is not', () => {
  expect(violations()).toEqual([
    'features-apart: renderer/src/features/search/View.vue',
    'no-circles: shared/a.ts',
    'process-shared: shared/up.ts',
    'resolved: renderer/src/stores/store.ts',
    'room-compute-tensorflow: compute/tensorflow/kernel.ts',
    'room-engine-storage: engine/storage/store.ts',
    'room-renderer-lib: renderer/src/lib/a.ts',
  ])
})
