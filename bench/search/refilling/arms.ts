// The refilling that is measured, and the same with one thing taken from it.
import { createRandom } from '../../../src/shared/random'
import { membersOf } from '../../../src/shared/proposer/checkpoint'
import { TOP_QUALITY } from '../../../src/shared/proposer/operation-tokens'
import { RelationalGpt } from '../../../src/shared/proposer/relational-gpt'
import { readWorkbenchCheckpoint, shippedWorkbench } from '../../../src/node/small-checkpoints'
import { checkout } from '../../harness'
import type { TableName } from '../tables'
import type { Refilling } from './writer'

export const ALL_SHUFFLED = 'control: all labels shuffled'
const STEPS = 40
/** Of cells a step takes some tenths of a second with so many; of chains, which have ten times the operations, with one place of fewer. */
const OF_CELLS = { candidates: 20, places: Infinity }
const OF_CHAINS = { candidates: 10, places: 1 }

const firstGptOf = (folder: string) => (): RelationalGpt => {
  const { file, weights } = readWorkbenchCheckpoint(folder)
  const [gpt] = membersOf(file, weights)
  if (gpt === undefined) throw new Error(`${folder} holds no GPT`)
  return gpt
}

/** @param shuffled folder of a checkpoint trained with `--shuffle-labels`; left out, that control is */
export function armsOf(table: TableName, shuffled: string | null): ReadonlyMap<string, Refilling | undefined> {
  const best: Refilling = {
    ...{ gpt: firstGptOf(shippedWorkbench(`${checkout}/resources`)), steps: STEPS, shuffleLabels: false },
    ...{ quality: TOP_QUALITY, by: 'ratio', ...(table.startsWith('chains-') ? OF_CHAINS : OF_CELLS) },
  }
  return new Map<string, Refilling | undefined>([
    ['none', undefined],
    ['refilled', best],
    ['by likelihood', { ...best, by: 'likelihood' }],
    ['as shipped', { ...best, steps: 0 }],
    ['likelihood as shipped', { ...best, by: 'likelihood', steps: 0 }],
    ['control: at random', { ...best, gpt: undefined }],
    ['control: untrained', { ...best, gpt: () => RelationalGpt.draw(createRandom(1).fork('untrained-0')), steps: 0 }],
    ['control: low quality', { ...best, quality: 0 }],
    ['control: labels of the run shuffled', { ...best, shuffleLabels: true }],
    ...(shuffled === null
      ? []
      : [[ALL_SHUFFLED, { ...best, gpt: firstGptOf(shuffled), shuffleLabels: true }] as const]),
  ])
}
