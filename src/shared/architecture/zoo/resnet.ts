// ResNet (He et al. 2016), ResNeXt (Xie et al. 2017) and Wide-ResNet (Zagoruyko and Komodakis 2016) as torchvision 0.11
// builds them: one layout, four blocks.
import type { ParameterValues } from '../layer'
import { repeated, stage, type ZooFamily, type ZooRecipe } from './recipe'

/** Inner widths of the four stages; bottlenecks are four times as wide outside. */
const STAGE_WIDTHS = [64, 128, 256, 512] as const
const STEM_WIDTH = 64

interface Variant {
  readonly family: ZooFamily
  readonly block: string
  readonly depths: readonly [number, number, number, number]
  readonly parameters?: ParameterValues
}

const VARIANTS: Readonly<Record<string, Variant>> = {
  resnet18: { family: 'ResNet', block: 'resnet-basic', depths: [2, 2, 2, 2] },
  resnet34: { family: 'ResNet', block: 'resnet-basic', depths: [3, 4, 6, 3] },
  resnet50: { family: 'ResNet', block: 'resnet-bottleneck', depths: [3, 4, 6, 3] },
  resnet101: { family: 'ResNet', block: 'resnet-bottleneck', depths: [3, 4, 23, 3] },
  resnet152: { family: 'ResNet', block: 'resnet-bottleneck', depths: [3, 8, 36, 3] },
  resnext50_32x4d: {
    family: 'ResNeXt',
    block: 'resnext-bottleneck',
    depths: [3, 4, 6, 3],
    parameters: { groups: 32, groupWidth: 4 },
  },
  resnext101_32x8d: {
    family: 'ResNeXt',
    block: 'resnext-bottleneck',
    depths: [3, 4, 23, 3],
    parameters: { groups: 32, groupWidth: 8 },
  },
  wide_resnet50_2: { family: 'Wide-ResNet', block: 'wide-resnet-bottleneck', depths: [3, 4, 6, 3] },
  wide_resnet101_2: { family: 'Wide-ResNet', block: 'wide-resnet-bottleneck', depths: [3, 4, 23, 3] },
}

function recipe(name: string, { family, block, depths, parameters = {} }: Variant): ZooRecipe {
  const expansion = block === 'resnet-basic' ? 1 : 4
  const blocks = STAGE_WIDTHS.flatMap((width, row) =>
    repeated(depths[row]!, (index) =>
      stage(block, { ...parameters, width: width * expansion, stride: row > 0 && index === 0 ? 2 : 1 }),
    ),
  )
  const stem = { width: STEM_WIDTH, kernel: 7, stride: 2, activation: 'relu' }
  return {
    name,
    family,
    stages: [stage('efficientnet-conv-norm-activation', stem), stage('common-max-pool'), ...blocks],
    dropout: 0,
  }
}

export const resnets: readonly ZooRecipe[] = Object.entries(VARIANTS).map(([name, variant]) => recipe(name, variant))
