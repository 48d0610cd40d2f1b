// The paper's own ablations (arXiv 2305.05351, section V-B) as runs of one generation: the same random networks, rebuilt or trained in
// different ways. A run of `gpt-nas:paper` with one generation rebuilds its first population at the full rate, and equal seeds draw equal
// networks, so that trials of one number are pairs. What the runs say is paper-report.ts's.
import { PAPER } from '../presets'
import { runDefinitionSchema, type RunDefinition } from '../run'
import type { PaperAblation, PaperPlan } from './paper'

export interface PaperCell {
  /** The column it is: "rate 0.4", "30 epochs". */
  readonly label: string
  readonly definition: RunDefinition
}

/** Of the paper: 15 networks and 90 epochs in table IV and figure 2, 50 networks and 6, 30, 60, 90 epochs in table V (from its p-values). */
export function fullPlan(of: PaperAblation): PaperPlan {
  const isLength = of === 'table-5'
  return {
    of,
    networks: isLength ? 50 : 15,
    epochs: isLength ? [6, 30, 60, 90] : [90],
    rates: of === 'figure-2' ? [0.2, 0.4, 0.6, 0.8] : [0, 0.2, 0.4, 0.6, 0.8],
    base: PAPER.definition,
  }
}

/** A size that a processor bears: small chains on some images of CIFAR-10 at 16 pixels. Chosen by us for half an hour on two cores. */
export function smallPlan(of: PaperAblation): PaperPlan {
  const isLength = of === 'table-5'
  return {
    of,
    networks: isLength ? 12 : 10,
    epochs: isLength ? [1, 4, 8] : [2],
    rates: of === 'figure-2' ? [0.4] : [0, 0.2, 0.4, 0.6, 0.8],
    base: runDefinitionSchema.parse({
      name: 'small',
      space: { minBlocks: 5, maxBlocks: 8, stemWidth: 16, maxWidth: 64, maxMacs: 4_000_000, maxParameters: 500_000 },
      data: { dataset: 'cifar-10', trainImages: 2000, validationImages: 1000, resolution: 16 },
      recipe: { epochs: 2, batchSize: 64, learningRate: 0.05 },
    }),
  }
}

/** As many networks as the small plan has, of a definition of one's own: its space, data and recipe. */
export function ownPlan(of: PaperAblation, base: RunDefinition): PaperPlan {
  const { epochs } = base.recipe
  const times = of === 'table-5' ? [1, 4, 8] : [1]
  return { ...smallPlan(of), epochs: times.map((factor) => factor * epochs), base }
}

const counted = (count: number): string => `${count} ${count === 1 ? 'epoch' : 'epochs'}`

/** The runs of an ablation, in the order in which they are made. */
export function paperCells({ of, networks, epochs, rates, base }: PaperPlan): PaperCell[] {
  const cell = (
    label: string,
    change: Partial<RunDefinition>,
    recipe: Partial<RunDefinition['recipe']>,
  ): PaperCell => ({
    label,
    definition: runDefinitionSchema.parse({
      ...base,
      ...{ populationSize: networks, generations: 1, maxEvaluations: null, confirmBest: 0 },
      ...change,
      recipe: { ...base.recipe, ...recipe },
      name: `Paper, ${of}: ${label}`,
    }),
  })
  const strategy = (eliminationRate: number): RunDefinition['strategy'] =>
    runDefinitionSchema.parse({ name: 'x', strategy: { name: 'gpt-nas:paper', eliminationRate } }).strategy
  const [first = 1] = epochs
  switch (of) {
    case 'table-4':
      return rates.map((rate) => cell(`rate ${rate}`, { strategy: strategy(rate) }, { epochs: first }))
    case 'table-5':
      return epochs.map((count) => cell(counted(count), { strategy: { name: 'random' } }, { epochs: count }))
    case 'figure-2':
      return rates.flatMap((rate) =>
        [false, true].map((trainPredictedOnly) =>
          cell(
            `rate ${rate}, ${trainPredictedOnly ? 'predicted blocks' : 'everything'} trained`,
            { strategy: strategy(rate) },
            { epochs: first, trainPredictedOnly },
          ),
        ),
      )
  }
}
