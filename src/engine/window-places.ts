// What a window may name on the disk. A page shows what people bring, so it may one day be somebody else's: the engine takes a place
// from it only where a dialog of main's returned it, or in the workspace. The command line speaks for the person and is not asked.
import path from 'node:path'
import { DATASET_PREFIX } from '@shared/contract/datasets'
import { commandKey, commandSchema, commandText } from '@shared/evaluators/command'
import { AppError } from '@shared/errors'
import type { CallGuard } from '@shared/transport/rpc'
import type { PlaceUse } from '@shared/transport/supervision'
import { isWithin, realPlace } from '@node/real-place'

interface PlaceField {
  readonly field: string
  /** In the workspace a window reads anything and writes exports only: what else lies there is the engine's own. */
  readonly use: PlaceUse
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
  // Each of a list.
  'runtimes.install': { field: 'from', use: 'read' },
  'imports.create': { field: 'path', use: 'read' },
  'datasets.get': { field: 'from', use: 'read' },
  'datasets.recognise': { field: 'path', use: 'read' },
  'datasets.import': { field: 'path', use: 'read' },
  'searches.readSpace': { field: 'path', use: 'read' },
  'searches.readInjection': { field: 'path', use: 'read' },
  'proposer.corpus': { field: 'out', use: 'write' },
  'proposer.train': { field: 'out', use: 'write' },
  'proposer.sample': { field: 'checkpoint', use: 'read' },
  'proposer.report': { field: 'checkpoint', use: 'read' },
}

/** Fields that name another machine, which the engine would ask with the rights of its own network: for the command line alone. */
export const ADDRESS_FIELDS: Readonly<Record<string, string>> = { 'runtimes.install': 'index' }

/** Makes a command one that searches may start. */
export const COMMAND_CALL = 'searches.allowCommand'

export interface WindowPlaces {
  readonly workspaceFolder: string
  /** Of the workspace. */
  readonly exportsFolder: string
  /** Asks main whether a person picked this place, or a folder above it, for this use. */
  readonly isChosen: (place: string, use: PlaceUse) => Promise<boolean>
  /** Asks main whether one of its dialogs was answered with this command. @param command its key */
  readonly isConfirmed: (command: string) => Promise<boolean>
}

/** @returns for `serveRouter`; it throws AppError `invalid-input` for a place that the window may not use */
export function windowGuard({ workspaceFolder, exportsFolder, isChosen, isConfirmed }: WindowPlaces): CallGuard {
  return async (call, input) => {
    if (call.join('.') === COMMAND_CALL) return refuseUnconfirmed(input, isConfirmed)
    const name = call.join('.')
    if (typeof input !== 'object' || input === null) return
    const fields = input as Readonly<Record<string, unknown>>
    refuseAddress(name, fields)
    const known = PLACE_FIELDS[name]
    if (known === undefined) return
    const given = fields[known.field]
    for (const named of Array.isArray(given) ? (given as readonly unknown[]) : [given]) {
      // No text is refused by the contract, and none at all means what comes with the product.
      if (typeof named !== 'string' || (name.startsWith('datasets.') && named.startsWith(DATASET_PREFIX))) continue
      await refuseUnchosen(named, known.use)
    }
  }

  async function refuseUnchosen(named: string, use: PlaceUse): Promise<void> {
    if (!path.isAbsolute(named) || named.includes('\0')) throw refusal(named)
    // What cannot be followed is not told apart: whether something is there is nothing that a window may learn.
    const place = await realPlace(named).catch(() => undefined)
    if (place === undefined) throw refusal(named)
    const own = await realPlace(use === 'write' ? exportsFolder : workspaceFolder)
    const isOwn = isWithin(own, place) && !(use === 'write' && place === own)
    if (!isOwn && !(await isChosen(place, use))) throw refusal(named)
  }
}

function refuseAddress(name: string, fields: Readonly<Record<string, unknown>>): void {
  const field = ADDRESS_FIELDS[name]
  const named = field === undefined ? undefined : fields[field]
  if (named === undefined || named === null) return
  throw new AppError(
    'invalid-input',
    `The window may not name the address ${JSON.stringify(named).slice(0, 300)}: it would be asked from this machine.`,
    'Set GPTNAS_PACKAGE_INDEX before the workbench is started.',
  )
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
