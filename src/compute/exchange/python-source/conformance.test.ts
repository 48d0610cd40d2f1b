// The Python sources that are written, run beside the trained network where Python has the library: every layer kind, every block and
// every trap, as conformance.test.ts holds the formats to that are run here.
import { execFileSync } from 'node:child_process'
import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LayerGraph } from '@shared/architecture/layer'
import type { ExportFormat } from '@shared/exchange/formats'
import { BLOCK_CASES } from '../../networks/testing/block-cases'
import { KIND_CASES } from '../../networks/testing/kind-cases'
import { predict } from '../predict'
import { pythonWith } from '../testing/python'
import { exportBench } from '../testing/round-trip'
import { TRAPS } from '../testing/traps'
import { writeExport } from '../write-export'

const CASES: readonly { readonly title: string; readonly graph: LayerGraph }[] = [
  ...KIND_CASES,
  ...BLOCK_CASES,
  ...Object.entries(TRAPS).map(([title, graph]) => ({ title, graph })),
]
/** Float32 sums in another order, relative to the largest score. */
const TOLERANCE = 1e-5
const IMAGES = 3
/** A new interpreter loads its library once for all cases; each case builds a network. */
const TIME_LIMIT = 600_000

/** A line of scores for each folder, named in a file with the shape of its images. */
const LOAD = `
import importlib.util, json, sys
def models():
    for job in json.load(open(sys.argv[1])):
        spec = importlib.util.spec_from_file_location("model", job["folder"] + "/model.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module.load(), np.fromfile(job["images"], np.uint8).reshape(job["shape"])
`
const RUN = {
  pytorch: `
import numpy as np, torch
${LOAD}
for model, images in models():
    with torch.no_grad():
        print(json.dumps(model(torch.from_numpy(images).permute(0, 3, 1, 2).float()).tolist()))
`,
  keras: `
import os
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
import numpy as np
${LOAD}
for model, images in models():
    print(json.dumps(np.asarray(model(images.astype("float32"))).tolist()))
`,
} satisfies Partial<Record<ExportFormat, string>>

const LIBRARIES = [
  { format: 'pytorch', python: pythonWith('torch', 'numpy') },
  { format: 'keras', python: pythonWith('keras', 'tensorflow') },
] as const

let bench: Awaited<ReturnType<typeof exportBench>>
beforeAll(async () => {
  bench = await exportBench()
})
afterAll(() => bench.close())

async function prepared(format: ExportFormat, graph: LayerGraph, name: string) {
  await bench.writeWeights(graph)
  const folder = join(bench.folder, name)
  await writeExport({ format, document: {}, graph, weights: bench.weights, folder, metadata: {} })
  const shape = graph.input as [number, number, number]
  const data = await bench.randomSplit(shape, IMAGES)
  const images = join(bench.folder, `${name}.u8`)
  await copyFile(data.images, images)
  const inputs = { data, indices: Array.from({ length: IMAGES }, (_, i) => i), random: { count: 0, seed: 1 } }
  const { logits } = await predict({ graph, weights: bench.weights, ...inputs })
  return { job: { folder, images, shape: [IMAGES, ...shape] }, ours: logits as number[][] }
}

function apart(ours: readonly number[][], theirs: readonly number[][]): number {
  const largest = Math.max(1e-6, ...ours.flat().map((value) => Math.abs(value)))
  const differences = ours.flatMap((row, image) => row.map((value, i) => Math.abs(value - theirs[image]![i]!)))
  return Math.max(...differences) / largest
}

describe.each(LIBRARIES)('$format source', ({ format, python }) => {
  it.skipIf(python === undefined)(
    'computes the same for every layer kind, block and trap (Python with the library)',
    async () => {
      const made: Awaited<ReturnType<typeof prepared>>[] = []
      for (const [i, { graph }] of CASES.entries()) made.push(await prepared(format, graph, `${format}-${i}`))
      const script = join(bench.folder, `run-${format}.py`)
      const jobs = join(bench.folder, `${format}.json`)
      await writeFile(script, RUN[format])
      await writeFile(jobs, JSON.stringify(made.map(({ job }) => job)))
      const out = execFileSync(python!, [script, jobs], { encoding: 'utf8', maxBuffer: 1e8 })
      const theirs = out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as number[][])
      const found = CASES.map(({ title }, i) => ({ title, apart: apart(made[i]!.ours, theirs[i]!) }))
      expect(found.filter(({ apart: difference }) => !(difference < TOLERANCE))).toEqual([])
      expect(theirs).toHaveLength(CASES.length)
    },
    TIME_LIMIT,
  )
})
