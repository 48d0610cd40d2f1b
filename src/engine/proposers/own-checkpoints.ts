// The proposers of a workspace: those that were fine-tuned in it, one folder each below `proposers`, and which of them new searches ask.
// None is ever replaced or removed: going back is choosing another. Those that come with the product are named as they are there.
import { existsSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { WorkbenchFile } from '@shared/proposer/checkpoint'
import { AppError } from '@shared/errors'
import type { RunDefinition } from '@shared/search/run'
import { readJsonSync } from '@node/json-file'
import { fileError } from '@node/file-error'
import { isModelFile, type ModelFolder } from '@node/model-folder'
import { isMissing } from '@node/read-file'
import { readWorkbenchCheckpoint, shippedWorkbench } from '@node/small-checkpoints'
import { writeFileWhole } from '@node/whole-file'
import { isHalfWritten } from '@node/whole-folder'

const FOLDER = 'proposers'
const IN_USE = 'in-use.json'
const inUseSchema = z.object({ name: z.string() })

export interface NamedCheckpoint {
  readonly name: string
  readonly isShipped: boolean
  readonly folder: string
}

export interface OwnCheckpoints {
  /** That of the product first, then by name. */
  list(): readonly NamedCheckpoint[]
  /** Of the one that new searches ask. */
  inUse(): string
  /** @throws AppError `not-found` for a name that there is none of, `storage-failed` */
  use(name: string): Promise<void>
  /** @param name empty: that of the product @throws AppError `not-found` */
  folderOf(name: string): string
  /** Where one of that name is to lie. @throws AppError `conflict` where one has it */
  newFolder(name: string): string
  /** Removes what a program that was killed left half-written. Call as the holder, before one is written. @throws AppError `storage-failed` */
  dropHalfWritten(): Promise<void>
}

/** @param report is told what cannot be read and is passed over */
export function createOwnCheckpoints(
  workspaceFolder: string,
  resourcesFolder: string,
  report: (thrown: unknown) => void,
): OwnCheckpoints {
  const shipped = shippedWorkbench(resourcesFolder)
  const product = { name: path.basename(shipped), isShipped: true, folder: shipped }
  const root = path.join(workspaceFolder, FOLDER)
  const choice = path.join(root, IN_USE)

  const list = (): NamedCheckpoint[] => {
    const own = existsSync(root) ? readdirSync(root, { withFileTypes: true }) : []
    return [
      product,
      ...own
        .filter(
          (entry) =>
            entry.isDirectory() && !isHalfWritten(entry.name) && existsSync(path.join(root, entry.name, 'model.json')),
        )
        .map(({ name }) => ({ name, isShipped: false, folder: path.join(root, name) }))
        .filter(({ name }) => name !== product.name)
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    ]
  }
  const found = (name: string): NamedCheckpoint => {
    const known = list()
    const one = known.find((each) => each.name === (name === '' ? product.name : name))
    if (one !== undefined) return one
    throw new AppError(
      'not-found',
      `This workspace has no proposer "${name}".`,
      `There is ${known.map((each) => each.name).join(', ')}.`,
    )
  }
  return {
    list,
    inUse: () => {
      try {
        const { name } = inUseSchema.parse(readJsonSync(choice))
        return found(name).name
      } catch (thrown) {
        if (!isMissing(thrown)) report(new Error(`${choice} cannot be used and is passed over`, { cause: thrown }))
        return product.name
      }
    },
    use: (name) => writeFileWhole(choice, `${JSON.stringify({ name: found(name).name })}\n`),
    folderOf: (name) => found(name).folder,
    newFolder: (name) => {
      if (name === product.name || existsSync(path.join(root, name)))
        throw new AppError(
          'conflict',
          `There is a proposer "${name}" already. It stays as it is.`,
          'Choose another name.',
        )
      return path.join(root, name)
    },
    dropHalfWritten: async () => {
      const left = existsSync(root) ? readdirSync(root).filter(isHalfWritten) : []
      for (const name of left.map((each) => path.join(root, each)))
        if (readdirSync(name).every(isModelFile))
          await rm(name, { recursive: true }).catch((thrown: unknown) => {
            throw fileError(`remove ${name}`, thrown)
          })
    },
  }
}

/** Name of the proposer that a definition asks; empty: that of the product. */
function checkpointOf({ strategy }: Pick<RunDefinition, 'strategy'>): string {
  return 'checkpoint' in strategy ? strategy.checkpoint : ''
}

/** Of what a run asks before anything is known. @throws AppError `not-found` where it is gone */
export const judgeFolder = (
  proposers: Pick<OwnCheckpoints, 'folderOf'>,
  definition: Pick<RunDefinition, 'strategy'>,
): string => proposers.folderOf(checkpointOf(definition))

/** A definition that names its proposer, so that a run keeps the one in use when it was made. @throws AppError `not-found` */
export function withCheckpoint(
  proposers: Pick<OwnCheckpoints, 'folderOf' | 'inUse' | 'list'>,
  definition: RunDefinition,
): RunDefinition {
  const { strategy } = definition
  if (!('checkpoint' in strategy)) return definition
  const name = strategy.checkpoint === '' ? proposers.inUse() : strategy.checkpoint
  proposers.folderOf(name)
  // That of the product has no name in a run, as in those of before there was a choice.
  const isShipped = proposers.list().some((each) => each.isShipped && each.name === name)
  return { ...definition, strategy: { ...strategy, checkpoint: isShipped ? '' : name } }
}

/** @throws AppError as `readWorkbenchCheckpoint` */
export const readNamed = ({ folder }: NamedCheckpoint): ModelFolder<WorkbenchFile> => readWorkbenchCheckpoint(folder)
