// Zeros that Keras puts around a map: those that a window of ours has, and those that are told.
import { describe, expect, it } from 'vitest'
import { designFromKeras } from './import-keras'
import { NO_VALUES } from './keras-values'

const read = (input: readonly number[], padding: unknown, then: object) =>
  designFromKeras(
    {
      class_name: 'Sequential',
      config: {
        name: 's',
        layers: [
          { class_name: 'ZeroPadding2D', config: { name: 'zeros', batch_input_shape: [null, ...input], padding } },
          then,
          { class_name: 'GlobalAveragePooling2D', config: { name: 'mean' } },
          { class_name: 'Dense', config: { name: 'scores', units: 2 } },
        ],
      },
    },
    's',
    NO_VALUES,
    2,
  )
const window = { kernel_size: [3, 3], strides: [2, 2], padding: 'valid' }
const LAYERS = [
  { class_name: 'Conv2D', config: { ...window, name: 'c', filters: 4 } },
  { class_name: 'DepthwiseConv2D', config: { ...window, name: 'c' } },
]

describe.each(LAYERS)('$class_name behind zeros', (layer) => {
  it('of a map of even sides after it is SAME, as MobileNet has it', () => {
    const { graph, problems } = read(
      [8, 8, 3],
      [
        [0, 1],
        [0, 1],
      ],
      layer,
    )
    expect(problems).toEqual([])
    expect(graph.nodes[0]?.parameters).toMatchObject({ padding: 'same' })
  })

  it('below a map alone is told: left out, a row of windows would be missing', () => {
    const { problems } = read(
      [8, 13, 3],
      [
        [0, 1],
        [0, 0],
      ],
      layer,
    )
    expect(problems.map(({ reason }) => reason).join()).toContain('its padding [0, 0, 1, 0] is none of')
  })
})
