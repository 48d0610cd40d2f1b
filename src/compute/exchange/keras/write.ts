// A trained network as Keras source with its weights as safetensors, and how to use the two.
import type { ExportContent, ExportSource } from '../format'
import { writePython } from '../python-source/write'
import { kerasSource } from './source'
import { moduleText } from './template'

/** @throws AppError `invalid-architecture`, `invalid-input` (weights of another network), `storage-failed` */
export const writeKeras = (source: ExportSource): Promise<ExportContent> =>
  writePython(source, {
    title: 'Keras source',
    layout: 'nhwc',
    prefix: '',
    tag: 'np',
    source: kerasSource,
    moduleText: ({ text, ...facts }) => moduleText({ functions: text, ...facts }),
  })
