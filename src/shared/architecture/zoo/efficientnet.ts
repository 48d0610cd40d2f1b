// EfficientNet B0 to B7 (Tan and Le 2019) as torchvision 0.11 builds them.
import { repeated, roundedTo, stage, type ZooRecipe, type ZooStage } from './recipe'

/** Rows of the B0 table: expansion, kernel, stride of the first block, width, blocks. */
const B0_STAGES = [
  [1, 3, 1, 16, 1],
  [6, 3, 2, 24, 2],
  [6, 5, 2, 40, 2],
  [6, 3, 2, 80, 3],
  [6, 5, 1, 112, 3],
  [6, 5, 2, 192, 4],
  [6, 3, 1, 320, 1],
] as const

const STEM_WIDTH = 32
/** The last 1x1 convolution is four times as wide as the last block. */
const LAST_EXPANSION = 4
/** Stochastic depth rises linearly from 0 to a fifth over all blocks; as a fraction, so that every rate is a ratio of whole numbers. */
const DROP_RATE_DIVISOR = 5
/** Widths are multiples of 8. */
const DIVISOR = 8

/** Width factor, depth factor, dropout before the classifier. */
const VARIANTS = {
  efficientnet_b0: [1.0, 1.0, 0.2],
  efficientnet_b1: [1.0, 1.1, 0.2],
  efficientnet_b2: [1.1, 1.2, 0.3],
  efficientnet_b3: [1.2, 1.4, 0.3],
  efficientnet_b4: [1.4, 1.8, 0.4],
  efficientnet_b5: [1.6, 2.2, 0.4],
  efficientnet_b6: [1.8, 2.6, 0.5],
  efficientnet_b7: [2.0, 3.1, 0.5],
} as const

function stages(widthFactor: number, depthFactor: number): ZooStage[] {
  const scaled = (width: number): number => roundedTo(DIVISOR, width * widthFactor)
  const depths = B0_STAGES.map(([, , , , count]) => Math.ceil(count * depthFactor))
  const total = depths.reduce((sum, depth) => sum + depth, 0)
  let done = 0
  const blocks = B0_STAGES.flatMap(([expansion, kernel, stride, width], row) =>
    repeated(depths[row]!, (index) =>
      stage('efficientnet-mbconv', {
        width: scaled(width),
        stride: index === 0 ? stride : 1,
        kernel,
        expansion,
        dropRate: done++ / (DROP_RATE_DIVISOR * total),
      }),
    ),
  )
  const lastWidth = scaled(B0_STAGES[B0_STAGES.length - 1]![3])
  return [
    stage('efficientnet-conv-norm-activation', { width: scaled(STEM_WIDTH), stride: 2 }),
    ...blocks,
    stage('efficientnet-conv-norm-activation', { width: LAST_EXPANSION * lastWidth, kernel: 1 }),
  ]
}

export const efficientnets: readonly ZooRecipe[] = Object.entries(VARIANTS).map(
  ([name, [widthFactor, depthFactor, dropout]]) => ({
    name,
    family: 'EfficientNet',
    stages: stages(widthFactor, depthFactor),
    dropout,
  }),
)
