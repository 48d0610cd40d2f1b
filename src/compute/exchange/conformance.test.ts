// What every format that is run here must do: the same class scores as the trained network for each layer kind, each block and each
// trap, in a runtime that has nothing of ours. What only one format has is in its own tests; formats that Python runs are in
// python-source/conformance.test.ts.
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LayerGraph } from '@shared/architecture/layer'
import { comparePredictions } from '@shared/exchange/compare-predictions'
import type { ExportFormat } from '@shared/exchange/formats'
import { BLOCK_CASES } from '../networks/testing/block-cases'
import { KIND_CASES } from '../networks/testing/kind-cases'
import type { NamedArray } from '../networks/weights'
import { tf } from '../tensorflow/backend'
import { FORMATS } from './formats'
import { predict } from './predict'
import { hasOnnxRuntime } from './testing/has-runtime'
import { exportBench, RANDOM } from './testing/round-trip'
import { graphOf, NETWORK, node, TRAPS } from './testing/traps'
import { writeExport } from './write-export'

/** Float32 sums in another order; measured below 1e-6 on these small networks. */
const TOLERANCE = 1e-5

const RUNTIMES: readonly { readonly format: ExportFormat; readonly runtime: RegExp; readonly isThere: boolean }[] = [
  { format: 'tfjs', runtime: /^tfjs 4\.22\.0, cpu$/, isThere: true },
  { format: 'tfjs-graph', runtime: /^tfjs 4\.22\.0, cpu$/, isThere: true },
  { format: 'saved-model', runtime: /^TensorFlow 2\.\d+\.\d+, (cpu|gpu)$/, isThere: true },
  { format: 'onnx', runtime: /^onnxruntime 1\.\d+\.\d+, cpu$/, isThere: hasOnnxRuntime },
]

let bench: Awaited<ReturnType<typeof exportBench>>
beforeAll(async () => {
  bench = await exportBench()
})
afterAll(() => bench.close())

async function roundTrip(
  format: ExportFormat,
  graph: LayerGraph,
  { images = 5, change }: { readonly images?: number; readonly change?: (array: NamedArray) => NamedArray } = {},
) {
  await bench.writeWeights(graph, change)
  const folder = join(bench.folder, format)
  const job = { format, document: {}, graph, weights: bench.weights, folder, metadata: {} }
  await writeExport(job)
  const data = await bench.randomSplit(graph.input as [number, number, number], images)
  const inputs = { data, indices: Array.from({ length: images }, (_, i) => i), random: RANDOM }
  // Both runtimes of tfjs share one tfjs-core in this process; a proof runs in a process of its own.
  await tf.setBackend('tensorflow')
  const ours = await predict({ graph, weights: bench.weights, ...inputs })
  const theirs = await FORMATS[format].predict!({ folder, ...inputs })
  return comparePredictions(ours, theirs, theirs.runtime)
}

/** Variances far below the epsilon: whoever has another one is wrong by much. */
const tiny = (array: NamedArray): NamedArray =>
  array.name === 'tiny/moving-variance' ? { ...array, values: array.values.map(() => 1e-6) } : array

describe.each(RUNTIMES)('$format', ({ format, runtime, isThere }) => {
  describe.skipIf(!isThere)('in its runtime (optional package where it is onnxruntime)', () => {
    it.each([...KIND_CASES, ...BLOCK_CASES].map(({ title, graph }) => [title, graph] as const))(
      '%s',
      async (_, graph) => {
        const proof = await roundTrip(format, graph)
        expect(proof.largestDifference).toBeLessThan(TOLERANCE)
        expect(proof.largestLogitDifference).toBeLessThan(TOLERANCE)
        // What does not depend on the image would pass anything.
        expect(proof.verdict).toBe(graph.nodes.some(({ kind }) => kind === 'zero') ? 'cannot-tell' : 'equal')
        expect(proof.runtime).toMatch(runtime)
      },
    )

    it.each(Object.entries(TRAPS))('%s', async (_, graph) => {
      const proof = await roundTrip(format, graph, { change: tiny })
      expect(proof).toMatchObject({ verdict: 'equal' })
      expect(proof.largestLogitDifference).toBeLessThan(TOLERANCE)
    })

    it.each([1, 65])('%i images: the batch is free', async (images) => {
      expect(await roundTrip(format, NETWORK, { images })).toMatchObject({ verdict: 'equal', images })
    })
  })

  it('of more than 2 GiB of weights is refused with the reason, before the weights are read', async () => {
    const graph = graphOf(
      [120, 120, 3],
      [
        node('f', 'flatten', {}, 'input'),
        node('wide', 'dense', { features: 13_000 }, 'f'),
        node('scores', 'dense', { features: 3 }, 'wide'),
      ],
    )
    const job = { format, document: {}, graph, weights: join(bench.folder, 'none'), metadata: {} }
    await expect(writeExport({ ...job, folder: join(bench.folder, 'large') })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/2143 MiB as float32.*2031 MiB/) as string,
    })
  })
})
