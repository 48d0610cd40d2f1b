// The official ONNX checker with full shape inference over what we write, and the official reference of what shape each output has.
// Needs Python with its package `onnx`: GPTNAS_PYTHON names an interpreter, else python3 is tried; without it, skipped by name.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LayerGraph } from '@shared/architecture/layer'
import { zooNetwork } from '@shared/architecture/zoo'
import { BLOCK_CASES } from '../../networks/testing/block-cases'
import { KIND_CASES } from '../../networks/testing/kind-cases'
import type { ExportOptions } from '@shared/exchange/formats'
import { pythonWith } from '../testing/python'
import { exportBench } from '../testing/round-trip'
import { writeExport } from '../write-export'

const python = pythonWith('onnx')

/** Prints a line a model: its outputs after inference, or what is wrong. */
const CHECK = `
import sys, onnx, json
for path in sys.argv[1:]:
    onnx.checker.check_model(path, full_check=True)
    model = onnx.shape_inference.infer_shapes(onnx.load(path), check_type=True, strict_mode=True, data_prop=True)
    known = {v.name for v in model.graph.value_info} | {o.name for o in model.graph.output}
    made = [o for n in model.graph.node for o in n.output]
    dims = [d.dim_param or d.dim_value for d in model.graph.output[0].type.tensor_type.shape.dim]
    props = {p.key: p.value for p in model.metadata_props}
    print(json.dumps({"outputs": dims, "unknown": [o for o in made if o not in known], "classes": props["classes"], "opset": model.opset_import[0].version, "ir": model.ir_version}))
`

let bench: Awaited<ReturnType<typeof exportBench>>
beforeAll(async () => {
  bench = await exportBench()
  mkdirSync(join(bench.folder, 'models'))
})
afterAll(() => bench.close())

async function check(cases: readonly { readonly graph: LayerGraph; readonly options?: ExportOptions }[]) {
  const script = join(bench.folder, 'check.py')
  writeFileSync(script, CHECK)
  const files: string[] = []
  for (const [i, { graph, options = {} }] of cases.entries()) {
    await bench.writeWeights(graph)
    const folder = join(bench.folder, 'models', `${i}`)
    const metadata = { classes: ['a', 'b', 'ç'] }
    await writeExport({ format: 'onnx', document: {}, graph, weights: bench.weights, folder, options, metadata })
    files.push(join(folder, 'model.onnx'))
  }
  const out = execFileSync(python!, [script, ...files], { encoding: 'utf8', maxBuffer: 1e8 })
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

const sound = (classes: number) => ({
  outputs: ['batch', classes],
  unknown: [],
  opset: 17,
  ir: 8,
  classes: '["a","b","ç"]',
})

describe.skipIf(python === undefined)('the official ONNX checker (Python with onnx)', () => {
  it('accepts every layer kind and block, and infers every shape', async () => {
    const found = await check([...KIND_CASES, ...BLOCK_CASES])
    expect(found).toEqual(found.map(() => sound(3)))
    expect(found).toHaveLength(KIND_CASES.length + BLOCK_CASES.length)
  })

  it('accepts every option', async () => {
    const { graph } = zooNetwork('shufflenet_v2_x0_5', { input: [32, 32, 3], classes: 10 })
    const found = await check([
      { graph, options: { inputLayout: 'nhwc', precision: 'float16' } },
      { graph, options: { fuseBatchNorm: true, softmax: false, preprocessing: false } },
      { graph, options: { externalDataAbove: 0 } },
    ])
    expect(found).toEqual([sound(10), sound(10), sound(10)])
  })
})
