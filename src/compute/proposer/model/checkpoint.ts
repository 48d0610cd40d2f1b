// A proposer in a folder: model.json (what it is, what it was trained on, how good it is), weights.bin (float32, little endian,
// arrays in model.json's order) and CARD.md. A checkpoint of another vocabulary or with a damaged file is refused.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { AppError } from '@shared/errors'
import { firstIssue } from '@shared/first-issue'
import { blockNames } from '@shared/language'
import { MIB } from '@shared/units'
import { typed } from '@node/command-line'
import { isMissing, readWhole } from '@node/read-file'
import { writeFileWhole } from '@node/whole-file'
import { elementCount } from '@shared/element-count'
import type { NamedArray } from '../../networks/weights'
import { PRIOR } from './classifier'
import {
  CARD_FILE,
  MODEL_FILE,
  modelFileSchema,
  vocabularyIdentity,
  WEIGHTS_FILE,
  type ModelDescription,
  type ModelFile,
} from './model-file'

export interface Checkpoint {
  readonly model: ModelFile
  readonly card: string
  readonly arrays: readonly NamedArray[]
}

/** The paper's model.json has 13 kB, its card 5 kB; 128 million parameters are a hundred times the paper's. */
const MAX_BYTES = { model: 4 * MIB, card: 4 * MIB, weights: 512 * MIB } as const

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength)

/**
 * Writes the three files, each whole or not at all; model.json last, so that it never names weights that are not there.
 * @param folder may hold none of anybody else's: own-checkpoint.ts decides that
 * @returns SHA-256 of weights.bin
 */
export async function writeCheckpoint(
  folder: string,
  model: ModelDescription,
  card: string,
  arrays: readonly NamedArray[],
): Promise<string> {
  const content = Buffer.concat(arrays.map(({ values }) => bytesOf(values)))
  const sha256 = createHash('sha256').update(content).digest('hex')
  const file: ModelFile = {
    format: model.classifier.prior === true ? 'gptnas-proposer/2' : 'gptnas-proposer/1',
    preset: 'paper',
    ...model,
    vocabulary: vocabularyIdentity(),
    blocks: [...blockNames],
    weights: {
      file: WEIGHTS_FILE,
      sha256,
      sizeBytes: content.length,
      arrays: arrays.map(({ name, shape }) => ({ name, shape: [...shape] })),
    },
    card: { file: CARD_FILE, sha256: createHash('sha256').update(card).digest('hex') },
  }
  await writeFileWhole(join(folder, WEIGHTS_FILE), content)
  await writeFileWhole(join(folder, CARD_FILE), card)
  await writeFileWhole(join(folder, MODEL_FILE), `${JSON.stringify(file, null, 2)}\n`)
  return sha256
}

const trainAnother = (): string =>
  `Train one with "${typed('proposer train')}", or use the one that comes with the product.`

async function readModelFile(folder: string): Promise<ModelFile> {
  let text: string
  try {
    text = (await readWhole(join(folder, MODEL_FILE), { what: 'proposer', maxBytes: MAX_BYTES.model })).toString('utf8')
  } catch (cause) {
    if (!isMissing(cause)) throw cause
    throw new AppError(
      'not-found',
      `There is no proposer checkpoint in ${folder}: it has no model.json.`,
      trainAnother(),
      {
        cause,
      },
    )
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new AppError('invalid-input', `${join(folder, MODEL_FILE)} is not JSON.`, trainAnother(), { cause })
  }
  const parsed = modelFileSchema.safeParse(json)
  if (parsed.success) {
    const { format, classifier, weights } = parsed.data
    const isCounted = weights.arrays.some(({ name }) => name === PRIOR)
    if ((format === 'gptnas-proposer/2') === isCounted && (classifier.prior === true) === isCounted) return parsed.data
    throw new AppError(
      'invalid-input',
      `${join(folder, MODEL_FILE)} contradicts itself: ${format} ${isCounted ? 'and a table of counts' : 'without a table of counts'}, and a classifier ${classifier.prior === true ? 'with' : 'without'} one.`,
      trainAnother(),
    )
  }
  throw new AppError(
    'invalid-input',
    `${join(folder, MODEL_FILE)} is not a proposer of this version: ${firstIssue(parsed.error, 'file')}.`,
    trainAnother(),
  )
}

function refuseOtherLanguage({ vocabulary, blocks }: ModelFile, folder: string): void {
  const ours = vocabularyIdentity()
  if (vocabulary.name !== ours.name || vocabulary.size !== ours.size || vocabulary.sha256 !== ours.sha256)
    throw new AppError(
      'invalid-input',
      `The proposer in ${folder} was trained on the vocabulary ${vocabulary.name} (${vocabulary.size} tokens, ${vocabulary.sha256.slice(0, 12)}); this program has ${ours.name} (${ours.size} tokens, ${ours.sha256.slice(0, 12)}).`,
      trainAnother(),
    )
  if (blocks.join() !== blockNames.join())
    throw new AppError(
      'invalid-input',
      `The proposer in ${folder} knows the blocks ${blocks.join(', ')}; this program has ${blockNames.join(', ')}.`,
      trainAnother(),
    )
}

/** @throws AppError `not-found` without model.json, `invalid-input` for another vocabulary or a file that is not what model.json says. */
export async function readCheckpoint(folder: string): Promise<Checkpoint> {
  const model = await readModelFile(folder)
  refuseOtherLanguage(model, folder)
  const damaged = (why: string, cause?: unknown): AppError =>
    new AppError('invalid-input', `The proposer in ${folder} is damaged: ${why}.`, trainAnother(), { cause })
  const read = async (name: string, maxBytes: number): Promise<Buffer> => {
    try {
      return await readWhole(join(folder, name), { what: 'file of a proposer', maxBytes })
    } catch (cause) {
      if (!(cause instanceof AppError)) throw cause
      throw damaged(`${name} cannot be read (${cause.message.replace(/\.$/, '')})`, cause)
    }
  }
  const [content, card] = [await read(model.weights.file, MAX_BYTES.weights), await read(CARD_FILE, MAX_BYTES.card)]
  const sha256 = createHash('sha256').update(content).digest('hex')
  if (sha256 !== model.weights.sha256)
    throw damaged(`weights.bin has SHA-256 ${sha256}, model.json names ${model.weights.sha256}`)
  const expected = model.weights.arrays.reduce((sum, { shape }) => sum + elementCount(shape) * 4, 0)
  if (expected !== content.length) throw damaged(`weights.bin has ${content.length} bytes, its arrays need ${expected}`)
  let offset = 0
  const arrays = model.weights.arrays.map(({ name, shape }): NamedArray => {
    // A copy, because a view would need an offset that is a multiple of four inside Node's pooled buffer.
    const values = new Float32Array(elementCount(shape))
    bytesOf(values).set(content.subarray(offset, offset + values.byteLength))
    offset += values.byteLength
    return { name, shape, values }
  })
  return { model, card: card.toString('utf8'), arrays }
}
