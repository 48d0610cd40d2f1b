// Values of a tfjs layers model that the workbench wrote, for the layers of the design it holds. What the writer changed because tfjs has
// no such layer is undone: groups as one kernel with zeros, gaps as zeros (decision 017).
import type { LayerGraph } from '../../architecture/layer'
import { elementCount } from '../../element-count'
import type { ImportedArray, ImportedValues } from '../imported/imported-network'
import { wantedArrays } from '../imported/own-design'
import type { Scaling } from '../imported/scaling'
import type { KerasArray } from './keras-values'

type Arrays = ReadonlyMap<string, KerasArray>

const ROLES: Readonly<Record<string, readonly string[]>> = {
  kernel: ['kernel', 'depthwise_kernel'],
  bias: ['bias'],
  gamma: ['gamma'],
  beta: ['beta'],
  'moving-mean': ['moving_mean'],
  'moving-variance': ['moving_variance'],
}

/** The mean and deviation of the model's first layer, `x * scale + offset`; undefined where it has none of ours. */
export function ownScaling(arrays: Arrays): Scaling | undefined {
  const [scale, offset] = [arrays.get('normalise/gamma')?.values(), arrays.get('normalise/beta')?.values()]
  if (scale === undefined || offset === undefined) return undefined
  const deviation = [...scale].map((value) => 1 / (255 * value))
  return { deviation, mean: [...offset].map((value, i) => -value * (deviation[i] ?? 1)) }
}

/** @param graph of the design */
export function ownTfjsValues(arrays: Arrays, graph: LayerGraph): ImportedValues {
  const found: ImportedArray[] = []
  const missing = new Set<string>()
  const names = layerNames(graph)
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]))
  for (const { name, shape } of wantedArrays(graph)) {
    const cut = name.lastIndexOf('/')
    const [id, role] = [name.slice(0, cut), name.slice(cut + 1)]
    const layer = names.get(id) ?? ''
    const { parameters = {} } = nodes.get(id) ?? {}
    const [dilation, groups] = [Number(parameters['dilation'] ?? 1), Number(parameters['groups'] ?? 1)]
    const array = (ROLES[role] ?? []).map((kind) => arrays.get(`${layer}/${kind}`)).find((each) => each !== undefined)
    const values =
      array === undefined ? inParts(arrays, layer, role, groups, shape) : asStored(array, shape, role, dilation, groups)
    if (values === undefined) missing.add(id)
    else found.push({ name, shape, values })
  }
  return { arrays: found, missing: [...missing] }
}

/** As the writer has called them: letters, digits, `_`, `.` and `-` are kept, equal ones get a number. */
function layerNames(graph: LayerGraph): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  const taken = new Set<string>()
  for (const { id } of graph.nodes) {
    const base = id.replace(/[^A-Za-z0-9_.-]/g, '_')
    let name = base
    for (let i = 2; taken.has(name); i++) name = `${base}_${i}`
    taken.add(name)
    names.set(id, name)
  }
  return names
}

function asStored(
  array: KerasArray,
  shape: readonly number[],
  role: string,
  dilation: number,
  groups: number,
): Float32Array | undefined {
  const values = array.values()
  if (role !== 'kernel' || shape.length !== 4) return values.length === elementCount(shape) ? values : undefined
  const [height = 1, width = 1, inputs = 1, outputs = 1] = shape
  const wide = dilation * (width - 1) + 1
  const tall = dilation * (height - 1) + 1
  const [foundHeight, foundWidth, foundInputs = 1, foundOutputs = 1] = array.shape
  if (foundHeight !== tall || foundWidth !== wide) return undefined
  // One kernel with zeros outside the diagonal blocks, or the groups' own inputs, or a depthwise one in the same order.
  const isBlocks = groups > 1 && foundInputs === inputs * groups && foundOutputs === outputs
  if (!isBlocks && foundInputs * foundOutputs !== inputs * outputs) return undefined
  const inner = foundInputs * foundOutputs
  const kept = new Float32Array(elementCount(shape))
  const each = inputs * outputs
  const perGroup = outputs / groups
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = (y * dilation * wide + x * dilation) * inner
      const to = (y * width + x) * each
      if (!isBlocks) kept.set(values.subarray(from, from + each), to)
      else
        for (let input = 0; input < inputs; input++)
          for (let output = 0; output < outputs; output++) {
            const group = Math.floor(output / perGroup)
            kept[to + input * outputs + output] = values[from + (group * inputs + input) * foundOutputs + output] ?? 0
          }
    }
  return kept
}

/** A convolution whose groups are layers of their own, because one kernel with zeros would be too large. */
function inParts(
  arrays: Arrays,
  layer: string,
  role: string,
  groups: number,
  shape: readonly number[],
): Float32Array | undefined {
  const parts = Array.from({ length: groups > 1 ? groups : 0 }, (_, group) =>
    arrays.get(`${layer}.group${group}/${role}`)?.values(),
  )
  const length = elementCount(shape) / groups
  if (parts.length === 0 || parts.some((part) => part?.length !== length)) return undefined
  const outputs = shape.at(-1) ?? 1
  const perGroup = outputs / groups
  const rows = length / perGroup
  const whole = new Float32Array(elementCount(shape))
  parts.forEach((part, group) => {
    for (let row = 0; row < rows; row++)
      whole.set((part ?? []).slice(row * perGroup, (row + 1) * perGroup), row * outputs + group * perGroup)
  })
  return whole
}
