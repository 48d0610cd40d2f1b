// Files that hold no network which can be read here: what they are, as far as their name or their beginning says, and what to bring
// instead.
import path from 'node:path'
import { AppError } from '@shared/errors'
import { field, textAt } from '@shared/exchange/imported/json'

/** What can be named wherever a network is expected. */
export const NETWORK_HELP =
  'a .gptnas.json file, an export or its folder, an .onnx, .keras, .h5, .json (Keras, tfjs) or .nnp file'
const EXPECTED = `${NETWORK_HELP[0]?.toUpperCase() ?? ''}${NETWORK_HELP.slice(1)} was expected.`

interface Elsewhere {
  readonly names: RegExp
  /** Completes "This is". */
  readonly what: string
  readonly fix: string
}

/** By the name; the formats whose files people have and that are no network by themselves, or only with the program that made them. */
const ELSEWHERE: readonly Elsewhere[] = [
  {
    names: /\.(pt|pth|ckpt|pkl)$/i,
    what: 'a file of PyTorch or of Python, which only the program that wrote it can run',
    fix: 'Write the network with torch.onnx.export, and import that file.',
  },
  {
    names: /\.tflite$/i,
    what: 'a TensorFlow Lite model',
    fix: 'Import the Keras model that it was converted from, or convert it to ONNX with tf2onnx.',
  },
  {
    names: /\.pb$/i,
    what: 'a TensorFlow graph',
    fix: 'Save the model with model.save("model.keras"), or convert it to ONNX with tf2onnx, and import that file.',
  },
  {
    names: /\.(safetensors|npz|npy)$/i,
    what: 'a file of values without the layers they belong to',
    fix: 'Import the whole model: ONNX, or what model.save of Keras writes.',
  },
]
const [TORCH, LITE, GRAPH] = ELSEWHERE as readonly [Elsewhere, Elsewhere, Elsewhere]

const refused = ({ what, fix }: Pick<Elsewhere, 'what' | 'fix'>): AppError =>
  new AppError('invalid-input', `This is ${what}.`, fix)

/** @param head the first bytes @returns undefined where neither name nor beginning tells */
export function elsewhereOf(file: string, head: Buffer): AppError | undefined {
  if (head.toString('latin1', 4, 8) === 'TFL3') return refused(LITE)
  const found = ELSEWHERE.find(({ names }) => names.test(path.basename(file)))
  return found && refused(found)
}

/** What is neither called JSON or SVG nor begins as one; text of 16 bits begins with a mark. */
export function bytesWithoutNetwork(file: string, head: Buffer): AppError | undefined {
  if (/\.(json|svg)$/i.test(file) || /^(\xff\xfe|\xfe\xff|(\xef\xbb\xbf)?\s*[{<])/.test(head.toString('latin1')))
    return undefined
  return new AppError('invalid-input', 'This file holds no network that can be read here.', EXPECTED)
}

/** Where a folder is TensorFlow's. */
export const SAVED_MODEL = 'saved_model.pb'
export const savedModel = (): AppError => refused({ ...GRAPH, what: 'a SavedModel of TensorFlow' })

/** @param names of its entries */
export function zipWithoutNetwork(names: readonly string[]): AppError {
  // torch.save writes a zip of its own.
  if (names.some((name) => /(^|\/)data\.pkl$/.test(name))) return refused(TORCH)
  return new AppError('invalid-input', 'This zip holds neither a config.json of Keras nor a .nntxt of NNP.', EXPECTED)
}

/**
 * @param json of a file that no reader of other programs took
 * @returns undefined for what may be a design or an export of ours: its reader says best what is wrong with it
 */
export function jsonWithoutNetwork(json: unknown): AppError | undefined {
  const isOurs =
    textAt(json, 'format')?.startsWith('gptnas-') === true ||
    ['records', 'architecture', 'userDefinedMetadata'].some((name) => field(json, name) !== undefined)
  if (json === undefined || isOurs) return undefined
  const genotype = textAt(json, 'space') !== undefined
  return new AppError(
    'invalid-input',
    genotype
      ? 'This is a genotype of a search space, which is a network only within a run of that space.'
      : 'This JSON holds no network: it is neither a design or an export of the workbench nor a model of Keras or tfjs.',
    genotype ? 'Put it into a run.' : EXPECTED,
  )
}
