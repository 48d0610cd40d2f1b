// Every export format: how it is written, and how what was written is run again without our kernels. Each part is loaded when it
// is first asked for, because the proof process may load nothing native and a compute needs no second runtime.
import { createRequire } from 'node:module'
import type * as PlainTensorFlow from '@tensorflow/tfjs'
import type { ExportFormat } from '@shared/exchange/formats'
import type { Format } from './format'

/** By `require`: `import()` of what the build leaves outside finds nothing inside the archive of a package (Electron 22). */
const plainTensorFlow = (): typeof PlainTensorFlow =>
  createRequire(import.meta.url)('@tensorflow/tfjs') as typeof PlainTensorFlow

export const FORMATS: Readonly<Record<ExportFormat, Format>> = {
  tfjs: {
    write: async (source) => (await import('./tfjs-layers/write')).writeTfjsLayers(source),
    predict: async (job) => {
      const { predictTfjsLayers } = await import('./tfjs-layers/predict')
      return predictTfjsLayers(plainTensorFlow(), job)
    },
    values: async (job) => {
      const { tfjsLayersValues } = await import('./tfjs-layers/values')
      return tfjsLayersValues(plainTensorFlow(), job)
    },
  },
  'tfjs-graph': {
    write: async (source) => (await import('./tfjs-graph/write')).writeTfjsGraph(source),
    predict: async (job) => (await import('./tfjs-graph/predict')).predictTfjsGraph(plainTensorFlow(), job),
    values: async (job) => (await import('./tfjs-graph/predict')).tfjsGraphValues(plainTensorFlow(), job),
  },
  'saved-model': {
    write: async (source) => (await import('./saved-model/write')).writeSavedModel(source),
    predict: async (job) => (await import('./saved-model/predict')).predictSavedModel(job),
    values: async (job) => (await import('./saved-model/predict')).savedModelValues(job),
  },
  onnx: {
    write: async (source) => (await import('./onnx/write')).writeOnnx(source),
    predict: async (job) => (await import('./onnx/predict')).predictOnnx(job),
    values: async (job) => (await import('./onnx/values')).onnxValues(job),
  },
  pytorch: {
    write: async (source) => (await import('./pytorch/write')).writePyTorch(source),
    predict: null,
    values: null,
  },
  keras: {
    write: async (source) => (await import('./keras/write')).writeKeras(source),
    predict: null,
    values: null,
  },
  svg: {
    write: async (source) => (await import('./svg/write')).writeSvg(source),
    predict: null,
    values: null,
  },
  'architecture-json': {
    write: async (source) => (await import('./architecture-json/write')).writeArchitectureJson(source),
    predict: null,
    values: null,
  },
}
