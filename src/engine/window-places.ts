// What a window may name on the disk. A page shows what people bring, so it may one day be somebody else's: the engine takes a place
// from it only where a dialog of main's returned it, or in the workspace. The command line speaks for the person and is not asked.
import path from 'node:path'
import { DATASET_PREFIX } from '@shared/contract/datasets'
import { commandKey, commandSchema, commandText } from '@shared/evaluators/command'
import { AppError } from '@shared/errors'
import type { CallGuard } from '@shared/transport/rpc'
import { isWithin, realPlace } from '@node/real-place'

interface PlaceField {
  readonly field: string
  /** In the workspace a window reads anything and writes exports only: what else lies there is the engine's own. */
  readonly use: 'read' | 'write'
}

/** Every field of the contract that names a place; window-places.test.ts holds it against the contract. */
export const PLACE_FIELDS: Readonly<Record<string, PlaceField>> = {
  'exports.create': { field: 'folder', use: 'write' },
  // The proof goes into the metadata that lies there.
  'exports.prove': { field: 'folder', use: 'write' },
  'exports.createOfDesign': { field: 'folder', use: 'write' },
  // The zip is written beside the folder.
  'exports.bundle': { field: 'folder', use: 'write' },
  'imports.preview': { field: 'path', use: 'read' },
  'runtimes.pack': { field: 'file', use: 'write' },
  'imports.create': { field: 'path', use: 'read' },
  'datasets.recognise': { field: 'path', use: 'read' },
  'datasets.import': { field: 'path', use: 'read' },
  'searches.readSpace': { field: 'path', use: 'read' },
  'proposer.train': { field: 'out', use: 'write' },
  'proposer.sample': { field: 'checkpoint', use: 'read' },
  'proposer.report': { field: 'checkpoint', use: 'read' },
}

/** Makes a command one that searches may start. */
export const COMMAND_CALL = 'searches.allowCommand'

export interface WindowPlaces {
  readonly workspaceFolder: string
  /** Of the workspace. */
  readonly exportsFolder: string
  /** Asks main whether one of its dialogs returned this place, or a folder above it. */
  readonly isChosen: (place: string) => Promise<boolean>
  /** Asks main whether one of its dialogs was answered with this command. @param command its key */
  readonly isConfirmed: (command: string) => Promise<boolean>
}

/** @returns for `serveRouter`; it throws AppError `invalid-input` for a place that the window may not use */
export function windowGuard({ workspaceFolder, exportsFolder, isChosen, isConfirmed }: WindowPlaces): CallGuard {
  return async (call, input) => {
    if (call.join('.') === COMMAND_CALL) return refuseUnconfirmed(input, isConfirmed)
    const known = PLACE_FIELDS[call.join('.')]
    if (known === undefined || typeof input !== 'object' || input === null) return
    const named = (input as Readonly<Record<string, unknown>>)[known.field]
    // No text is refused by the contract, and none at all means what comes with the product.
    if (typeof named !== 'string' || named.startsWith(DATASET_PREFIX)) return
    if (!path.isAbsolute(named) || named.includes('\0')) throw refusal(named)
    // What cannot be followed is not told apart: whether something is there is nothing that a window may learn.
    const place = await realPlace(named).catch(() => undefined)
    if (place === undefined) throw refusal(named)
    const own = await realPlace(known.use === 'write' ? exportsFolder : workspaceFolder)
    const isOwn = isWithin(own, place) && !(known.use === 'write' && place === own)
    if (!isOwn && !(await isChosen(place))) throw refusal(named)
  }
}

/** What starts a program is no place that it may use, but something that a person has read and allowed. */
async function refuseUnconfirmed(input: unknown, isConfirmed: WindowPlaces['isConfirmed']): Promise<void> {
  const command = commandSchema.safeParse(input)
  // What is no command is refused by the contract.
  if (!command.success || (await isConfirmed(commandKey(command.data)))) return
  throw new AppError(
    'invalid-input',
    `The window may not allow the program ${JSON.stringify(commandText(command.data).slice(0, 300))}: nobody was asked.`,
    'Start the search with its button, which asks.',
  )
}

const refusal = (named: string): AppError =>
  new AppError(
    'invalid-input',
    `The window may not use ${JSON.stringify(named.slice(0, 300))}: it was not chosen in a dialog and does not lie in the workspace.`,
    'Choose it with the button beside the field; the command line takes any path.',
  )
