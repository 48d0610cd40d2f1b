// The documents a new design starts from: small, valid, trainable.
import type { ParameterSpecs, TensorShape } from '../layer'
import { MAX_CHANNELS } from '../catalogue/parameter-specs'
import { chainDocument, cifarStem, classifierHead } from './chain'
import type { ArchitectureDocument, DocumentRecord } from './records'
import { DOCUMENT_FORMAT, INPUT_NODE_ID, META_ID, OUTPUT_NODE_ID } from './records'

/** What every block of a chain can be asked for; `width` is the number of output channels. */
export function blockParameterSpecs(width = 64): ParameterSpecs {
  return {
    width: { type: 'integer', min: 1, max: MAX_CHANNELS, default: width, title: 'Width', help: 'Output channels.' },
    stride: { type: 'integer', min: 1, max: 2, default: 1, title: 'Stride', help: '2 halves height and width.' },
  }
}

/** Stem and head only: the user puts blocks between them. */
export function newNetworkDocument(
  name: string,
  inputShape: TensorShape = [32, 32, 3],
  classes = 10,
): ArchitectureDocument {
  // 16 channels: the CIFAR networks of the ResNet paper (He et al. 2016, section 4.2) start with them.
  return chainDocument({ name, inputShape, classes, stem: cifarStem(16), blocks: [], head: classifierHead() })
}

/** Convolution, batch norm, ReLU that follow the block's `width` and `stride`. */
export function newBlockDocument(name: string): ArchitectureDocument {
  const records: DocumentRecord[] = [
    { id: META_ID, type: 'meta', kind: 'block', name, input: [32, 32, 64], parameters: blockParameterSpecs() },
    { id: INPUT_NODE_ID, type: 'input' },
    {
      id: 'conv2d-1',
      type: 'layer',
      kind: 'conv2d',
      parameters: { channels: { bind: 'width' }, kernel: [3, 3], stride: { bind: 'stride' } },
    },
    { id: 'batch-norm-1', type: 'layer', kind: 'batch-norm', parameters: {} },
    { id: 'relu-1', type: 'layer', kind: 'relu', parameters: {} },
    { id: OUTPUT_NODE_ID, type: 'output' },
    { id: 'edge-1', type: 'edge', from: INPUT_NODE_ID, to: 'conv2d-1', slot: 0 },
    { id: 'edge-2', type: 'edge', from: 'conv2d-1', to: 'batch-norm-1', slot: 0 },
    { id: 'edge-3', type: 'edge', from: 'batch-norm-1', to: 'relu-1', slot: 0 },
    { id: 'edge-4', type: 'edge', from: 'relu-1', to: OUTPUT_NODE_ID, slot: 0 },
  ]
  return { format: DOCUMENT_FORMAT, records: Object.fromEntries(records.map((record) => [record.id, record])) }
}
