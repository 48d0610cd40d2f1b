// Recognises equal architectures across runs: a hash of the layer graph that ignores node names, their order, the order of
// a sum's terms, identities and dead parts. Weisfeiler-Lehman colours on a DAG, refined from both ends, as the graph
// hash of NAS-Bench-101 does (Ying et al. 2019, section 2.2), with sweeps in topological order instead of rounds.
import { required } from '../../required'
import type { LayerGraph, ParameterValues } from '../layer'
import { INPUT_ID } from '../layer'
import { Hash128, hexOf } from './hash128'
import { simplifyGraph } from './simplify'

/** Inputs of these may be taken in any order without changing the result. */
const COMMUTATIVE: ReadonlySet<string> = new Set(['add', 'multiply'])

/**
 * Sweeps forward and back. One pair of sweeps tells a node everything before and behind it; the second tells it how those
 * are connected among each other (chosen by the authors: the property tests find nothing a third one separates).
 */
const SWEEPS = 2

/** Bumped when equal graphs would get another hash than before, because stored hashes are compared. */
const VERSION = 1

/**
 * 32 hexadecimal digits, equal for isomorphic graphs. Two different graphs with one hash are possible in theory only (a
 * Weisfeiler-Lehman tie or a 128-bit collision); a search would then reuse a fitness.
 * @throws AppError `invalid-architecture` for a kind the catalogue lacks or parameters out of range.
 */
export function canonicalHash(graph: LayerGraph): string {
  const { nodes, output, input } = simplifyGraph(graph)
  const count = nodes.length
  const index = new Map<string, number>([[INPUT_ID, count]])
  nodes.forEach((node, i) => index.set(node.id, i))
  const inputs = nodes.map((node) => node.inputs.map((id) => required(index, id, 'position')))
  const isCommutative = nodes.map((node) => COMMUTATIVE.has(node.kind))

  // Four words a node; the network's input is the last one.
  let colours = new Uint32Array((count + 1) * 4)
  nodes.forEach((node, i) => new Hash128().text(labelOf(node.kind, node.parameters)).finish(colours, i * 4))
  const start = new Hash128().text(INPUT_ID)
  for (const size of input) start.word(size)
  start.finish(colours, count * 4)

  /** `[consumer, slot]`; slot -1 where the order does not matter. */
  const consumers: [number, number][][] = Array.from({ length: count + 1 }, () => [])
  inputs.forEach((sources, i) =>
    sources.forEach((source, slot) => consumers[source]!.push([i, isCommutative[i] ? -1 : slot])),
  )
  const scratch = new Uint32Array(4)
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forward = colours.slice()
    for (let i = 0; i < count; i++) {
      const order = isCommutative[i] ? sorted(inputs[i]!, forward) : inputs[i]!
      const hash = new Hash128().hash(colours, i * 4)
      for (const source of order) hash.hash(forward, source * 4)
      hash.finish(forward, i * 4)
    }
    const backward = new Uint32Array(forward.length)
    for (let i = count; i >= 0; i--) {
      // The input is the last row but comes first in the order: it is done after its consumers.
      const node = i === 0 ? count : i - 1
      const parts = consumers[node]!.map(([consumer, slot]) => {
        new Hash128()
          .hash(backward, consumer * 4)
          .word(slot)
          .finish(scratch, 0)
        return hexOf(scratch, 0)
      })
      const hash = new Hash128().hash(forward, node * 4).word(node === index.get(output) ? 1 : 0)
      for (const part of parts.sort()) hash.text(part)
      hash.finish(backward, node * 4)
    }
    colours = backward
  }
  const result = new Hash128().word(VERSION).hash(colours, required(index, output, 'position') * 4)
  for (const node of sorted([...colours.keys()].slice(0, count + 1), colours)) result.hash(colours, node * 4)
  result.finish(scratch, 0)
  return hexOf(scratch, 0)
}

function labelOf(kind: string, parameters: ParameterValues): string {
  let label = kind
  for (const name of Object.keys(parameters).sort()) label += `|${name}=${String(parameters[name])}`
  return label
}

/** Rows in the order of their four words. */
function sorted(rows: readonly number[], colours: Uint32Array): number[] {
  return [...rows].sort((a, b) => {
    for (let i = 0; i < 4; i++) {
      const difference = colours[a * 4 + i]! - colours[b * 4 + i]!
      if (difference !== 0) return difference
    }
    return 0
  })
}
