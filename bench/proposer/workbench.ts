// What preset `workbench` costs whoever waits for it: the first picks of a run, a step's proposals with the learner beside the process,
// and graphs written with and without what earlier tokens gave. On NAS-Bench-201's cells with a made-up fitness; no table is needed.
import {
  readWorkbenchCheckpoint,
  judgeIn,
  learnerIn,
  shippedInContext,
  shippedWorkbench,
} from '../../src/node/small-checkpoints'
import { BUILT_IN_BLOCKS } from '../../src/shared/architecture/blocks'
import { graphKey } from '../../src/shared/language/graphs/operation-graph'
import { membersOf } from '../../src/shared/proposer/checkpoint'
import { capacityOf, depthOf } from '../../src/shared/proposer/objectives'
import { CELL_GRAMMAR } from '../../src/shared/proposer/report'
import { TOP_QUALITY } from '../../src/shared/proposer/operation-tokens'
import { sampleGraphs } from '../../src/shared/proposer/sampling'
import { createRandom } from '../../src/shared/random'
import { searchTable } from '../../src/shared/search/comparison/table-run'
import { openSpace } from '../../src/shared/spaces'
import { edgeSpaceSchema } from '../../src/shared/spaces/nas-bench-201/schema'
import { PUBLISHED_IMAGES } from '../../src/shared/spaces/published-images'
import type { Space } from '../../src/shared/spaces/space'
import { strategyByName } from '../../src/shared/strategies/registry'
import { checkout, median } from '../harness'

/** What capacity and depth are worth, more of both at first; noise of a tenth, the same each time for an architecture. */
function invented(): Space {
  const space = openSpace(edgeSpaceSchema.parse({ kind: 'nas-bench-201' }), PUBLISHED_IMAGES, BUILT_IN_BLOCKS)
  return {
    ...space,
    table: {
      costNames: [],
      row: (genotype) => {
        const graph = space.features?.(genotype).graph
        if (graph === undefined) return undefined
        const noise = createRandom(7).fork(graphKey(graph)).next()
        const fitness = Math.tanh(capacityOf(graph) / 2) + Math.tanh(depthOf(graph)) + 0.1 * noise
        return { fitness, report: fitness, costs: [] }
      },
    },
  }
}

/** By processor time and by the clock: on a busy machine the clock tells what others do. */
interface Waiting {
  /** Seconds until the first of the picks is named, pool and judging included. */
  readonly firstPicks: number
  /** Milliseconds of the later steps. */
  readonly medianStep: number
  readonly worstStep: number
}

export interface InSearch {
  readonly processor: Waiting
  readonly clock: Waiting
  readonly steps: number
}

const processorTime = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function waitingOf([first = NaN, ...rest]: readonly number[]): Waiting {
  // Picks cost nothing once they are made.
  const steps = rest.slice(5)
  return { firstPicks: first / 1000, medianStep: median(steps), worstStep: Math.max(...steps) }
}

/** @param budget evaluations; the first six are picked before anything is known */
export async function measureInSearch(budget: number): Promise<InSearch> {
  const judge = judgeIn(shippedWorkbench(`${checkout}/resources`))
  const learner = learnerIn(shippedInContext(`${checkout}/resources`))
  if (judge === undefined || learner === undefined) throw new Error('resources/proposer lacks a checkpoint')
  const space = invented()
  const strategy = strategyByName('gpt-nas')
  const clock: number[] = []
  const processor: number[] = []
  let asked = [performance.now(), processorTime()] as const
  const timed: Space = {
    ...space,
    table: {
      costNames: [],
      row: (genotype) => {
        clock.push(performance.now() - asked[0])
        processor.push(processorTime() - asked[1])
        const row = space.table?.row(genotype)
        asked = [performance.now(), processorTime()]
        return row
      },
    },
  }
  const own = strategy.schema.parse({ name: 'gpt-nas' })
  await searchTable({ space: timed, strategy, own, budget, seed: 1, judge, learner })
  return { processor: waitingOf(processor), clock: waitingOf(clock), steps: clock.length - 6 }
}

export interface Writing {
  readonly samples: number
  readonly valid: number
  readonly different: number
  /** Graphs a second. */
  readonly cached: number
  readonly anew: number
}

/** Cells of NAS-Bench-101 by the first GPT, top quality; speeds in turns, on as many samples a turn. */
export function measureWriting(samples: number, turns: number, perTurn: number): Writing {
  const { file, weights } = readWorkbenchCheckpoint(shippedWorkbench(`${checkout}/resources`))
  const [gpt] = membersOf(file, weights)
  if (gpt === undefined) throw new Error('resources/proposer/workbench-1 has no GPT')
  const write = (count: number, seed: number, isAnew: boolean) =>
    sampleGraphs(gpt, CELL_GRAMMAR, { count, quality: TOP_QUALITY, temperature: 1, random: createRandom(seed), isAnew })
  const graphs = write(samples, 1, false)
  const seconds = { cached: [] as number[], anew: [] as number[] }
  write(perTurn, 1, true)
  for (let turn = 0; turn < turns; turn++)
    for (const kind of ['cached', 'anew'] as const) {
      const start = performance.now()
      write(perTurn, turn, kind === 'anew')
      seconds[kind].push((performance.now() - start) / 1000)
    }
  return {
    samples,
    valid: graphs.filter((graph) => CELL_GRAMMAR.problems(graph).length === 0).length,
    different: new Set(graphs.map(graphKey)).size,
    cached: Math.round(perTurn / median(seconds.cached)),
    anew: Math.round(perTurn / median(seconds.anew)),
  }
}
