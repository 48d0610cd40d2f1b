// The forms in which a network can leave the product. How each is written and run again is compute/exchange/formats.ts's; the
// database and the contract take whatever is named here.
import { z } from 'zod'

export interface ExportFormatFacts {
  /** Completes "Writes ...", for messages and help. */
  readonly title: string
  /** It holds trained values: only a trial that has some can be written in it, and its proof says whether they compute the same. */
  readonly isTrained: boolean
}

export const EXPORT_FORMATS = {
  tfjs: { title: 'a tfjs layers model', isTrained: true },
  'architecture-json': { title: 'the architecture as JSON', isTrained: false },
} as const satisfies Record<string, ExportFormatFacts>

export type ExportFormat = keyof typeof EXPORT_FORMATS
export const EXPORT_FORMAT_NAMES = Object.keys(EXPORT_FORMATS) as [ExportFormat, ...ExportFormat[]]
export const exportFormatSchema = z.enum(EXPORT_FORMAT_NAMES)
export const DEFAULT_EXPORT_FORMAT: ExportFormat = 'tfjs'

export const exportFormatFacts = (format: ExportFormat): ExportFormatFacts => EXPORT_FORMATS[format]
