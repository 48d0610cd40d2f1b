// The ways out that are measured: which format, with which options, and who runs what was written.
import type { ExportFormat, ExportOptions } from '../../src/shared/exchange/formats'
import type { Library } from './python'

export interface Way {
  readonly title: string
  readonly format: ExportFormat
  readonly options: ExportOptions
  /** Python's library that runs it; absent: a Node process of its own (runtime.ts). */
  readonly library?: Library
}

export const WAYS: readonly Way[] = [
  { title: 'tfjs layers', format: 'tfjs', options: {} },
  { title: 'tfjs graph', format: 'tfjs-graph', options: {} },
  { title: 'SavedModel', format: 'saved-model', options: {} },
  { title: 'ONNX', format: 'onnx', options: {} },
  { title: 'ONNX fused, NHWC', format: 'onnx', options: { fuseBatchNorm: true, inputLayout: 'nhwc' } },
  { title: 'Keras source', format: 'keras', options: {}, library: 'keras' },
  { title: 'PyTorch source', format: 'pytorch', options: {}, library: 'torch' },
]

/** In tfjs's own CPU backend, plain JavaScript, a network takes minutes for a picture of 224 pixels; tfjs on wasm does not. */
export const PLAIN_SIDE = 32
/** What the networks of the zoo were made for. */
export const FULL_SIDE = 224

export const isTfjs = ({ format }: Pick<Way, 'format'>): boolean => format === 'tfjs' || format === 'tfjs-graph'
