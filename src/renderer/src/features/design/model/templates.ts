// What a new design starts from, and names that are still free.
import {
  addNode,
  addedNodeIds,
  applyDiff,
  chainDocument,
  cifarStem,
  classifierHead,
  connect,
  newBlockDocument,
  newNetworkDocument,
  removeNodes,
  renameDocument,
  setParameter,
  type ArchitectureDocument,
  type DocumentDiff,
} from '@shared/architecture/document'

export { newBlockDocument, newNetworkDocument }

/** An input and an output, nothing between. */
export function emptyBlockDocument(name: string): ArchitectureDocument {
  const document = newBlockDocument(name)
  return applyDiff(document, removeNodes(document, ['conv2d-1', 'batch-norm-1', 'relu-1']))
}

/** The basic block of ResNet (He et al. 2016, figure 5 left) at stride 1: two 3x3 convolutions and the way around them. */
export function residualBlockDocument(name: string): ArchitectureDocument {
  let document = newBlockDocument(name)
  const apply = (diff: DocumentDiff): string => {
    document = applyDiff(document, diff)
    return addedNodeIds(diff)[0] ?? ''
  }
  // A residual sum needs what enters and what leaves at one size, so the width alone follows the surroundings.
  apply(setParameter(document, 'conv2d-1', 'stride', undefined))
  const convolution = { kind: 'conv2d', parameters: { channels: { bind: 'width' } } } as const
  const second = apply(addNode(document, convolution, { after: 'relu-1' }))
  const norm = apply(addNode(document, { kind: 'batch-norm' }, { after: second }))
  const sum = apply(addNode(document, { kind: 'add' }, { after: norm }))
  apply(addNode(document, { kind: 'relu' }, { after: sum }))
  apply(connect(document, 'input', sum))
  return withWidthOfInput(document)
}

/** Default width equal to the example input's channels, without a stride parameter that nothing follows. */
function withWidthOfInput(document: ArchitectureDocument): ArchitectureDocument {
  const meta = document.records.meta
  if (meta?.type !== 'meta' || meta.kind !== 'block') return document
  const { stride: _stride, ...parameters } = meta.parameters
  return { ...document, records: { ...document.records, meta: { ...meta, parameters } } }
}

/**
 * A residual network for 32x32 images, in the block chain space with its default limits: three stages of widths 16, 32, 64
 * as the CIFAR networks of He et al. 2016, section 4.2.
 */
export function sampleNetworkDocument(name: string, classes = 10): ArchitectureDocument {
  const widths = [16, 16, 16, 16, 32, 32, 32, 64, 64, 64]
  return chainDocument({
    name,
    inputShape: [32, 32, 3],
    classes,
    stem: cifarStem(16),
    blocks: widths.map((width, index) => ({
      block: 'resnet-basic',
      parameters: { width, stride: width === (widths[index - 1] ?? width) ? 1 : 2 },
    })),
    head: classifierHead(),
  })
}

/** `name`, else `name-2`, `name-3`: the first that `taken` does not have. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name
  let number = 2
  while (taken.has(`${name}-${number}`)) number++
  return `${name}-${number}`
}

/** The same document under another name. */
export function renamed(document: ArchitectureDocument, name: string): ArchitectureDocument {
  return applyDiff(document, renameDocument(document, name))
}
