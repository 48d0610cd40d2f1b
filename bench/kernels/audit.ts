// The child of bench:kernels: audits every case with the kernels its environment chose and writes a line for each. It may die
// of one; the parent then knows which was under way.
import { ZOO_NAMES, zooNetwork } from '../../src/shared/architecture/zoo'
import type { LayerGraph } from '../../src/shared/architecture/layer'
import { BLOCK_CASES } from '../../src/compute/networks/testing/block-cases'
import { auditGradients } from '../../src/compute/networks/testing/gradient-audit'
import { KIND_CASES } from '../../src/compute/networks/testing/kind-cases'
import { trainBothWays, type RecordedTraining } from '../../src/compute/networks/testing/recorded-training'
import { windowCases } from './window-cases'

export const PARTS = ['windows', 'kinds', 'blocks', 'recorded kinds', 'recorded blocks', 'zoo', 'recorded zoo'] as const
export type Part = (typeof PARTS)[number]

export interface CaseResult {
  readonly part: Part
  readonly title: string
  /** The larger of the errors of loss and slopes, or of the weights after the steps. */
  readonly error: number
  /** Of a recorded part: what the recording equals to the last bit. */
  readonly equals?: RecordedTraining['equals']
  readonly detail: string
}

/**
 * The last maps of a zoo network are one pixel at CIFAR's size, so its normalisations see as many values as images. With 4 images
 * a rounding of float32 grows to per cents of the loss's slope (resnet50: 0.057; with 16: 0.002), whichever way it is computed.
 */
const ZOO_BATCH = 16

/** A zoo network at CIFAR's size and ten classes. */
const zoo = (name: string): LayerGraph => zooNetwork(name, { input: [32, 32, 3], classes: 10 }).graph

interface Case {
  readonly title: string
  run(): Omit<CaseResult, 'part' | 'title'>
}

const audited = (title: string, graph: LayerGraph, options?: Parameters<typeof auditGradients>[1]): Case => ({
  title,
  run: () => {
    const { lossError, slopeError, worst } = auditGradients(graph, options)
    // NaN must win, so no Math.max.
    return {
      error: lossError <= slopeError ? slopeError : lossError,
      detail: `loss ${lossError.toPrecision(2)}, ${worst}`,
    }
  },
})
const recorded = (title: string, graph: LayerGraph, steps: number, batch?: number): Case => ({
  title,
  run: () => ({ ...trainBothWays(graph, steps, batch), detail: `${steps} steps` }),
})

function casesOf(part: Part, isQuick: boolean): Case[] {
  const names = isQuick ? ['resnet18', 'shufflenet_v2_x0_5'] : ZOO_NAMES
  switch (part) {
    case 'windows':
      return windowCases(isQuick).map(({ title, graph }) => audited(title, graph, { directions: 1, batch: 2 }))
    case 'kinds':
      return KIND_CASES.map(({ title, graph }) => audited(title, graph))
    case 'blocks':
      return BLOCK_CASES.map(({ title, graph }) => audited(title, graph, { directions: 1 }))
    case 'recorded kinds':
      return KIND_CASES.map(({ title, graph }) => recorded(title, graph, 20))
    case 'recorded blocks':
      return BLOCK_CASES.map(({ title, graph }) => recorded(title, graph, 20))
    case 'zoo':
      return names.map((name) => audited(name, zoo(name), { directions: 1, batch: ZOO_BATCH, together: true }))
    case 'recorded zoo':
      return names.map((name) => recorded(name, zoo(name), 1, ZOO_BATCH))
  }
}

/** Writes `{"started": title}` before a case and its result after it, one JSON object a line. */
export function runAudit(parts: readonly Part[], isQuick: boolean): void {
  const write = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`)
  for (const part of parts)
    for (const { title, run } of casesOf(part, isQuick)) {
      write({ started: `${part}: ${title}` })
      try {
        const result: CaseResult = { part, title, ...run() }
        // JSON has no NaN.
        write({ ...result, error: Number.isFinite(result.error) ? result.error : 'not a number' })
      } catch (thrown) {
        write({ part, title, error: 'threw', detail: thrown instanceof Error ? thrown.message : String(thrown) })
      }
    }
}
