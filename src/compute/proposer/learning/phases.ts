// The three trainings of a proposer, in order: the GPT on cells, the same GPT on chains and zoo (the paper's pre-training and
// fine-tuning), then the block classifier. What each learns from and is measured on; how one runs is train.ts's.
import { blockNames, vocabularySize } from '@shared/language'
import type { ProposerTraining } from '@shared/contract/proposer'
import { classifierParameters, paperClassifier } from '../model/classifier'
import { cellCorpus, chainCorpus, mixed, zooCorpus, type CellPart, type CorpusPart, type Pause } from './corpus'
import type { Test } from './held-out-scores'
import { gptParameters, paperGpt } from '../model/gpt'
import { blockObjective, nextLayerObjective } from './objectives'
import type { ParameterSpec } from '../model/parameters'
import { conditionalEntropy, type RowCounter } from './row-counts'
import type { Objective } from './trainer'

export interface Phase {
  readonly name: 'cells' | 'chains' | 'blocks'
  readonly objective: Objective
  readonly parameters: readonly ParameterSpec[]
  /** Values of the last column. */
  readonly classes: number
  readonly training: RowCounter
  readonly epochs: number
  /** Peak learning rate. */
  readonly rate: number
  /** The first one is scored after every epoch. */
  readonly tests: readonly Test[]
}

/** Adam's own default (Kingma and Ba 2015): two dense layers need none of the GPT's caution. */
const CLASSIFIER_RATE = 1e-3

export interface Corpus {
  readonly phases: readonly Phase[]
  readonly parts: Readonly<Record<string, { train: number; heldOut: number; rows: number }>>
  /** Entropy of a cell's sentence over the cells of the corpus, bits: sentences leave out connections, so cells share some. */
  readonly sentenceBits: number
  /** Cells, and different sentences among them. */
  readonly cells: number
  readonly sentences: number
}

function sentenceEntropy({ train, heldOut }: CellPart['sentences']): { bits: number; cells: number } {
  let cells = 0
  let sum = 0
  // No sentence is on both sides.
  for (const count of [...train.values(), ...heldOut.values()]) {
    cells += count
    sum += count * Math.log2(count)
  }
  return { bits: Math.log2(cells) - sum / cells, cells }
}

/** Gathers everything that a training learns from. Takes about a quarter of a millisecond a cell and 5 a chain. */
export async function buildCorpus(training: ProposerTraining, pause: Pause): Promise<Corpus> {
  const { seed, heldOut, learningRate: rate } = training
  const cells = await cellCorpus(training.cells, seed, heldOut, pause)
  const chains = await chainCorpus(training.chains, seed, heldOut, pause)
  const zoo = await zooCorpus(heldOut, pause)
  const test = (name: string, part: CorpusPart, kind: 'windows' | 'blocks', floor: number | null = null): Test => ({
    name,
    networks: part.networks.heldOut,
    rows: part[kind].heldOut,
    floor,
  })
  const gpt = { objective: nextLayerObjective(paperGpt), parameters: gptParameters(paperGpt), classes: vocabularySize }
  // The held-out cells' own entropy: a bound from below, as their window's true one over all cells is higher.
  const floor = conditionalEntropy(cells.windows.heldOut)
  const { bits, cells: count } = sentenceEntropy(cells.sentences)
  return {
    phases: [
      {
        ...gpt,
        name: 'cells',
        training: cells.windows.train,
        epochs: training.cellEpochs,
        rate,
        tests: [test('cells', cells, 'windows', floor)],
      },
      {
        ...gpt,
        name: 'chains',
        training: mixed(chains.windows.train, zoo.windows.train),
        epochs: training.chainEpochs,
        rate,
        tests: [test('chains', chains, 'windows'), test('zoo', zoo, 'windows'), test('cells', cells, 'windows', floor)],
      },
      {
        name: 'blocks',
        objective: blockObjective(paperClassifier),
        parameters: classifierParameters(paperClassifier),
        classes: blockNames.length,
        training: mixed(chains.blocks.train, zoo.blocks.train),
        epochs: training.classifierEpochs,
        rate: CLASSIFIER_RATE,
        tests: [test('chains', chains, 'blocks'), test('zoo', zoo, 'blocks')],
      },
    ],
    parts: Object.fromEntries(
      Object.entries({ cells, chains, zoo }).map(([name, { networks, windows }]) => [
        name,
        { ...networks, rows: windows.train.size },
      ]),
    ),
    sentenceBits: bits,
    cells: count,
    sentences: cells.sentences.train.size + cells.sentences.heldOut.size,
  }
}
