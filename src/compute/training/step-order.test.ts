// However many ops of a step TensorFlow runs at once, the result is one: proved from the graph (every variable is read and changed in
// the order of the code) and seen in processes with one inter-op thread and with two.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { CAUTIOUS_SELF_CHECK, environmentFor } from '@shared/runtime/compute-environment'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { NodeDef } from '../tensorflow/recorder/protobuf'
import type * as sessionModule from '../tensorflow/recorder/session'
import { accessOrder } from '../tensorflow/testing/access-order'
import { OPTIMIZERS, sessionWithEverythingOn, type Trained } from './testing/everything-on'

const loaded = vi.hoisted(() => ({ nodes: [] as readonly NodeDef[] }))
vi.mock('../tensorflow/recorder/session', async (original) => {
  const real = await original<typeof sessionModule>()
  return {
    ...real,
    Session: class extends real.Session {
      constructor(nodes: readonly NodeDef[]) {
        super(nodes)
        loaded.nodes = nodes
      }
    },
  }
})

const PRECISIONS = ['float32', 'mixed-float16'] as const

describe('the graph of a step with everything on', () => {
  it.each(OPTIMIZERS.flatMap((optimizer) => PRECISIONS.map((precision) => [optimizer, precision] as const)))(
    'orders every access to a variable: %s, %s',
    (optimizer, precision) => {
      sessionWithEverythingOn(optimizer, precision).dispose()
      const order = accessOrder(loaded.nodes, 'train')
      expect(order.faults).toEqual([])
      // Weights, slots, statistics and averages: each changes, and most are read before and after.
      const changed = loaded.nodes.filter(({ op }) => op === 'VarHandleOp').length - 2
      expect(order.changes).toBeGreaterThanOrEqual(changed)
      expect(order.reads).toBeGreaterThan(order.changes / 2)
      expect(accessOrder(loaded.nodes, 'evaluate')).toMatchObject({ changes: 0, faults: [] })
    },
  )

  it('would not without the control inputs that the recorder writes', () => {
    sessionWithEverythingOn('sgd', 'float32').dispose()
    const bare = loaded.nodes.map((node) => ({ ...node, input: node.input.filter((input) => !input.startsWith('^')) }))
    expect(accessOrder(bare, 'train').faults.length).toBeGreaterThan(100)
    // One missing edge is enough: a weight that is read for its average without waiting for its update.
    const late = loaded.nodes.find(({ name }) => /^train\/read\/\d+_1$/.test(name))!.name
    const damaged = loaded.nodes.map((node) => (node.name === late ? { ...node, input: node.input.slice(0, 1) } : node))
    expect(accessOrder(damaged, 'train').faults).toContain(`${late} sees 0 changes`)
  })
})

const root = resolve(__dirname, '../../..')
const run = promisify(execFile)
let folder = ''

beforeAll(async () => {
  // Below node_modules, where it finds the native package.
  folder = await mkdtemp(join(root, 'node_modules', '.everything-test-'))
  await build({
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { '@shared': join(root, 'src/shared') } },
    ssr: { noExternal: true, external: ['@tensorflow/tfjs-node-gpu'] },
    build: {
      ssr: join(root, 'src/compute/training/testing/everything-on-process.ts'),
      outDir: folder,
      rollupOptions: { output: { format: 'cjs', entryFileNames: 'train.cjs' } },
    },
  })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** @param oneDnn kernels with threads of their own beside TensorFlow's */
async function trainedWith(interOp: number, oneDnn: boolean, ...how: readonly string[]): Promise<Trained> {
  const environment = environmentFor({ ...CAUTIOUS_SELF_CHECK, oneDnn }, 2)
  const { stdout } = await run(process.execPath, [join(folder, 'train.cjs'), ...how, '50'], {
    env: { ...process.env, ...environment, TF_NUM_INTEROP_THREADS: String(interOp) },
  })
  return JSON.parse(stdout) as Trained
}

describe('fifty steps with one inter-op thread and with two', () => {
  it.each([
    ['sgd', 'float32', true],
    ['adamw', 'mixed-float16', false],
  ] as const)('end in the same bits: %s, %s, oneDNN %s', async (optimizer, precision, oneDnn) => {
    const one = await trainedWith(1, oneDnn, optimizer, precision)
    const two = await trainedWith(2, oneDnn, optimizer, precision)
    expect(new Set(one.losses).size).toBe(50)
    expect(Object.keys(one.state).some((name) => name.endsWith('/average'))).toBe(true)
    expect(two).toEqual(one)
  })
})
