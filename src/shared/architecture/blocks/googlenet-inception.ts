// GoogLeNet's Inception module with batch-norm (Szegedy et al. 2015; torchvision 0.11, whose "5x5" branch uses 3x3 kernels).
import { AppError } from '../../errors'
import { numberOf } from '../catalogue/parameter-values'
import { INPUT_ID, type ParameterSpec, type ParameterValues } from '../layer'
import { defineBlock, widthSpec } from './define-block'
import { convNorm } from './parts'

/** Shares of the width in module 3a (64, 96 -> 128, 16 -> 32, 32 of 256): used where a branch is left to the width. */
const SHARES = { branch1: 1 / 4, reduce3: 3 / 8, reduce5: 1 / 16, branch5: 1 / 8, branchPool: 1 / 8 } as const

const branchSpec = (title: string): ParameterSpec => ({
  type: 'integer',
  min: 0,
  max: 8192,
  default: 0,
  title,
  help: '0 takes the share of the first module of GoogLeNet.',
})

type Branches = Record<keyof typeof SHARES | 'branch3', number>

/** Channels of each branch; the 3x3 branch takes what the others leave. */
function branchChannels(parameters: ParameterValues): Branches {
  const width = numberOf(parameters, 'width')
  const channels = (name: keyof typeof SHARES): number =>
    numberOf(parameters, name) || Math.max(1, Math.round(width * SHARES[name]))
  const [branch1, branch5, branchPool] = [channels('branch1'), channels('branch5'), channels('branchPool')]
  const rest = width - branch1 - branch5 - branchPool
  const branch3 = numberOf(parameters, 'branch3') || rest
  if (branch3 < 1 || branch3 !== rest) {
    throw new AppError(
      'invalid-architecture',
      `Block googlenet-inception: the branches have ${branch1} + ${branch3} + ${branch5} + ${branchPool} channels, expected ${width} together with at least 1 each.`,
      'Make the four branches add up to the width, or leave them at 0.',
    )
  }
  return { branch1, branch3, branch5, branchPool, reduce3: channels('reduce3'), reduce5: channels('reduce5') }
}

export const googlenetInception = defineBlock({
  name: 'googlenet-inception',
  title: 'Inception',
  origin: 'GoogLeNet',
  help: 'Looks at the map with four branches at once (1x1, 3x3, a second 3x3 after a narrower 1x1, and pooling) and puts their channels side by side. Keeps the size.',
  parameters: {
    width: widthSpec(256),
    branch1: branchSpec('1x1 branch'),
    reduce3: branchSpec('Before the 3x3 branch'),
    branch3: branchSpec('3x3 branch'),
    reduce5: branchSpec('Before the second 3x3 branch'),
    branch5: branchSpec('Second 3x3 branch'),
    branchPool: branchSpec('Pooling branch'),
  },
  // One channel for each of the four branches.
  widths: { min: 4, multiple: 1 },
  build(graph, parameters) {
    const channels = branchChannels(parameters)
    const relu = 'relu'
    const first = convNorm(graph, 'branch1', INPUT_ID, { channels: channels.branch1, activation: relu })
    const reduced3 = convNorm(graph, 'reduce3', INPUT_ID, { channels: channels.reduce3, activation: relu })
    const second = convNorm(graph, 'branch3', reduced3, { channels: channels.branch3, kernel: 3, activation: relu })
    const reduced5 = convNorm(graph, 'reduce5', INPUT_ID, { channels: channels.reduce5, activation: relu })
    const third = convNorm(graph, 'branch5', reduced5, { channels: channels.branch5, kernel: 3, activation: relu })
    const pooled = graph.layer('pool', 'max-pool', { kernel: [3, 3], stride: [1, 1], ceil: true })
    const fourth = convNorm(graph, 'branch-pool', pooled, { channels: channels.branchPool, activation: relu })
    return graph.layer('concatenate', 'concatenate', {}, [first, second, third, fourth])
  },
})
