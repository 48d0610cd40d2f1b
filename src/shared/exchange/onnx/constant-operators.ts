// Operators whose inputs are constants are constants: exporters turn, cast and reshape weights in the graph, take shapes apart and put them
// together again, and keep eight-bit weights with a scale. The batch is -1, as a Reshape means it.
import { elementCount } from '../../element-count'
import { isMap } from '../../architecture/catalogue/window'
import type { GraphImporter, Value } from './importer'
import type { WorkBudget } from '../imported/work-budget'
import { constant, type OnnxConstant, type OnnxNode } from './read-graph'

type Fold = (node: OnnxNode, inputs: readonly OnnxConstant[], budget: WorkBudget) => OnnxConstant | undefined

/** Constants of shapes are short; more numbers than this are weights, which only some operators change. */
const SHORT = 64
/** Axes of a constant, and operators that make one of another: exporters use three of either. */
const MOST_AXES = 16
const MOST_DEPTH = 32
/** Numbers that are looked at one by one. */
const MAX_VALUES = 65_536

const ints = (values: readonly number[]): OnnxConstant => constant([values.length], Float32Array.from(values))

/** The same numbers under other dimensions. */
const reshaped = (from: OnnxConstant, dims: readonly number[], budget: WorkBudget): OnnxConstant | undefined =>
  elementCount(dims) === elementCount(from.dims) ? lazily(dims, [from], budget, from.numbers) : undefined

/** Worked out whenever somebody asks; each time counts. */
function lazily(
  dims: readonly number[],
  from: readonly (OnnxConstant | undefined)[],
  budget: WorkBudget,
  work: OnnxConstant['numbers'],
): OnnxConstant | undefined {
  const depth = 1 + Math.max(...from.map((each) => each?.depth ?? 0))
  if (depth > MOST_DEPTH || dims.length > MOST_AXES) return undefined
  const count = elementCount(dims)
  const numbers = (): Float32Array | undefined => {
    budget.spend(count)
    return work()
  }
  return {
    dims,
    depth,
    get values() {
      return count > MAX_VALUES ? undefined : [...(numbers() ?? [])]
    },
    numbers,
  }
}

const same: Fold = (_, [x]) => x

const axesOf = (node: OnnxNode, given: OnnxConstant | undefined): readonly number[] | undefined =>
  node.ints('axes') ?? given?.values

const unsqueeze: Fold = (node, [x, axes], budget) => {
  const list = axesOf(node, axes)
  if (x === undefined || list === undefined || list.length > MOST_AXES) return undefined
  const rank = x.dims.length + list.length
  const at = new Set(list.map((axis) => (axis < 0 ? axis + rank : axis)))
  const rest = [...x.dims]
  return reshaped(
    x,
    Array.from({ length: rank }, (_, axis) => (at.has(axis) ? 1 : (rest.shift() ?? 1))),
    budget,
  )
}

const squeeze: Fold = (node, [x, axes], budget) => {
  if (x === undefined) return undefined
  const list = axesOf(node, axes)?.map((axis) => (axis < 0 ? axis + x.dims.length : axis))
  return reshaped(
    x,
    x.dims.filter((side, axis) => (list === undefined ? side !== 1 : !list.includes(axis))),
    budget,
  )
}

const reshape: Fold = (_, [x, sizes], budget) => {
  const wanted = sizes?.values
  if (x === undefined || wanted === undefined || wanted.length > MOST_AXES) return undefined
  const known = wanted.map((size, axis) => (size === 0 ? (x.dims[axis] ?? 1) : size))
  const rest = known.filter((size) => size !== -1).reduce((product, size) => product * size, 1)
  return reshaped(
    x,
    known.map((size) => (size === -1 ? elementCount(x.dims) / rest : size)),
    budget,
  )
}

const transpose: Fold = (node, [x], budget) => {
  if (x === undefined || x.dims.length > 6) return undefined
  const { dims } = x
  const perm = node.ints('perm') ?? dims.map((_, axis) => dims.length - 1 - axis)
  if (perm.length !== dims.length || [...perm].sort((a, b) => a - b).some((axis, i) => axis !== i)) return undefined
  const turned = perm.map((axis) => dims[axis] ?? 1)
  const strides = dims.map((_, axis) => elementCount(dims.slice(axis + 1)))
  return lazily(turned, [x], budget, () => {
    const found = x.numbers()
    if (found === undefined) return undefined
    const steps = perm.map((axis) => strides[axis] ?? 0)
    const values = new Float32Array(found.length)
    const index = turned.map(() => 0)
    let from = 0
    for (let i = 0; i < values.length; i++) {
      values[i] = found[from] ?? 0
      for (let axis = turned.length - 1; axis >= 0; axis--) {
        const [size, step] = [turned[axis] ?? 1, steps[axis] ?? 0]
        const next = (index[axis] ?? 0) + 1
        from += step
        index[axis] = next
        if (next < size) break
        from -= step * size
        index[axis] = 0
      }
    }
    return values
  })
}

const gather: Fold = (node, [x, indices]) => {
  // Of shapes, which are short: weights are picked from nowhere.
  if (elementCount(x?.dims ?? []) > SHORT || elementCount(indices?.dims ?? []) > SHORT) return undefined
  const [values, at] = [x?.values, indices?.values]
  if (values === undefined || at === undefined || x?.dims.length !== 1 || (node.int('axis') ?? 0) !== 0)
    return undefined
  const picked = at.map((index) => values[index < 0 ? index + values.length : index] ?? NaN)
  return picked.some(Number.isNaN) ? undefined : constant(indices?.dims ?? [], Float32Array.from(picked))
}

const concat: Fold = (_, inputs) => {
  const lists = inputs.map(({ dims, values }) => (dims.length === 1 ? values : undefined))
  const all = lists.flatMap((list) => list ?? [NaN])
  return all.length > SHORT || all.some(Number.isNaN) ? undefined : ints(all)
}

/** Rows of a short one, also from the last to the first, as torch.onnx turns the order of its pads round. */
const slice: Fold = (node, [x, starts, ends, axes, steps]) => {
  const dims = x?.dims ?? []
  const [size = 0, ...rest] = dims
  const [start, end] = [starts?.values?.[0] ?? node.ints('starts')?.[0], ends?.values?.[0] ?? node.ints('ends')?.[0]]
  const [axis, step] = [axes?.values?.[0] ?? node.ints('axes')?.[0] ?? 0, steps?.values?.[0] ?? 1]
  const isOne = [starts, ends, axes, steps].every((list) => list === undefined || list.values?.length === 1)
  if (!isOne || axis !== 0 || Math.abs(step) !== 1 || dims.length === 0 || dims.length > MOST_AXES) return undefined
  const values = elementCount(dims) > SHORT ? undefined : x?.values
  if (values === undefined || start === undefined || end === undefined) return undefined
  const [least, most] = step > 0 ? [0, size] : [-1, size - 1]
  const placed = (at: number): number => Math.min(most, Math.max(least, at < 0 ? at + size : at))
  const width = elementCount(rest)
  const picked: number[] = []
  let rows = 0
  for (let row = placed(start); step > 0 ? row < placed(end) : row > placed(end); row += step, rows++)
    picked.push(...values.slice(row * width, (row + 1) * width))
  return constant([rows, ...rest], Float32Array.from(picked))
}

/** A short list of one number, zero where the node holds none. */
const constantOfShape: Fold = (node, [shape]) => {
  const dims = shape?.values
  if (dims === undefined || dims.length > MOST_AXES || !dims.every((side) => Number.isSafeInteger(side) && side >= 0))
    return undefined
  const held = node.tensor('value')
  const value = held === undefined ? 0 : held.values?.[0]
  const count = elementCount(dims)
  return count > SHORT || value === undefined ? undefined : constant(dims, new Float32Array(count).fill(value))
}

/** Of two short ones, such as a side of a shape times another. */
const product: Fold = (_, [a, b]) => {
  const [first, second] = [a?.values, b?.values]
  if (first === undefined || second === undefined || first.length > SHORT || second.length > SHORT) return undefined
  if (first.length !== second.length && second.length !== 1) return undefined
  const at = (i: number): number => second[second.length === 1 ? 0 : i] ?? 1
  return constant(
    a?.dims ?? [],
    Float32Array.from(first, (value, i) => value * at(i)),
  )
}

/** Of sides of a shape, as exporters work out half of the channels. What is done to a batch that nobody knows is not known either. */
const ofSides =
  (calculate: (a: number, b: number) => number): Fold =>
  (_, [a, b]) => {
    const [first, second] = [a?.values, b?.values]
    const isOfShape = a?.isOfShape === true || b?.isOfShape === true
    if (first === undefined || second === undefined || !isOfShape || first.length > SHORT) return undefined
    if (first.length !== second.length && second.length !== 1) return undefined
    const found = first.map((value, i) => calculate(value, second[second.length === 1 ? 0 : i] ?? NaN))
    const isKnown = [...first, ...second].every((value) => value >= 0) && found.every(Number.isFinite)
    return isKnown ? constant(a?.dims ?? [], Float32Array.from(found)) : undefined
  }

/** `(x - zero point) * scale`, one scale for all or one along an axis. */
const dequantize: Fold = (node, [x, scale, zero], budget) => {
  if (x === undefined || scale === undefined) return undefined
  const { dims } = x
  const count = elementCount(scale.dims)
  const given = node.int('axis') ?? 1
  const axis = given < 0 ? given + dims.length : given
  const inner = elementCount(dims.slice(axis + 1))
  if (count !== 1 && count !== dims[axis]) return undefined
  return lazily(dims, [x, scale, zero], budget, () => {
    const [found, scales, zeros] = [x.numbers(), scale.numbers(), zero?.numbers()]
    if (found === undefined || scales === undefined) return undefined
    const at = (i: number): number => (count === 1 ? 0 : Math.floor(i / inner) % count)
    return found.map((value, i) => (value - (zeros?.[at(i)] ?? 0)) * (scales[at(i)] ?? 1))
  })
}

const FOLDS: ReadonlyMap<string, Fold> = new Map<string, Fold>([
  ['Identity', same],
  // Numbers are float32 here, whatever they were.
  ['Cast', same],
  ['Unsqueeze', unsqueeze],
  ['Squeeze', squeeze],
  ['Reshape', reshape],
  ['Transpose', transpose],
  ['Gather', gather],
  ['Concat', concat],
  ['Slice', slice],
  ['ConstantOfShape', constantOfShape],
  ['Mul', product],
  ['Add', ofSides((a, b) => a + b)],
  ['Sub', ofSides((a, b) => a - b)],
  ['Div', ofSides((a, b) => Math.floor(a / b))],
  ['DequantizeLinear', dequantize],
])

/** The shape of a value as the file has it, the batch first. */
function shapeOf({ shape, pending }: Value): readonly number[] | undefined {
  if (!isMap(shape)) return [-1, ...shape]
  const [height, width, channels] = shape
  if (pending === undefined) return [-1, channels, height, width]
  return pending.step === 'channels-last' ? [-1, height, width, channels] : undefined
}

/** Gives the node's output where it is a constant. @returns whether it is */
export function foldConstant(importer: GraphImporter, node: OnnxNode): boolean {
  const [name] = node.outputs
  if (name === undefined) return false
  const folded = node.op === 'Shape' ? shapeConstant(importer, node) : foldedOf(importer, node)
  if (folded === undefined) return false
  importer.giveConstant(name, folded)
  return true
}

function shapeConstant(importer: GraphImporter, node: OnnxNode): OnnxConstant | undefined {
  const [name = ''] = node.inputs
  const value = importer.find(name)
  const shape = value === undefined ? importer.constant(name)?.dims : shapeOf(value)
  return shape && { ...ints(shape), isOfShape: true }
}

function foldedOf(importer: GraphImporter, node: OnnxNode): OnnxConstant | undefined {
  const fold = FOLDS.get(node.op)
  if (fold === undefined) return undefined
  const inputs: OnnxConstant[] = []
  for (const input of node.inputs) {
    if (input === '') continue
    const found = importer.constant(input)
    if (found === undefined) return undefined
    inputs.push(found)
  }
  // Short ones are looked at number by number, long ones only once somebody wants them.
  const looked = inputs.reduce((sum, { dims }) => sum + Math.min(elementCount(dims), MAX_VALUES), 0)
  importer.budget.spend(inputs.some(({ dims }) => elementCount(dims) > MAX_VALUES) ? 0 : looked)
  const folded = inputs.length === 0 ? undefined : fold(node, inputs, importer.budget)
  if (folded === undefined || !inputs.some((input) => input.isOfShape === true) || isCastToFraction(node)) return folded
  // A shape is short: its numbers may be looked at now.
  return { ...folded, isOfShape: true }
}

/** float32, float16, float64, bfloat16. */
const isCastToFraction = (node: OnnxNode): boolean =>
  node.op === 'Cast' && [1, 10, 11, 16].includes(node.int('to') ?? 0)
