// The grid of sliding windows that bench:kernels audits: where TensorFlow chooses other kernels (channels that divide by 4, 8 and
// 16 or do not, odd maps, strides, dilations), for convolutions of every kind and for poolings.
import type { LayerGraph, ParameterValues } from '../../src/shared/architecture/layer'

export interface WindowCase {
  readonly title: string
  readonly graph: LayerGraph
}

type Size = readonly [number, number]
const SIZES: readonly Size[] = [
  [9, 11],
  [8, 8],
]
/** Larger than one block of any blocked layout. */
const LARGE: Size = [33, 31]
const CHANNELS = [1, 2, 3, 4, 5, 6, 7, 8, 16]
const KERNELS = [1, 3, 5, 7]
const PADDINGS = ['half', 'same'] as const

function caseOf(kind: string, [height, width]: Size, channels: number, parameters: ParameterValues): WindowCase {
  const words = Object.entries(parameters).map(([name, value]) => `${name} ${String(value)}`)
  return {
    title: `${kind} on ${height}x${width}x${channels}: ${words.join(', ')}`,
    graph: {
      input: [height, width, channels],
      nodes: [
        { id: 'window', kind, parameters, inputs: ['input'] },
        { id: 'flat', kind: 'flatten', parameters: {}, inputs: ['window'] },
        { id: 'scores', kind: 'dense', parameters: { features: 3 }, inputs: ['flat'] },
      ],
      output: 'scores',
    },
  }
}

const square = (n: number): [number, number] => [n, n]

function convolutions(size: Size, channels: number): WindowCase[] {
  return KERNELS.flatMap((kernel) =>
    [1, 2].flatMap((stride) =>
      [1, 2].flatMap((dilation) =>
        PADDINGS.flatMap((padding) => {
          if (kernel === 1 && dilation === 2) return []
          const window = { kernel: square(kernel), stride: square(stride), dilation, padding }
          const groups = channels % 4 === 0 ? [2, 4] : channels % 2 === 0 ? [2] : []
          return [
            caseOf('conv2d', size, channels, { ...window, channels: 8 }),
            caseOf('conv2d', size, channels, { ...window, channels: 5 }),
            caseOf('depthwise-conv2d', size, channels, window),
            caseOf('depthwise-conv2d', size, channels, { ...window, multiplier: 2 }),
            ...groups.map((count) =>
              caseOf('conv2d', size, channels, { ...window, channels: 2 * channels, groups: count }),
            ),
          ]
        }),
      ),
    ),
  )
}

function poolings(size: Size, channels: number): WindowCase[] {
  return [2, 3, 5, 7].flatMap((kernel) =>
    [1, 2, 3].flatMap((stride) =>
      (['half', 'same', 'none'] as const).flatMap((padding) =>
        [false, true].flatMap((ceil) => {
          const window = { kernel: square(kernel), stride: square(stride), padding, ceil }
          return [
            caseOf('max-pool', size, channels, window),
            caseOf('average-pool', size, channels, { ...window, countPadding: true }),
            caseOf('average-pool', size, channels, { ...window, countPadding: false }),
          ]
        }),
      ),
    ),
  )
}

/** @param isQuick two channel counts and one size */
export function windowCases(isQuick: boolean): WindowCase[] {
  const channels = isQuick ? [3, 8] : CHANNELS
  const sizes = isQuick ? SIZES.slice(0, 1) : SIZES
  const small = sizes.flatMap((size) =>
    channels.flatMap((count) => [...convolutions(size, count), ...poolings(size, count)]),
  )
  const large = isQuick ? [] : [3, 8, 16].flatMap((count) => convolutions(LARGE, count))
  return [...small, ...large]
}
