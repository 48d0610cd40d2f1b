// Changing what is there: parameters, names, places, input shape, classes, a block's declared parameters. Values are
// stored as given; whether they are in range is said by checks/, beside the node and not by refusing what is typed.
import { AppError } from '../../../errors'
import type { ParameterSpecs, TensorShape } from '../../layer'
import type { DocumentDiff } from '../diff'
import { Draft } from '../draft'
import type { ArchitectureDocument, DocumentValue, MetaRecord, Position } from '../records'
import { metaOf } from '../graph'

/** Sets one parameter; undefined returns it to its default. @throws AppError `not-found`, `invalid-input` for terminals. */
export function setParameter(
  document: ArchitectureDocument,
  nodeId: string,
  name: string,
  value: DocumentValue | undefined,
): DocumentDiff {
  return setParameters(document, nodeId, { [name]: value })
}

/** Sets several parameters of one node in one diff. @throws as `setParameter`. */
export function setParameters(
  document: ArchitectureDocument,
  nodeId: string,
  values: Readonly<Record<string, DocumentValue | undefined>>,
): DocumentDiff {
  const draft = new Draft(document)
  const node = draft.innerNode(nodeId)
  const parameters: Record<string, DocumentValue> = { ...node.parameters }
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) delete parameters[name]
    else parameters[name] = value
  }
  draft.set({ ...node, parameters })
  return draft.diff()
}

/** The label shown instead of the kind; an empty one removes it. @throws AppError `not-found`. */
export function renameNode(document: ArchitectureDocument, nodeId: string, label: string): DocumentDiff {
  const draft = new Draft(document)
  const { label: _old, ...rest } = draft.node(nodeId)
  const trimmed = label.trim()
  draft.set(trimmed === '' ? rest : { ...rest, label: trimmed })
  return draft.diff()
}

/** New places by node id. @throws AppError `not-found`. */
export function moveNodes(document: ArchitectureDocument, positions: Readonly<Record<string, Position>>): DocumentDiff {
  const draft = new Draft(document)
  for (const [id, position] of Object.entries(positions)) draft.set({ ...draft.node(id), position })
  return draft.diff()
}

/** The name of the network or block. @throws AppError `invalid-input` when it is empty or, for a block, not kebab-case. */
export function renameDocument(document: ArchitectureDocument, name: string): DocumentDiff {
  const trimmed = name.trim()
  const meta = metaOf(document)
  if (trimmed === '') throw new AppError('invalid-input', 'A name must have at least one character.')
  if (meta.kind === 'block' && !isBlockName(trimmed))
    throw new AppError(
      'invalid-input',
      `A block's name is made of lower-case letters, digits and single dashes, received "${trimmed}".`,
      `Use for example "${blockNameFrom(trimmed)}".`,
    )
  return setMeta(document, (old) => ({ ...old, name: trimmed }))
}

/** `[height, width, channels]`: of a network's images, or the example input of a block. */
export function setInputShape(document: ArchitectureDocument, input: TensorShape): DocumentDiff {
  return setMeta(document, (meta) => ({ ...meta, input }))
}

/** @throws AppError `invalid-input` for a block, which has no classes. */
export function setClasses(document: ArchitectureDocument, classes: number): DocumentDiff {
  return setMeta(document, (meta) => {
    if (meta.kind === 'network') return { ...meta, classes }
    throw new AppError('invalid-input', `"${meta.name}" is a block and has no classes.`)
  })
}

/** What an instance of the block can be asked for. @throws AppError `invalid-input` for a network. */
export function setBlockParameters(document: ArchitectureDocument, parameters: ParameterSpecs): DocumentDiff {
  return setMeta(document, (meta) => {
    if (meta.kind === 'block') return { ...meta, parameters }
    throw new AppError('invalid-input', `"${meta.name}" is a network and declares no parameters.`)
  })
}

/** Title and help of a block, shown in the palette. @throws AppError `invalid-input` for a network. */
export function describeBlock(
  document: ArchitectureDocument,
  text: { readonly title?: string; readonly help?: string },
): DocumentDiff {
  return setMeta(document, (meta) => {
    if (meta.kind === 'block') return { ...meta, ...text }
    throw new AppError('invalid-input', `"${meta.name}" is a network, expected a block.`)
  })
}

export function isBlockName(name: string): boolean {
  return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)
}

/** The nearest legal name of a block: "My Block 2" becomes `my-block-2`, "Größe" `grosse`. */
export function blockNameFrom(text: string): string {
  const name = text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/ß/g, 'ss')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '')
  return name === '' ? 'block' : name
}

function setMeta(document: ArchitectureDocument, change: (meta: MetaRecord) => MetaRecord): DocumentDiff {
  const draft = new Draft(document)
  draft.set(change(draft.meta()))
  return draft.diff()
}
