// The user's own data sets, below `datasets/` of the workspace: which there are, bringing one in, taking one away.
import { readdirSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '@shared/errors'
import type { DatasetProgress, ImportRequest } from '@shared/contract/datasets'
import { childController } from '../cancel'
import { threadDecoders, type StartDecoders } from './images/decoders'
import { importDataset } from './importing/import-dataset'
import { follow, startPreparation } from './progress'

export interface ImportsOptions {
  /** `datasets/` of the workspace; it may not exist yet. */
  readonly folder: string
  /** The workspace is held by another program. */
  readonly isReadOnly: boolean
  readonly startDecoders?: StartDecoders | undefined
}

export interface Imports {
  /** Names of what is there, also damaged. */
  names(): string[]
  folderOf(name: string): string
  isBusy(name: string): boolean
  /** Breaking off ends it and leaves nothing. @throws AppError `conflict`, `read-only`, and those of `importDataset` */
  run(request: ImportRequest, signal: AbortSignal): AsyncGenerator<DatasetProgress>
  /** @throws AppError `read-only`, `conflict` while it is being imported */
  remove(name: string): Promise<void>
  /** Ends what is under way. */
  close(): Promise<void>
}

/** Folders beside the data sets while they are being written. */
const PARTIAL = /\.partial-/

export function createImports({ folder, isReadOnly, startDecoders = threadDecoders }: ImportsOptions): Imports {
  const closing = new AbortController()
  const running = new Map<string, Promise<void>>()

  const refuseChange = (name: string): void => {
    if (isReadOnly) {
      throw new AppError(
        'read-only',
        'The workspace is held by another program: its data sets cannot be changed here.',
        'Close the other program or choose another workspace.',
      )
    }
    if (running.has(name)) {
      throw new AppError('conflict', `"${name}" is being imported right now.`, 'Wait until it is done.')
    }
  }
  const names = (): string[] => {
    try {
      const entries = readdirSync(folder, { withFileTypes: true })
      return entries.filter((entry) => entry.isDirectory() && !PARTIAL.test(entry.name)).map((entry) => entry.name)
    } catch {
      return [] // nothing has been imported yet
    }
  }
  /** What an end of the program left half-written. */
  const sweep = async (): Promise<void> => {
    for (const entry of await readdir(folder).catch(() => [])) {
      const isOurs = [...running.keys()].some((name) => entry.startsWith(`${name}.partial-`))
      if (PARTIAL.test(entry) && !isOurs) await rm(path.join(folder, entry), { recursive: true, force: true })
    }
  }

  return {
    names,
    folderOf: (name) => path.join(folder, name),
    isBusy: (name) => running.has(name),
    run: async function* (request, signal) {
      const { name } = request
      refuseChange(name)
      if (!request.replace && names().includes(name)) {
        throw new AppError(
          'conflict',
          `There is a data set "${name}" in this workspace already.`,
          'Choose another name, or replace it (--replace).',
        )
      }
      const { controller, release } = childController(closing.signal)
      const fire = (): void => controller.abort()
      signal.addEventListener('abort', fire, { once: true })
      const first: DatasetProgress = { stage: 'unpacking', fraction: null, message: `Looking at ${request.path}` }
      const preparation = startPreparation(first, async (report) => {
        await sweep()
        const options = { request, folder: path.join(folder, name), startDecoders, report, signal: controller.signal }
        const { splits } = await importDataset(options)
        const message = `${name} is ready: ${splits.train.count} training and ${splits.test.count} test images`
        report({ stage: 'ready', fraction: 1, message })
      })
      running.set(name, preparation.done)
      try {
        yield* follow(preparation, signal)
      } finally {
        controller.abort()
        await preparation.done.catch(() => undefined)
        running.delete(name)
        release()
        signal.removeEventListener('abort', fire)
      }
    },
    remove: async (name) => {
      refuseChange(name)
      await rm(path.join(folder, name), { recursive: true, force: true })
    },
    close: async () => {
      closing.abort()
      await Promise.allSettled([...running.values()])
    },
  }
}
