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

/** Blocks of the sample: stages of widths 16, 32, 64 as the CIFAR networks of He et al. 2016, section 4.2. */
const SAMPLE_STAGES = [
  { block: 'resnet-basic', width: 16, count: 3 },
  { block: 'resnet-basic', width: 32, count: 3 },
  // Bottlenecks keep the whole below the 40 million multiply-accumulates that a search allows by default.
  { block: 'resnet-bottleneck', width: 64, count: 4 },
]

/** A residual network for 32x32 images: a chain of the block chain space at its default limits. */
export function sampleNetworkDocument(name: string, classes = 10): ArchitectureDocument {
  return chainDocument({
    name,
    inputShape: [32, 32, 3],
    classes,
    stem: cifarStem(16),
    blocks: SAMPLE_STAGES.flatMap(({ block, width, count }, stage) =>
      Array.from({ length: count }, (_, index) => ({
        block,
        parameters: { width, stride: stage > 0 && index === 0 ? 2 : 1 },
      })),
    ),
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
