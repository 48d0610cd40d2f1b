// What reading one operator of ONNX is, and what several readers share.
import type { LayerKind } from '../../architecture/catalogue'
import { NoLayer } from '../imported/network-builder'
import { withoutPending, type GraphImporter, type Pending, type Value } from './importer'
import type { OnnxNode } from './read-graph'

/** Makes a layer of the operator, or the beginning of one. @throws NoLayer */
export type Read = (importer: GraphImporter, node: OnnxNode) => void

/** Float32 as programs write it. */
export const isNear = (a: number | undefined, b: number): boolean =>
  a !== undefined && Math.abs(a - b) <= 1e-4 * Math.abs(b)

export const gives = (importer: GraphImporter, node: OnnxNode, value: Value): void => {
  const [first] = node.outputs
  if (first !== undefined) importer.give(first, value)
}

/**
 * The numbers of an input that must be a constant.
 * @param what it is
 * @returns undefined where the operator does without it
 * @throws NoLayer where it is there and no constant
 */
export function given(
  importer: GraphImporter,
  node: OnnxNode,
  at: number,
  what: string,
): readonly number[] | undefined {
  const name = node.inputs[at] ?? ''
  if (name === '') return undefined
  const found = importer.constant(name)?.values
  if (found === undefined) throw new NoLayer(`its ${what} is no constant`)
  return found
}

/** A kind without parameters. */
export const simple =
  (kind: LayerKind): Read =>
  (importer, node) =>
    gives(importer, node, importer.layer(node, kind, {}, [importer.plain(node.inputs[0])]))

/** The value is the next step of a form. */
export const step = (importer: GraphImporter, node: OnnxNode, value: Value, pending: Pending): void =>
  gives(importer, node, { ...withoutPending(value), pending })
