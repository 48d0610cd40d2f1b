// ShuffleNetV2 (Ma et al. 2018) as torchvision 0.11 builds it.
import { repeated, stage, type ZooRecipe, type ZooStage } from './recipe'

const STAGE_DEPTHS = [4, 8, 4] as const
const STEM_WIDTH = 24

/** Widths of the three stages and of the last 1x1 convolution. */
const VARIANTS = {
  shufflenet_v2_x0_5: [48, 96, 192, 1024],
  shufflenet_v2_x1_0: [116, 232, 464, 1024],
  shufflenet_v2_x1_5: [176, 352, 704, 1024],
  shufflenet_v2_x2_0: [244, 488, 976, 2048],
} as const

const conv = (width: number, kernel: number, stride: number): ZooStage =>
  stage('efficientnet-conv-norm-activation', { width, kernel, stride, activation: 'relu' })

export const shufflenets: readonly ZooRecipe[] = Object.entries(VARIANTS).map(([name, widths]) => ({
  name,
  family: 'ShuffleNet',
  stages: [
    conv(STEM_WIDTH, 3, 2),
    stage('common-max-pool'),
    ...STAGE_DEPTHS.flatMap((depth, row) =>
      repeated(depth, (index) =>
        stage('shufflenet-inverted-residual', { width: widths[row]!, stride: index === 0 ? 2 : 1 }),
      ),
    ),
    conv(widths[3], 1, 1),
  ],
  dropout: 0,
}))
