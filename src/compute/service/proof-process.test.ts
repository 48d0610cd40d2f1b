import { fork, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile, copyFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ProofContract } from '@shared/contract/proof'
import { comparePredictions } from '@shared/exchange/compare-predictions'
import { portFromIpc } from '@shared/transport/port'
import { createClient } from '@shared/transport/rpc'
import { predict } from '../exchange/predict'
import { hasOnnxRuntime } from '../exchange/testing/has-runtime'
import { negateLargest } from '../exchange/testing/round-trip'
import { trace } from '../exchange/trace'
import { writeExport } from '../exchange/write-export'
import { readArrayFile } from '../networks/array-file'
import { tinyJob } from '../training/testing/tiny-job'
import { train } from '../training/train'

const root = resolve(__dirname, '../../..')
let folder: string
let child: ChildProcess | undefined

/** The entry bundled as the application bundles it; beside the checkout's node_modules, where it finds plain tfjs. */
async function bundleProof(): Promise<string> {
  const outDir = await mkdtemp(join(root, 'node_modules', '.proof-test-'))
  await build({
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { '@shared': join(root, 'src/shared') } },
    ssr: { noExternal: true, external: ['@tensorflow/tfjs', 'onnxruntime-node'] },
    build: {
      ssr: join(root, 'src/compute/proof-process.ts'),
      outDir,
      target: 'node16',
      minify: false,
      rollupOptions: {
        external: [/^@tensorflow\//, 'onnxruntime-node'],
        output: { format: 'cjs', entryFileNames: 'proof.js' },
      },
    },
  })
  return outDir
}

beforeAll(async () => {
  folder = await bundleProof()
})
afterAll(async () => {
  child?.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

describe('proof process', () => {
  it('predicts as the trained network did, in a fresh process without the binding', async () => {
    const job = await tinyJob({ epochs: 3 })
    let weights = ''
    for await (const event of train(job)) if (event.type === 'finished') weights = event.weights
    const target = join(job.folder, 'export')
    await writeExport({ format: 'tfjs', document: {}, graph: job.graph, weights, folder: target, metadata: {} })
    const indices = Array.from({ length: 23 }, (_, i) => 60 + i)
    const random = { count: 4, seed: 3 }
    const trained = await predict({ graph: job.graph, weights, data: job.data, indices, random })

    child = fork(join(folder, 'proof.js'), [], {
      serialization: 'json',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
    })
    const client = createClient<ProofContract>(portFromIpc(child))
    const exported = await client.predict({ format: 'tfjs', folder: target, data: job.data, indices, random })
    const proof = comparePredictions(trained, exported, exported.runtime)
    expect(proof).toMatchObject({ runtime: 'tfjs 4.22.0, cpu', images: 23, samePredictions: 23, passed: true })
    expect(proof.largestDifference).toBeLessThan(1e-5)
    expect(proof.accuracy).toBeGreaterThan(0.8)

    // The proof must be able to fail: one wrong byte in the weights shows.
    const shard = join(target, 'group1-shard1of1.bin')
    await copyFile(shard, `${shard}.whole`)
    await writeFile(shard, Buffer.alloc(4, 0x40), { flag: 'r+' })
    const damaged = await client.predict({ format: 'tfjs', folder: target, data: job.data, indices, random })
    expect(comparePredictions(trained, damaged, damaged.runtime).passed).toBe(false)
  })

  it.skipIf(!hasOnnxRuntime)(
    'runs ONNX in onnxruntime beside it (optional package), and names the layer that differs',
    async () => {
      const job = await tinyJob({ epochs: 2 })
      let weights = ''
      for await (const event of train(job)) if (event.type === 'finished') weights = event.weights
      const { graph, data } = job
      const target = join(job.folder, 'onnx')
      await writeExport({ format: 'onnx', document: {}, graph, weights, folder: target, metadata: {} })
      const inputs = { data, indices: Array.from({ length: 23 }, (_, i) => 60 + i), random: { count: 4, seed: 3 } }
      const trained = await predict({ graph, weights, ...inputs })
      const client = createClient<ProofContract>(portFromIpc(child!))
      const exported = await client.predict({ format: 'onnx', folder: target, ...inputs })
      expect(comparePredictions(trained, exported, exported.runtime)).toMatchObject({
        runtime: expect.stringMatching(/^onnxruntime/) as string,
        samePredictions: 23,
        passed: true,
      })
      expect(exported.latency.runs).toBeGreaterThanOrEqual(5)
      expect(exported.latency.p95).toBeGreaterThanOrEqual(exported.latency.median)
      const values = join(job.folder, 'values')
      await trace({ graph, weights, data, index: 60, file: values })
      const looked = { format: 'onnx', folder: target, data, index: 60, trained: values, tolerance: 1e-4 } as const
      expect(await client.firstDifference(looked)).toBeNull()
      const [array] = (await readArrayFile(weights)).arrays.filter(({ name }) => name.endsWith('/kernel'))
      await negateLargest(join(target, 'model.onnx'), weights, array!.name)
      expect(await client.firstDifference(looked)).toMatchObject({ layer: array!.name.replace('/kernel', '') })
    },
  )

  it('ends when whoever started it lets go', async () => {
    const exited = new Promise<number | null>((ended) => child!.once('exit', ended))
    child!.disconnect()
    expect(await exited).toBe(0)
  })
})
