// A small model in a folder: model.json, weights.bin (float32, little endian) and CARD.md. Read whole or refused: weights that are not
// those that model.json names would propose something else without anybody seeing it.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import path from 'node:path'
import type { z } from 'zod'
import { AppError } from '@shared/errors'
import { MIB } from '@shared/units'
import { readWholeSync } from './read-file'
import { ownRecord } from './safe-target'
import { PARTIAL_SUFFIX, writeFileWhole } from './whole-file'
import { writeUserFolder } from './whole-folder'

const MODEL_FILE = 'model.json'
const WEIGHTS_FILE = 'weights.bin'
const CARD_FILE = 'CARD.md'

/** What every model.json says of the files beside it. */
export interface ModelFile {
  readonly weights: { readonly sha256: string; readonly sizeBytes: number }
  readonly card: { readonly sha256: string }
}

export interface ModelFolder<File> {
  readonly file: File
  readonly weights: Float32Array
  readonly card: string
}

const sha256Of = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

/** Three GPTs come to a third of a megabyte; sixteen larger ones still fit. */
const MOST_BYTES = 20 * MIB

function bytesAt(folder: string, name: string): Buffer {
  return readWholeSync(path.join(folder, name), { what: `${name} of the proposer`, maxBytes: MOST_BYTES })
}

/** Whether a file of that name is one of a checkpoint's, whole or half-written. */
export const isModelFile = (name: string): boolean =>
  [MODEL_FILE, WEIGHTS_FILE, CARD_FILE].some(
    (file) => name === file || (name.startsWith(`${file}.`) && name.endsWith(PARTIAL_SUFFIX)),
  )

export const hasModel = (folder: string): boolean => existsSync(path.join(folder, MODEL_FILE))

/**
 * @param parse of model.json's text
 * @throws AppError `not-found` for a folder without a model, `storage-damaged` for other weights than it names, and what `parse` throws
 */
export function readModelFolder<File extends ModelFile>(
  folder: string,
  parse: (text: string) => File,
): ModelFolder<File> {
  const file = parse(bytesAt(folder, MODEL_FILE).toString('utf8'))
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

/**
 * @param folder new, empty, or one that holds an earlier checkpoint of this kind
 * @param schema of model.json
 * @returns the folder @throws AppError as `writeUserFolder`
 */
export async function writeModelFolder<File extends ModelFile>(
  folder: string,
  schema: z.ZodType<File>,
  file: Omit<File, 'weights' | 'card'>,
  weights: Float32Array,
  card: string,
): Promise<string> {
  const own = ownRecord('an earlier checkpoint of this program', MODEL_FILE, (json) => {
    const { success, data } = schema.safeParse(json)
    if (!success) return undefined
    return new Map([
      [WEIGHTS_FILE, data.weights.sha256],
      [CARD_FILE, data.card.sha256],
    ])
  })
  const bytes = Buffer.alloc(weights.length * Float32Array.BYTES_PER_ELEMENT)
  weights.forEach((weight, i) => bytes.writeFloatLE(weight, i * Float32Array.BYTES_PER_ELEMENT))
  const whole = {
    ...file,
    weights: { sha256: sha256Of(bytes), sizeBytes: bytes.length },
    card: { sha256: sha256Of(card) },
  }
  const written = await writeUserFolder(folder, own, async (temporary) => {
    await writeFileWhole(path.join(temporary, WEIGHTS_FILE), bytes)
    await writeFileWhole(path.join(temporary, CARD_FILE), card)
    await writeFileWhole(path.join(temporary, MODEL_FILE), `${JSON.stringify(whole, null, 2)}\n`)
  })
  return written.folder
}
