// Between chains and architecture documents: what the editor shows and compute builds, and whether a designed network
// can be expressed as a chain of this space, so that it can seed or join a search
// (docs/rules.md#designing-feeds-searching).
import type { BlockDefinition, BlockLibrary } from '../../architecture/block'
import { completeParameters, layerDefinition } from '../../architecture/catalogue'
import {
  cifarStem,
  classifierHead,
  graphOf,
  isOutdated,
  isUserBlock,
  metaOf,
  readChain,
  resolveParameters,
  scopeOf,
  type ArchitectureDocument,
  type ChainLayer,
  type LayerRecord,
} from '../../architecture/document'
import type { ChainContext } from './context'
import { WIDTH_RATIOS, chainGenotype, type ChainGene, type ChainGenotype } from './genotype'
import { isStep } from '../skeleton'
import { chainProblems, type Walker } from './walk'

/** @throws Error for a chain outside the space, whose sizes cannot be known. */
export function chainToDocument(genotype: ChainGenotype, name: string, walker: Walker): ArchitectureDocument {
  const { steps, problem } = walker.walk(genotype.blocks)
  if (problem !== undefined) throw new Error(`block ${problem.position + 1} of the chain: ${problem.reason}`)
  return walker.document(
    name,
    genotype.blocks.map(({ block }, i) => ({ block, parameters: steps[i]!.parameters })),
  )
}

/** Whether a part of a document is the space's own stem or head, defaults spelled out on both sides. */
function isSamePart(found: readonly LayerRecord[], expected: readonly ChainLayer[], classes: number): boolean {
  const text = (kind: string, parameters: LayerRecord['parameters']): string => {
    const definition = layerDefinition(kind)
    const resolved = resolveParameters(definition.parameters, parameters, { classes }).values
    return kind + JSON.stringify(completeParameters(definition, resolved))
  }
  return (
    found.length === expected.length &&
    found.every(({ kind, parameters }, i) => {
      const other = expected[i]!
      return kind === other.kind && text(kind, parameters) === text(other.kind, other.parameters ?? {})
    })
  )
}

/** True where the document holds a block of that name which is not the library's. */
function isOtherBlock(document: ArchitectureDocument, definition: BlockDefinition, library: BlockLibrary): boolean {
  if (!graphOf(document).definitions.has(definition.name)) return false
  return !isUserBlock(definition) || isOutdated(document, definition.name, library)
}

/** The chain that a designed network is, or why this space cannot express it. */
export function chainFromDocument(
  document: ArchitectureDocument,
  context: ChainContext,
  walker: Walker,
): { readonly genotype: ChainGenotype } | { readonly reason: string } {
  const meta = metaOf(document)
  if (meta.kind !== 'network') return { reason: 'it is a block, not a network' }
  if (meta.input.join() !== context.inputShape.join())
    return { reason: `it takes images of [${meta.input.join(', ')}], the space has [${context.inputShape.join(', ')}]` }
  if (meta.classes !== context.classes)
    return { reason: `it has ${meta.classes} classes, the space has ${context.classes}` }
  const chain = readChain(document)
  if ('reason' in chain) return { reason: `it is not a chain of blocks: ${chain.reason}` }
  const { stemWidth } = context.definition
  if (!isSamePart(chain.stem, cifarStem(stemWidth), meta.classes))
    return { reason: `its stem is not the space's: 3x3 convolution to ${stemWidth} channels, batch norm, ReLU` }
  if (!isSamePart(chain.head, classifierHead(), meta.classes))
    return { reason: "its head is not the space's: global average pooling, flatten, dense" }
  const genes: ChainGene[] = []
  let shape = walker.stem
  for (const { id, block, parameters } of chain.blocks) {
    const choice = context.choices.get(block)
    if (choice === undefined) return { reason: `block "${block}" (${id}) is not in the space` }
    if (isOtherBlock(document, choice.definition, context.library))
      return { reason: `block "${block}" (${id}) is another than the library's of that name` }
    const { values, problems } = resolveParameters(choice.definition.parameters, parameters, scopeOf(meta))
    if (problems[0] !== undefined) return { reason: `block ${id}: ${problems[0]}` }
    for (const [name, spec] of Object.entries(choice.definition.parameters))
      if (name !== 'width' && name !== 'stride' && JSON.stringify(values[name]) !== JSON.stringify(spec.default))
        return { reason: `block ${id} sets ${name}, which the space leaves at its default` }
    const ratio = choice.hasWidth ? Number(values.width) / shape[2] : 1
    const width = WIDTH_RATIOS.find((known) => known === ratio)
    if (width === undefined)
      return {
        reason: `block ${id} goes from ${shape[2]} to ${String(values.width)} channels; the space halves, keeps or doubles`,
      }
    const gene: ChainGene = { block, width, stride: choice.hasStride && values.stride === 2 ? 2 : 1 }
    const result = walker.step(shape, gene)
    if (!isStep(result)) return { reason: `block ${id}: ${result.reason}` }
    genes.push(gene)
    shape = result.output
  }
  const problems = chainProblems(genes, context, walker)
  return problems[0] === undefined ? { genotype: chainGenotype(genes) } : { reason: problems[0] }
}
