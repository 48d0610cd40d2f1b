// What an export format is: files made of an architecture, and how they are run again. formats.ts lists those there are.
import type { LayerGraph } from '@shared/architecture/layer'
import type { ExportedPrediction, PredictionInputs } from '@shared/contract/compute'
import type { Latency } from '@shared/contract/latency'
import type { ExportOptions } from '@shared/exchange/formats'
import type { Calibration } from './calibration'

export interface ExportSource {
  readonly graph: LayerGraph
  /** The architecture document the graph was spelled out from, as JSON. */
  readonly document: unknown
  /** Weights file of a trial; null for formats that hold no trained values. */
  readonly weights: string | null
  /** What the format lets choose, as its schema in shared/exchange/formats.ts reads it; default: nothing chosen. */
  readonly options?: ExportOptions
  /** Images that ranges of values are taken of, for what rounds them; never of the test split. */
  readonly calibration?: Calibration | null
  /** Classes, provenance: for formats that keep it in the file itself. */
  readonly metadata?: Readonly<Record<string, unknown>>
}

export interface ExportContent {
  readonly files: readonly { readonly name: string; readonly content: Buffer }[]
  /** What only this format knows of its files: joins the export's metadata. */
  readonly metadata: Readonly<Record<string, unknown>>
}

export interface PredictionJob extends PredictionInputs {
  /** Of an export. */
  readonly folder: string
}

/** What an export answers, what ran it, and how long one image took there. */
export type RunPrediction = ExportedPrediction & { readonly runtime: string; readonly latency: Latency }

export interface ValuesJob {
  /** Of an export. */
  readonly folder: string
  /** One image, raw, `[height, width, channels]`. */
  readonly pixels: Uint8Array
  readonly shape: readonly [number, number, number]
  /** Ids of the network's nodes. */
  readonly nodes: readonly string[]
}

export interface Format {
  /** Makes the files; nothing is written yet. @throws AppError `invalid-architecture`, `invalid-input`, `storage-failed` */
  write(source: ExportSource): Promise<ExportContent>
  /** Runs written files in a runtime that has nothing of ours; null where there is nothing to run. @throws AppError `not-found`, `dataset-damaged` */
  readonly predict: ((job: PredictionJob) => Promise<RunPrediction>) | null
  /**
   * The values of the nodes in that runtime, `[height, width, channels]` or `[features]`; those that the files do not have as a value
   * of its own are left out. Null as `predict`.
   */
  readonly values: ((job: ValuesJob) => Promise<ReadonlyMap<string, Float32Array>>) | null
}
