// A checkpoint of preset `workbench` in a folder: model.json, weights.bin and CARD.md. Read whole or refused: weights that are not
// those that model.json names would propose something else without anybody seeing it.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { AppError } from '@shared/errors'
import { judgeOf, parseWorkbenchFile, workbenchFileSchema, type WorkbenchFile } from '@shared/proposer/checkpoint'
import type { GraphJudge } from '@shared/strategies/strategy'
import { MIB } from '@shared/units'
import { readWholeSync } from './read-file'
import { ownRecord, type OwnOutput } from './safe-target'
import { writeFileWhole } from './whole-file'
import { writeUserFolder } from './whole-folder'

const MODEL_FILE = 'model.json'
const WEIGHTS_FILE = 'weights.bin'
const CARD_FILE = 'CARD.md'

export interface WorkbenchCheckpoint {
  readonly file: WorkbenchFile
  readonly weights: Float32Array
  readonly card: string
}

/** Where the checkpoint lies that comes with the product. @param resources the product's folder of that name */
export const shippedWorkbench = (resources: string): string => path.join(resources, 'proposer', 'workbench-1')

const sha256Of = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

/** Three GPTs come to a third of a megabyte; sixteen larger ones still fit. */
const MOST_BYTES = 20 * MIB

function bytesAt(folder: string, name: string): Buffer {
  return readWholeSync(path.join(folder, name), { what: `${name} of the proposer`, maxBytes: MOST_BYTES })
}

/** @throws AppError `not-found` for a folder without a checkpoint, `invalid-input` for one of another kind, `storage-damaged` for other weights */
export function readWorkbenchCheckpoint(folder: string): WorkbenchCheckpoint {
  const file = parseWorkbenchFile(bytesAt(folder, MODEL_FILE).toString('utf8'))
  const bytes = bytesAt(folder, WEIGHTS_FILE)
  const sha256 = sha256Of(bytes)
  if (sha256 !== file.weights.sha256)
    throw new AppError(
      'storage-damaged',
      `${path.join(folder, WEIGHTS_FILE)} is not what model.json names: its SHA-256 is ${sha256}, expected ${file.weights.sha256}.`,
      'Train the checkpoint again, or install the product again.',
    )
  const weights = new Float32Array(bytes.length / Float32Array.BYTES_PER_ELEMENT)
  weights.forEach((_, i) => {
    weights[i] = bytes.readFloatLE(i * Float32Array.BYTES_PER_ELEMENT)
  })
  return { file, weights, card: bytesAt(folder, CARD_FILE).toString('utf8') }
}

/** The judge of a checkpoint; undefined where there is none. @throws AppError as `readWorkbenchCheckpoint` for one that is no good */
export function judgeIn(folder: string): GraphJudge | undefined {
  if (!existsSync(path.join(folder, MODEL_FILE))) return undefined
  const { file, weights } = readWorkbenchCheckpoint(folder)
  return judgeOf(file, weights)
}

const ownCheckpoint: OwnOutput = ownRecord('an earlier checkpoint of this program', MODEL_FILE, (json) => {
  const { success, data } = workbenchFileSchema.safeParse(json)
  if (!success) return undefined
  return new Map([
    [WEIGHTS_FILE, data.weights.sha256],
    [CARD_FILE, data.card.sha256],
  ])
})

/**
 * @param folder new, empty, or one that holds an earlier checkpoint
 * @returns the folder @throws AppError as `writeUserFolder`
 */
export async function writeWorkbenchCheckpoint(
  folder: string,
  file: Omit<WorkbenchFile, 'weights' | 'card'>,
  weights: Float32Array,
  card: string,
): Promise<string> {
  const bytes = Buffer.alloc(weights.length * Float32Array.BYTES_PER_ELEMENT)
  weights.forEach((weight, i) => bytes.writeFloatLE(weight, i * Float32Array.BYTES_PER_ELEMENT))
  const whole: WorkbenchFile = {
    ...file,
    weights: { sha256: sha256Of(bytes), sizeBytes: bytes.length },
    card: { sha256: sha256Of(card) },
  }
  const written = await writeUserFolder(folder, ownCheckpoint, async (temporary) => {
    await writeFileWhole(path.join(temporary, WEIGHTS_FILE), bytes)
    await writeFileWhole(path.join(temporary, CARD_FILE), card)
    await writeFileWhole(path.join(temporary, MODEL_FILE), `${JSON.stringify(whole, null, 2)}\n`)
  })
  return written.folder
}
