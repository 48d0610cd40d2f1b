// Checkpoints of the models that take part in a search, in their folders. Preset `paper` is read by computes. Of the small ones, preset
// `workbench` judges before anything is known, preset `in-context` reads what is known, preset `chains` is what trained chains of other data say of block chains.
import path from 'node:path'
import { judgeOf, parseWorkbenchFile, workbenchFileSchema, type WorkbenchFile } from '@shared/proposer/checkpoint'
import { chainJudgeOf, chainsFileSchema, parseChainsFile, type ChainsFile } from '@shared/proposer/chains/checkpoint'
import type { PaperProposer } from '@shared/strategies/paper-proposers'
import type { ChainJudge, GraphJudge } from '@shared/strategies/strategy'
import {
  inContextFileSchema,
  learnerOf,
  parseInContextFile,
  type InContextFile,
} from '@shared/surrogate/in-context/checkpoint'
import type { InContextLearner } from '@shared/surrogate/in-context/learner'
import { hasModel, readModelFolder, writeModelFolder, type ModelFolder } from './model-folder'

/** Where the checkpoints lie that come with the product. @param resources the product's folder of that name */
export const shippedPaper = (resources: string, name: PaperProposer): string => path.join(resources, 'proposer', name)
export const shippedWorkbench = (resources: string): string => path.join(resources, 'proposer', 'workbench-1')
export const shippedChains = (resources: string): string => path.join(resources, 'proposer', 'chains-1')
export const shippedInContext = (resources: string): string => path.join(resources, 'proposer', 'in-context-1')

/** @throws AppError as `readModelFolder`; `invalid-input` for a checkpoint of another kind */
export const readWorkbenchCheckpoint = (folder: string): ModelFolder<WorkbenchFile> =>
  readModelFolder(folder, parseWorkbenchFile)

/** @throws AppError as `readModelFolder`; `invalid-input` for a checkpoint of another kind */
export const readInContextCheckpoint = (folder: string): ModelFolder<InContextFile> =>
  readModelFolder(folder, parseInContextFile)

/** @throws AppError as `readModelFolder`; `invalid-input` for a checkpoint of another kind */
export const readChainsCheckpoint = (folder: string): ModelFolder<ChainsFile> =>
  readModelFolder(folder, parseChainsFile)

/** The judge of chains of a checkpoint; undefined where there is none. @throws AppError as `readChainsCheckpoint` for one that is no good */
export function chainsIn(folder: string): ChainJudge | undefined {
  if (!hasModel(folder)) return undefined
  const { file, weights } = readChainsCheckpoint(folder)
  return chainJudgeOf(file, weights)
}

/** The judge of a checkpoint; undefined where there is none. @throws AppError as `readWorkbenchCheckpoint` for one that is no good */
export function judgeIn(folder: string): GraphJudge | undefined {
  if (!hasModel(folder)) return undefined
  const { file, weights } = readWorkbenchCheckpoint(folder)
  return judgeOf(file, weights)
}

/** The learner of a checkpoint; undefined where there is none. @throws AppError as `readInContextCheckpoint` for one that is no good */
export function learnerIn(folder: string): InContextLearner | undefined {
  if (!hasModel(folder)) return undefined
  const { file, weights } = readInContextCheckpoint(folder)
  return learnerOf(file, weights)
}

/** @returns the folder @throws AppError as `writeModelFolder` */
export const writeWorkbenchCheckpoint = (
  folder: string,
  file: Omit<WorkbenchFile, 'weights' | 'card'>,
  weights: Float32Array,
  card: string,
): Promise<string> => writeModelFolder(folder, workbenchFileSchema, file, weights, card)

/** @returns the folder @throws AppError as `writeModelFolder` */
export const writeChainsCheckpoint = (
  folder: string,
  file: Omit<ChainsFile, 'weights' | 'card'>,
  weights: Float32Array,
  card: string,
): Promise<string> => writeModelFolder(folder, chainsFileSchema, file, weights, card)

/** @returns the folder @throws AppError as `writeModelFolder` */
export const writeInContextCheckpoint = (
  folder: string,
  file: Omit<InContextFile, 'weights' | 'card'>,
  weights: Float32Array,
  card: string,
): Promise<string> => writeModelFolder(folder, inContextFileSchema, file, weights, card)
