// RegNetX and RegNetY (Radosavovic et al. 2020) from their four design-space numbers, as torchvision 0.11 builds them.
import { repeated, roundedTo, stage, type ZooRecipe, type ZooStage } from './recipe'

type Numbers = readonly [depth: number, initial: number, slope: number, multiplier: number, groupWidth: number]

const VARIANTS = {
  regnet_y_400mf: [16, 48, 27.89, 2.09, 8],
  regnet_y_800mf: [14, 56, 38.84, 2.4, 16],
  regnet_y_1_6gf: [27, 48, 20.71, 2.65, 24],
  regnet_y_3_2gf: [21, 80, 42.63, 2.66, 24],
  regnet_y_8gf: [17, 192, 76.82, 2.19, 56],
  regnet_y_16gf: [18, 200, 106.23, 2.48, 112],
  regnet_y_32gf: [20, 232, 115.89, 2.53, 232],
  regnet_x_400mf: [22, 24, 24.48, 2.54, 16],
  regnet_x_800mf: [16, 56, 35.73, 2.28, 16],
  regnet_x_1_6gf: [18, 80, 34.01, 2.25, 24],
  regnet_x_3_2gf: [25, 88, 26.31, 2.25, 48],
  regnet_x_8gf: [23, 80, 49.56, 2.88, 120],
  regnet_x_16gf: [22, 216, 55.59, 2.1, 128],
  regnet_x_32gf: [23, 320, 69.86, 2.0, 168],
} as const satisfies Readonly<Record<string, Numbers>>

const STEM_WIDTH = 32
/** Widths are quantised to multiples of 8 (equation 4 of the paper). */
const QUANTUM = 8
const SQUEEZE_RATIO = 0.25

/** Ties go to the even neighbour, as torch.round; it decides a width of RegNetX-1.6GF (180 / 8 = 22.5). */
function roundedHalfEven(value: number): number {
  const rounded = Math.round(value)
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded
}

/** Width of each block: a straight line, snapped to powers of the multiplier and to the quantum (equations 2 to 4). */
function blockWidths(depth: number, initial: number, slope: number, multiplier: number): number[] {
  return repeated(depth, (index) => {
    const exponent = roundedHalfEven(Math.log((initial + index * slope) / initial) / Math.log(multiplier))
    return roundedHalfEven((initial * multiplier ** exponent) / QUANTUM) * QUANTUM
  })
}

function stages([depth, initial, slope, multiplier, groupWidth]: Numbers, squeezeRatio: number): ZooStage[] {
  const widths = blockWidths(depth, initial, slope, multiplier)
  return [
    stage('regnet-stem', { width: STEM_WIDTH }),
    ...widths.map((width, index) => {
      const fitting = Math.min(groupWidth, width)
      // Every run of equal widths is a stage; its first block halves the map.
      const stride = width === widths[index - 1] ? 1 : 2
      return stage('regnet-res-bottleneck', {
        width: roundedTo(fitting, width),
        stride,
        groupWidth: fitting,
        squeezeRatio,
      })
    }),
  ]
}

export const regnets: readonly ZooRecipe[] = Object.entries(VARIANTS).map(([name, numbers]) => ({
  name,
  family: 'RegNet',
  stages: stages(numbers, name.startsWith('regnet_y') ? SQUEEZE_RATIO : 0),
  dropout: 0,
}))
