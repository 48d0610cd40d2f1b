// Everything the user can do to an open design, each as one undoable step; throws AppError where the document refuses.
// Menus, keys, canvas, outline and inspector all end here.
import type { BlockLibrary } from '@shared/architecture/block'
import type { Fix } from '@shared/architecture/checks'
import {
  OUTPUT_NODE_ID,
  addNode,
  addedNodeIds,
  connect as connectNodes,
  disconnect,
  diffDocuments,
  duplicate as duplicateNodes,
  graphOf,
  groupIntoBlock,
  isInnerNode,
  moveNodes,
  paste as pasteClipboard,
  removeAndHeal,
  removeNodes,
  renameDocument,
  renameNode,
  setParameters,
  ungroup as ungroupNode,
  type ArchitectureDocument,
  type Clipboard,
  type DocumentDiff,
  type DocumentValue,
  type NewNode,
  type Place,
  type Position,
} from '@shared/architecture/document'
import { fittingParameters } from '../model/fitting-parameters'
import type { Build, OpenDesign } from './open-design'

/** Where a new node goes when nothing says so: into the selected connection, behind the selected node, in front of the output. */
export function defaultPlace(design: OpenDesign): Place | undefined {
  const { document, primary, selectedEdges } = design
  if (primary !== undefined && primary !== OUTPUT_NODE_ID) return { after: primary }
  if (selectedEdges[0] !== undefined) return { edge: selectedEdges[0] }
  const last = graphOf(document).incoming(OUTPUT_NODE_ID)[0]
  return last ? { edge: last.id } : undefined
}

/** Adds and selects a node; a free one (`place` null) stands at `position`. Returns its id. */
export function add(
  design: OpenDesign,
  library: BlockLibrary,
  node: NewNode,
  place: Place | null = defaultPlace(design) ?? null,
  position?: Position,
): string {
  let id = ''
  design.step('add', (apply) => {
    const diff = apply((document) => {
      const parameters = { ...fittingParameters(document, library, node, place ?? undefined), ...node.parameters }
      return addNode(document, { ...node, parameters, ...(position && { position }) }, place ?? undefined, library)
    })
    id = addedNodeIds(diff)[0] ?? ''
  })
  design.select([id])
  return id
}

/** Deletes what is selected, connections too; input and output stay. `heal` joins what the nodes stood between. */
export function removeSelection(design: OpenDesign, heal: boolean): number {
  const nodes = innerSelection(design)
  const edges = design.selectedEdges
  const count = nodes.length + edges.length
  if (count === 0) return 0
  const next = heal ? graphOf(design.document).incoming(nodes[0] ?? '')[0]?.from : undefined
  design.step(
    heal ? 'heal' : 'remove',
    (apply) => {
      for (const id of edges) apply((document) => disconnect(document, id))
      if (nodes.length > 0) apply((document) => (heal ? removeAndHeal(document, nodes) : removeNodes(document, nodes)))
    },
    count,
  )
  // Deleting one after the other from the keyboard needs a place to go on from.
  if (next !== undefined) design.select([next])
  return count
}

export function connect(design: OpenDesign, from: string, to: string, slot?: number): void {
  design.step('connect', (apply) => apply((document) => connectNodes(document, from, to, slot)))
}

/** Hand-made places, by node id. */
export function move(design: OpenDesign, positions: Readonly<Record<string, Position>>): void {
  design.step('move', (apply) => apply((document) => moveNodes(document, positions)), Object.keys(positions).length)
}

/** Gives every node back to the automatic layout; false when all are there already. */
export function tidy(design: OpenDesign): boolean {
  const placed = [...graphOf(design.document).nodes.values()].filter((node) => node.position)
  if (placed.length === 0) return false
  design.step(
    'tidy',
    (apply) =>
      apply(() => ({
        added: {},
        removed: {},
        updated: Object.fromEntries(
          placed.map((node) => {
            const { position: _position, ...rest } = node
            return [node.id, [node, rest] as const]
          }),
        ),
      })),
    placed.length,
  )
  return true
}

/** Undefined returns a parameter to its default. Typing on in one field is one step. */
export function setParameter(
  design: OpenDesign,
  ids: readonly string[],
  name: string,
  value: DocumentValue | undefined,
): void {
  design.step(
    'parameter',
    (apply) => {
      for (const id of ids) apply((document) => setParameters(document, id, { [name]: value }))
    },
    ids.length,
    `parameter/${ids.join()}/${name}`,
  )
}

export function setLabel(design: OpenDesign, id: string, label: string): void {
  design.step('label', (apply) => apply((document) => renameNode(document, id, label)), 1, `label/${id}`)
}

export function rename(design: OpenDesign, name: string): void {
  design.step('rename', (apply) => apply((document) => renameDocument(document, name)), 1, 'rename')
}

/** One change of the document's own record: input shape, classes, help, declared parameters. */
export function setMeta(
  design: OpenDesign,
  name: 'input' | 'classes' | 'describe' | 'blockParameters',
  build: Build,
): void {
  design.step(name, (apply) => apply(build), 1, name)
}

export function paste(
  design: OpenDesign,
  library: BlockLibrary,
  clipboard: Clipboard,
  offset: Position,
): readonly string[] {
  return adding(design, 'paste', clipboard.nodes.length, (document) =>
    pasteClipboard(document, clipboard, offset, library),
  )
}

export function duplicate(design: OpenDesign, library: BlockLibrary): readonly string[] {
  const ids = innerSelection(design)
  if (ids.length === 0) return []
  return adding(design, 'duplicate', ids.length, (document) => duplicateNodes(document, ids, undefined, library))
}

/** The selection becomes a block of that name, and one node. */
export function group(design: OpenDesign, library: BlockLibrary, name: string): void {
  const ids = innerSelection(design)
  adding(design, 'group', ids.length, (document) => groupIntoBlock(document, ids, name, library))
}

/** A block becomes what it stands for. */
export function ungroup(design: OpenDesign, library: BlockLibrary, ids: readonly string[]): void {
  const builds = ids.map((id) => (document: ArchitectureDocument) => ungroupNode(document, id, library))
  adding(design, 'ungroup', ids.length, ...builds)
}

export function applyFix(design: OpenDesign, fix: Fix): void {
  design.step('fix', (apply) => apply(() => fix.diff))
}

/** Takes over a draft of an earlier session, as a step that can be undone. */
export function restoreDraft(design: OpenDesign, draft: ArchitectureDocument): void {
  design.step('restore', (apply) => apply((document) => diffDocuments(document, draft)))
}

/** Selected layers and blocks, without input and output. */
export function innerSelection(design: OpenDesign): string[] {
  const { nodes } = graphOf(design.document)
  return design.selectedNodes.filter((id) => {
    const node = nodes.get(id)
    return node !== undefined && isInnerNode(node)
  })
}

function adding(
  design: OpenDesign,
  name: 'paste' | 'duplicate' | 'group' | 'ungroup',
  count: number,
  ...builds: readonly ((document: ArchitectureDocument) => DocumentDiff)[]
): readonly string[] {
  let ids: readonly string[] = []
  design.step(name, (apply) => void (ids = builds.flatMap((build) => addedNodeIds(apply(build)))), count)
  design.select(ids)
  return ids
}
