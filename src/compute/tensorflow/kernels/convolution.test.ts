// Convolutions and all their gradients against float64, over the table of strides, dilations, groups and odd sizes; in both
// settings of what the self-check may have proved (where this process's TensorFlow has the native forms at all).
import { afterAll, describe, expect, it } from 'vitest'
import { scoped, tf, type Tensor4D } from '../backend'
import { traceCalls } from '../recorder/trace'
import { outputSize, referenceConvolution, sizes, type ConvolutionGeometry } from '../reference-convolution'
import { convolutionError, ERROR_BOUND, type ConvolutionCase, type ConvolutionKind } from '../convolution-check'
import { checkedCases } from '../self-check'
import { conv2d } from './conv2d'
import { evenPadding, resolvePadding, type Padding } from './padding'
import { kernelSupport, setKernelSupport } from './support'

type Pair = readonly [number, number]

function caseOf(
  kind: ConvolutionKind,
  [height, width]: Pair,
  channels: number,
  filters: number,
  kernel: Pair,
  strides: Pair,
  padding: Padding,
  { dilations = [1, 1] as Pair, groups = kind === 'depthwise' ? channels : 1 } = {},
): ConvolutionCase {
  const reach: Pair = [dilations[0] * (kernel[0] - 1) + 1, dilations[1] * (kernel[1] - 1) + 1]
  const explicit = resolvePadding(padding, [height, width], reach, strides)
  return {
    kind,
    geometry: { batch: 2, height, width, channels, filters, kernel, strides, dilations, padding: explicit, groups },
  }
}

const TABLE: readonly ConvolutionCase[] = [
  ...checkedCases(),
  // 1x1 at stride 2 for 3-7 input channels, odd and even sizes: the oneDNN defect's own ground.
  ...[3, 4, 5, 6, 7].flatMap((channels) => [
    caseOf('dense', [15, 16], channels, 2 * channels, [1, 1], [2, 2], 'same'),
    caseOf('dense', [8, 7], channels, 4, [1, 1], [2, 2], 'valid'),
  ]),
  caseOf('dense', [9, 8], 3, 5, [1, 1], [2, 2], evenPadding(1)),
  caseOf('dense', [11, 7], 5, 6, [3, 3], [2, 2], 'same'),
  caseOf('dense', [11, 7], 5, 6, [3, 3], [2, 2], evenPadding(1)),
  caseOf('dense', [11, 7], 5, 6, [3, 3], [2, 1], 'valid'),
  caseOf('dense', [8, 8], 4, 6, [1, 7], [1, 1], evenPadding([0, 3])),
  caseOf('dense', [8, 8], 4, 6, [7, 1], [1, 2], evenPadding([3, 0])),
  caseOf('dense', [8, 9], 3, 4, [2, 2], [2, 2], { top: 0, bottom: 1, left: 1, right: 0 }),
  caseOf('dense', [5, 5], 3, 4, [5, 5], [1, 1], 'valid'),
  caseOf('dilated', [9, 11], 3, 4, [3, 3], [1, 1], 'same', { dilations: [2, 2] }),
  caseOf('dilated', [9, 11], 3, 4, [3, 3], [2, 2], evenPadding(2), { dilations: [2, 2] }),
  caseOf('dilated', [12, 11], 6, 4, [3, 3], [1, 1], 'valid', { dilations: [1, 3] }),
  caseOf('depthwise', [9, 8], 5, 5, [3, 3], [2, 2], 'same'),
  caseOf('depthwise', [9, 8], 5, 10, [3, 3], [1, 1], 'same'),
  caseOf('depthwise', [9, 8], 4, 4, [5, 5], [2, 2], evenPadding(2)),
  caseOf('depthwise', [9, 8], 4, 4, [3, 3], [2, 1], evenPadding(1)),
  caseOf('depthwise', [11, 12], 4, 4, [3, 3], [1, 1], evenPadding(2), { dilations: [2, 2] }),
  caseOf('depthwise', [11, 12], 4, 8, [3, 3], [2, 2], evenPadding(2), { dilations: [2, 2] }),
  caseOf('grouped', [9, 8], 6, 9, [3, 3], [2, 2], evenPadding(1), { groups: 3 }),
  caseOf('grouped', [7, 7], 8, 8, [1, 1], [2, 2], 'valid', { groups: 4 }),
]

const nameOf = ({ kind, geometry: g }: ConvolutionCase): string =>
  `${kind} ${g.kernel.join('x')} on ${g.height}x${g.width}x${g.channels} to ${g.filters}, stride ${g.strides.join(',')}, ` +
  `dilation ${g.dilations.join(',')}, groups ${g.groups}, padding ${Object.values(g.padding).join(',')}`

const before = { ...kernelSupport() }
const cautious = { groupedConvolution: false, dilatedConvolution: false }
afterAll(() => setKernelSupport(before))

describe('convolutions composed of what is right everywhere', () => {
  it.each(TABLE.map((row) => [nameOf(row), row] as const))('%s', (_, row) => {
    setKernelSupport(cautious)
    expect(convolutionError(row)).toBeLessThan(ERROR_BOUND / 20)
  })
})

const isSpecial = ({ kind }: ConvolutionCase): boolean => kind === 'grouped' || kind === 'dilated'
const NATIVE = { groupedConvolution: true, dilatedConvolution: true }

/** TensorFlow's own CPU kernels refuse such gradients; oneDNN, on by default on some processors only, has them. */
function hasNativeForms(): boolean {
  try {
    setKernelSupport(NATIVE)
    return TABLE.filter(isSpecial).every((row) => Number.isFinite(convolutionError(row)))
  } catch {
    return false // refused
  } finally {
    setKernelSupport(before)
  }
}

describe.skipIf(!hasNativeForms())('convolutions in native grouped and dilated form', () => {
  it.each(TABLE.filter(isSpecial).map((row) => [nameOf(row), row] as const))('%s', (_, row) => {
    setKernelSupport(NATIVE)
    expect(convolutionError(row)).toBeLessThan(ERROR_BOUND / 20)
  })
})

describe('the float64 reference', () => {
  const geometry: ConvolutionGeometry = {
    batch: 1,
    height: 2,
    width: 2,
    channels: 1,
    filters: 1,
    kernel: [2, 2],
    strides: [1, 1],
    dilations: [1, 1],
    padding: evenPadding(0),
    groups: 1,
  }
  it('convolves a worked example', () => {
    const result = referenceConvolution(geometry, [1, 2, 3, 4], [10, 20, 30, 40], [2])
    expect([...result.y]).toEqual([300])
    expect([...result.dx]).toEqual([20, 40, 60, 80])
    expect([...result.dw]).toEqual([2, 4, 6, 8])
  })
  it('has gradients adjoint to its forward', () => {
    const wide = {
      ...geometry,
      height: 6,
      width: 7,
      channels: 4,
      filters: 6,
      strides: [2, 1] as const,
      dilations: [1, 2] as const,
      groups: 2,
    }
    const size = sizes(wide)
    const ramp = (length: number, step: number) => Float64Array.from({ length }, (_, i) => Math.sin(i * step))
    const [x, w, dy] = [ramp(size.x, 0.7), ramp(size.w, 1.3), ramp(size.y, 2.1)]
    const { y, dx, dw } = referenceConvolution(wide, x, w, dy)
    const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)
    expect(outputSize(wide)).toEqual([3, 5])
    expect(dot(x, dx)).toBeCloseTo(dot(y, dy), 10)
    expect(dot(w, dw)).toBeCloseTo(dot(y, dy), 10)
  })
})

describe('the 1x1 rewrite', () => {
  it('never calls a native kernel that is 1x1 and strided, forward or backward', () => {
    const { events } = traceCalls(() =>
      scoped(() => {
        const [x, w] = [tf.zeros([1, 8, 8, 3]) as Tensor4D, tf.zeros([1, 1, 3, 4]) as Tensor4D]
        const convolve = (a: Tensor4D, b: Tensor4D) => conv2d(a, b, { strides: [2, 2], padding: 'same' })
        tf.grads((a, b) => convolve(a as Tensor4D, b as Tensor4D))([x, w])
      }),
    )
    const strides = events.flatMap((event) =>
      event.type === 'op' && event.name.startsWith('Conv2D')
        ? [[event.name, event.attributes.find(({ name }) => name === 'strides')?.value]]
        : [],
    )
    expect(strides).toEqual([
      ['Conv2D', [1, 1, 1, 1]],
      ['Conv2DBackpropInput', [1, 1, 1, 1]],
      ['Conv2DBackpropFilter', [1, 1, 1, 1]],
    ])
  })
})
