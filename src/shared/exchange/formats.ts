// The forms in which a network can leave the product. How each is written and run again is compute/exchange/formats.ts's; the
// database and the contract take whatever is named here.
import { z } from 'zod'
import { AppError } from '../errors'
import { firstIssue } from '../first-issue'
import { FLOAT16_CLOSENESS, FLOAT32_CLOSENESS, INT8_CLOSENESS, type Closeness } from './closeness'
import { onnxOptionsSchema } from './onnx/options'
import { pictureOptionsSchema } from './picture-options'
import { storedWeightsSchema, type WeightPrecision } from './weight-precision'

/** What was chosen, by the name of the option. */
export const exportOptionsSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
export type ExportOptions = Readonly<z.infer<typeof exportOptionsSchema>>

export interface ExportFormatFacts {
  /** Completes "Writes ...", for messages and help. */
  readonly title: string
  /** It holds trained values: only a trial that has some can be written in it, and its proof says whether they compute the same. */
  readonly isTrained: boolean
  /** Its files can be run in the proof process, and are unless nobody asks for it. */
  readonly isProvable: boolean
  /** What can be chosen, each with a default. */
  readonly options: z.ZodType<ExportOptions, Partial<ExportOptions>>
  /** How near its outputs are to ours, by what was chosen; absent: as float32 sums in another order are. */
  readonly closeness?: (options: ExportOptions) => Closeness
  /** Its kernels are rounded, and its outputs compared with those of the network rounded alike; absent: they are not. */
  readonly storedAs?: (options: ExportOptions) => WeightPrecision
}

const NO_OPTIONS = z.strictObject({})

const STORED = {
  options: storedWeightsSchema,
  storedAs: (options: ExportOptions) => storedWeightsSchema.parse(options).weights,
} as const

export const EXPORT_FORMATS = {
  tfjs: { title: 'a tfjs layers model', isTrained: true, isProvable: true, ...STORED },
  'tfjs-graph': { title: 'a tfjs graph model', isTrained: true, isProvable: true, ...STORED },
  'saved-model': { title: 'a TensorFlow SavedModel', isTrained: true, isProvable: true, options: NO_OPTIONS },
  onnx: {
    title: 'an ONNX model',
    isTrained: true,
    isProvable: true,
    options: onnxOptionsSchema,
    closeness: ({ precision }) =>
      precision === 'int8' ? INT8_CLOSENESS : precision === 'float16' ? FLOAT16_CLOSENESS : FLOAT32_CLOSENESS,
  },
  pytorch: { title: 'PyTorch source with its weights', isTrained: true, isProvable: false, options: NO_OPTIONS },
  keras: { title: 'Keras source with its weights', isTrained: true, isProvable: false, options: NO_OPTIONS },
  svg: { title: 'a picture of the architecture', isTrained: false, isProvable: false, options: pictureOptionsSchema },
  'architecture-json': { title: 'the architecture as JSON', isTrained: false, isProvable: false, options: NO_OPTIONS },
} as const satisfies Record<string, ExportFormatFacts>

export type ExportFormat = keyof typeof EXPORT_FORMATS
export const EXPORT_FORMAT_NAMES = Object.keys(EXPORT_FORMATS) as [ExportFormat, ...ExportFormat[]]
export const exportFormatSchema = z.enum(EXPORT_FORMAT_NAMES)
export const DEFAULT_EXPORT_FORMAT: ExportFormat = 'tfjs'

export const exportFormatFacts = (format: ExportFormat): ExportFormatFacts => EXPORT_FORMATS[format]

/**
 * The options of a format, each with a value.
 * @param wish what was chosen; the rest takes its default
 * @throws AppError `invalid-input` for an option that the format does not have, or a value that it cannot take
 */
export function exportOptions(format: ExportFormat, wish: Partial<ExportOptions>): ExportOptions {
  const { options, title } = exportFormatFacts(format)
  const parsed = options.safeParse(wish)
  if (parsed.success) return parsed.data
  const known = Object.keys(options.parse({}))
  throw new AppError(
    'invalid-input',
    `The options of an export as ${title} cannot be used. ${firstIssue(parsed.error, 'options')}.`,
    known.length === 0 ? 'This format has no options.' : `Its options are ${known.join(', ')}.`,
  )
}
