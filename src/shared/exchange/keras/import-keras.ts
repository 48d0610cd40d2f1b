// A network of ours from a Keras model, as Keras itself and tfjs write it. Every layer that is none here is told with its place; for
// looking at the rest, each becomes an identity.
import type { MapShape } from '../../architecture/layer'
import {
  endedGraph,
  importedNetwork,
  nothingRead,
  scalingOf,
  type ImportedNetwork,
  type ImportProblem,
  type ReadNetwork,
} from '../imported/imported-network'
import { NoLayer } from '../imported/network-builder'
import { kerasGraph, type KerasCall, type KerasGraph } from './keras-graph'
import { KerasImporter } from './keras-importer'
import { KERAS_LAYERS } from './keras-layers'
import type { KerasValues } from './keras-values'

/** The image or the features that go in, or why there are none. */
function inputOf({ inputs }: KerasGraph): MapShape | readonly [number] | string {
  const [input, ...others] = inputs
  if (input === undefined || others.length > 0) return `it has ${inputs.length} inputs, and a network here has one`
  const [, ...sides] = input.shape
  const known = sides.filter(
    (side): side is number => typeof side === 'number' && Number.isSafeInteger(side) && side > 0,
  )
  const [a, b, c] = known
  if (known.length === sides.length && a !== undefined) {
    if (known.length === 1) return [a]
    if (known.length === 3 && b !== undefined && c !== undefined) return [a, b, c]
  }
  return `its input has the axes [${input.shape.slice(0, 8).map(String).join(', ')}]; known sizes of an image were expected behind the batch`
}

function readCall(importer: KerasImporter, call: KerasCall, problems: ImportProblem[]): void {
  const before = importer.nodes.length
  try {
    const read = KERAS_LAYERS.get(call.className)
    if (read === undefined) throw new NoLayer('there is no layer for this class')
    importer.give(call.output, read(importer, call))
  } catch (thrown) {
    if (!(thrown instanceof NoLayer)) throw thrown
    problems.push({ place: call.path.join('/'), operator: call.className, reason: thrown.message })
    importer.forget(before)
    // The rest can still be looked at: what cannot be read passes its first value on.
    const first = call.inputs.map((name) => importer.find(name)).find((value) => value !== undefined)
    if (first === undefined) return
    const { isFlat } = first
    const passed = importer.add(call.path.join('.'), 'identity', {}, [{ id: first.id, shape: first.shape }])
    importer.give(call.output, { ...passed, ...(isFlat === true && { isFlat: true }) })
  }
}

/** @param kerasVersion the first number of it: 2 for tfjs, whose layers are those of Keras 2 */
export function importKeras(source: KerasGraph, values: KerasValues, kerasVersion: number): ReadNetwork {
  const input = inputOf(source)
  if (typeof input === 'string') return nothingRead({ place: 'the model', operator: 'input', reason: input })
  const problems: ImportProblem[] = []
  const importer = new KerasImporter(source, values, kerasVersion, input)
  const [first] = source.inputs
  if (first !== undefined) importer.give(first.value, { id: 'input', shape: input })
  const shared = new Set<string>()
  for (const call of source.calls) {
    readCall(importer, call, problems)
    const place = call.path.join('/')
    if (shared.has(place) && (call.className === 'Dense' || call.className.includes('Conv')))
      importer.notes.add('A layer that the file uses twice is two layers here, with the same values.')
    shared.add(place)
  }
  if (source.outputs.length > 1)
    importer.notes.add(`The file has ${source.outputs.length} outputs; the network here ends with the first.`)
  const [wanted] = source.outputs
  const output = importer.find(wanted)
  if (output === undefined)
    problems.push({ place: wanted ?? 'the model', operator: 'output', reason: 'nothing that was read leads to it' })
  const ended = output && importer.features('scores', output)
  const graph = endedGraph(importer, ended?.id ?? 'input')
  return {
    graph,
    problems,
    notes: [...importer.notes],
    arrays: importer.arrays,
    budget: importer.budget,
    scaling: scalingOf(importer, problems),
  }
}

/**
 * @param json the model's configuration
 * @param name of the design
 * @throws AppError `invalid-input` for what is no model, `invalid-architecture` where no network can be made of it
 */
export function designFromKeras(
  json: unknown,
  name: string,
  values: KerasValues,
  kerasVersion: number,
): ImportedNetwork {
  return importedNetwork(importKeras(kerasGraph(json), values, kerasVersion), name, 'a Keras model')
}
