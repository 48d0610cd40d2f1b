// Commands over checkpoints of preset `chains`, training among them: in this process, as those of preset `in-context`. What is trained is
// shared/proposer/chains's, the folder node/small-checkpoints.ts's.
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { AppError } from '@shared/errors'
import { chainsCard } from '@shared/proposer/chains/card'
import { chainWeights, CHAINS_FORMAT, type ChainsFile } from '@shared/proposer/chains/checkpoint'
import { trainChains } from '@shared/proposer/chains/model'
import { chainFigures } from '@shared/proposer/chains/report'
import { openCorpusSpace } from '@shared/proposer/corpus/corpus-plan'
import { readCorpus } from '@shared/proposer/corpus/trained-chains'
import { readChainsCheckpoint, shippedChains, writeChainsCheckpoint } from '@node/small-checkpoints'
import { absolutePlace } from '@node/safe-target'
import { resourcesFolder } from './application'
import { readText } from './files'
import { duration } from './format'
import type { Output } from './output'
import { whole } from './whole-option'

/** Options of `proposer train` that this preset has, as typed. */
export interface ChainsOptions {
  readonly out: string
  readonly table?: string
  readonly seed?: string
  readonly name?: string
  readonly shuffleLabels?: boolean
}

export async function trainChainsPreset(output: Output, options: ChainsOptions): Promise<void> {
  const { table, shuffleLabels = false, name = 'chains-1' } = options
  if (table === undefined)
    throw new AppError(
      'invalid-input',
      'A judge of chains learns from a table of trained chains, and none is named.',
      'Name one with --table FILE; "proposer corpus" writes such a table.',
    )
  const seed = whole('seed', options.seed, 1, 0)
  const out = absolutePlace(options.out, 'folder')
  const text = readText(table, 'corpus')
  const chains = readCorpus(text).filter(({ part }) => part === 'drawn')
  const start = process.cpuUsage()
  const space = openCorpusSpace(BUILT_IN_BLOCKS)
  output.note(`${chains.length} chains that were drawn; repeats and longer trainings teach nothing of their own.`)
  const model = trainChains(space, chains, { seed, shuffleLabels })
  const metrics = chainFigures(space, chains, seed)
  const { user, system } = process.cpuUsage(start)
  const counts = new Map<string, number>()
  for (const { dataset } of chains) counts.set(dataset, (counts.get(dataset) ?? 0) + 1)
  const control = shuffleLabels ? ' --shuffle-labels' : ''
  const file: Omit<ChainsFile, 'weights' | 'card'> = {
    format: CHAINS_FORMAT,
    preset: 'chains',
    name,
    titles: [...model.titles],
    counted: model.counted,
    rows: model.rows.length,
    processes: model.processes.map(({ weights: _, ...rest }) => rest),
    trust: metrics['trust'] ?? 0,
    training: {
      ...{ seed, shuffleLabels },
      command: `gpt-nas proposer train --preset chains --table ${table} --out ${options.out} --name ${name} --seed ${seed}${control}`,
      corpusSha256: createHash('sha256').update(text).digest('hex'),
      datasets: Object.fromEntries(counts),
      seconds: Math.round((user + system) / 1e6),
    },
    metrics,
  }
  const folder = await writeChainsCheckpoint(out, file, chainWeights(model), chainsCard(file))
  output.result(
    { folder, metrics },
    `${folder} is trained, in ${duration(file.training.seconds)} of one core.\n${Object.entries(metrics)
      .map(([figure, value]) => `${figure}: ${value.toFixed(4)}`)
      .join('\n')}`,
  )
}

export function reportChains(output: Output, { checkpoint }: { readonly checkpoint?: string }): void {
  const { file, card } = readChainsCheckpoint(
    checkpoint === undefined ? shippedChains(resourcesFolder()) : resolve(checkpoint),
  )
  output.result({ ...file, card }, card)
}
