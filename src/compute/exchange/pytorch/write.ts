// A trained network as PyTorch source with its weights as safetensors, and how to use the two.
import type { ExportContent, ExportSource } from '../format'
import { writePython } from '../python-source/write'
import { pyTorchSource } from './source'
import { moduleText } from './template'

/** @throws AppError `invalid-architecture`, `invalid-input` (weights of another network), `storage-failed` */
export const writePyTorch = (source: ExportSource): Promise<ExportContent> =>
  writePython(source, {
    title: 'PyTorch source',
    layout: 'nchw',
    prefix: 'network.',
    tag: 'pt',
    source: pyTorchSource,
    moduleText: ({ text, ...facts }) => moduleText({ classes: text, ...facts }),
  })
