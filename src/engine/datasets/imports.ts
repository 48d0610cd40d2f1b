// The user's own data sets, below `datasets/` of the workspace: which there are, bringing one in, taking one away.
import { existsSync, readdirSync, renameSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '@shared/errors'
import type { DatasetProgress, ImportRequest } from '@shared/contract/datasets'
import { childController } from '@node/cancel'
import { threadDecoders, type StartDecoders } from './images/decoders'
import { refuseForeignFiles } from './own-dataset'
import { follow, startPreparation } from './progress'

export interface ImportsOptions {
  /** `datasets/` of the workspace; it may not exist yet. */
  readonly folder: string
  /** The workspace is held by another program. */
  readonly isReadOnly: boolean
  readonly startDecoders?: StartDecoders | undefined
  /** Who reads the files of a data set right now, in words. */
  readonly usersOf?: (name: string) => readonly string[]
}

export interface Imports {
  /** Names of what is there, also damaged. */
  names(): string[]
  folderOf(name: string): string
  isBusy(name: string): boolean
  /** @throws AppError `read-only`, `conflict` while it is being imported or somebody uses it */
  refuseChange(name: string): void
  /** Breaking off ends it and leaves nothing. @throws AppError `conflict`, `read-only`, and those of `importDataset` */
  run(request: ImportRequest, signal: AbortSignal): AsyncGenerator<DatasetProgress>
  /** @throws AppError `read-only`, `conflict` while it is being imported or used, or where somebody's files lie in it */
  remove(name: string): Promise<void>
  /** Ends what is under way. */
  close(): Promise<void>
}

/** Folders beside the data sets while they are being written. */
const PARTIAL = /\.partial-/
/** What an import moves aside is named so (importing/whole-folder.ts). */
const REPLACED = /^(.+)\.partial-[^.]+\.old$/

export function createImports({
  folder,
  isReadOnly,
  startDecoders = threadDecoders,
  usersOf = () => [],
}: ImportsOptions): Imports {
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
    const [user] = usersOf(name)
    if (user !== undefined) {
      throw new AppError(
        'conflict',
        `The data set "${name}" cannot be changed while ${user} uses it.`,
        'Wait until that is done, pause or stop the search, or import under another name.',
      )
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
  /** A data set that was moved out of the way of its successor when the program ended goes back to its place. */
  const putBack = (): void => {
    for (const name of replaced(folder)) {
      if (!existsSync(path.join(folder, name.dataset)))
        renameSync(path.join(folder, name.entry), path.join(folder, name.dataset))
    }
  }
  /** What an end of the program left half-written. */
  const sweep = async (): Promise<void> => {
    for (const entry of await readdir(folder).catch(() => [])) {
      const isOurs = [...running.keys()].some((name) => entry.startsWith(`${name}.partial-`))
      if (PARTIAL.test(entry) && !isOurs) await rm(path.join(folder, entry), { recursive: true, force: true })
    }
  }
  if (!isReadOnly) putBack()
  const swept = isReadOnly ? Promise.resolve() : sweep()
  // Told to the next import, which needs the room.
  swept.catch(() => undefined)

  return {
    names,
    folderOf: (name) => path.join(folder, name),
    isBusy: (name) => running.has(name),
    refuseChange,
    run: async function* (request, signal) {
      const { name } = request
      refuseChange(name)
      if (!request.replace && names().includes(name)) {
        throw new AppError(
          'conflict',
          `There is a data set "${name}" in this workspace already.`,
          'Choose another name, or replace it.',
        )
      }
      const { controller, release } = childController(closing.signal)
      const fire = (): void => controller.abort()
      signal.addEventListener('abort', fire, { once: true })
      const first: DatasetProgress = { stage: 'unpacking', fraction: null, message: `Looking at ${request.path}` }
      const preparation = startPreparation(first, async (report) => {
        await swept
        await sweep()
        // Archives, tables and formats of images: loaded by whoever imports, not at every start.
        const { importDataset } = await import('./importing/import-dataset')
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
      const place = path.join(folder, name)
      const removal = refuseForeignFiles(place).then(() => rm(place, { recursive: true, force: true }))
      // Nobody may begin to read it meanwhile.
      running.set(name, removal)
      await removal.finally(() => running.delete(name))
    },
    close: async () => {
      closing.abort()
      await Promise.allSettled([swept, ...running.values()])
    },
  }
}

/** Data sets that an import had moved aside and not yet removed. */
function replaced(folder: string): { readonly entry: string; readonly dataset: string }[] {
  const entries = existsSync(folder) ? readdirSync(folder) : []
  return entries.flatMap((entry) => {
    const dataset = REPLACED.exec(entry)?.[1]
    return dataset === undefined ? [] : [{ entry, dataset }]
  })
}
