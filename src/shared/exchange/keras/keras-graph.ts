// The calls of a Keras model's configuration in the order they can be computed: Sequential and Functional, of Keras 2, Keras 3 and tfjs,
// models within models spelled out. What a layer is here is keras-layers.ts's.
import { quoted } from '../../quoted'
import { inOrder, notAModel, type Reference, type Waiting } from './keras-order'
import { field, isObject, listAt, textAt, type Json } from '../imported/json'

/**
 * Layers, their calls and what these read, in all models within models. Far above any network that can be opened
 * (architecture/document/limits.ts).
 */
const MAX_USES = 60_000
/** Models within models. */
const MAX_DEPTH = 16

/** One use of a layer. */
export interface KerasCall {
  /** Names of the models it lies in, and its own. */
  readonly path: readonly string[]
  readonly className: string
  readonly config: Json
  readonly inputs: readonly string[]
  /** Name of its value. */
  readonly output: string
  /** Place among the layers of its model that are of its class, from 0; and the same of the models it lies in. */
  readonly places: readonly { readonly className: string; readonly at: number }[]
}

export interface KerasGraph {
  readonly name: string
  readonly calls: readonly KerasCall[]
  /** Of the inputs, by the name of their value. */
  readonly inputs: readonly { readonly value: string; readonly shape: readonly unknown[] }[]
  readonly outputs: readonly string[]
}

const nameOf = (layer: unknown): string => textAt(field(layer, 'config'), 'name') ?? textAt(layer, 'name') ?? ''

/** A reference `[layer, call, output]`, or a list of them, in any form there is. */
function referencesOf(json: unknown): readonly Reference[] {
  if (Array.isArray(json)) {
    const [layer, call, output] = json as readonly unknown[]
    if (typeof layer === 'string') return [[layer, Number(call ?? 0), Number(output ?? 0)]]
    return (json as readonly unknown[]).flatMap(referencesOf)
  }
  if (!isObject(json)) return []
  if (textAt(json, 'class_name') === '__keras_tensor__')
    return referencesOf(field(field(json, 'config'), 'keras_history'))
  // Keras 3 has arguments by name and in order; only tensors are inputs.
  return [...listAt(json, 'args'), ...Object.values(isObject(json['kwargs']) ? json['kwargs'] : {})].flatMap((each) =>
    isObject(each) || Array.isArray(each) ? referencesOf(each) : [],
  )
}

const shapeOf = (config: unknown): readonly unknown[] => {
  const given = field(config, 'batch_shape') ?? field(config, 'batch_input_shape')
  return Array.isArray(given) ? (given as readonly unknown[]) : []
}

const isModel = (className: string): boolean => ['Sequential', 'Functional', 'Model'].includes(className)

class Spelling {
  /** Uses of layers and of models within models, which may hold nothing. */
  private used = 0
  readonly calls: KerasCall[] = []
  readonly inputs: { value: string; shape: readonly unknown[] }[] = []

  /** @returns the values that the model gives */
  model(
    json: unknown,
    path: readonly string[],
    places: KerasCall['places'],
    prefix: string,
    given: readonly string[] | null,
  ): readonly string[] {
    if (path.length > MAX_DEPTH) throw notAModel(`its models nest more than ${MAX_DEPTH} deep`)
    this.use(1)
    const className = textAt(json, 'class_name') ?? ''
    const config = field(json, 'config')
    // Sequential models of old have the layers themselves as their configuration.
    const layers = Array.isArray(config) ? (config as readonly unknown[]) : listAt(config, 'layers')
    if (layers.length === 0) throw notAModel('it has no layers')
    // Each is looked at once for every use of the model.
    this.use(layers.length)
    const counts = new Map<string, number>()
    const placed = layers.map((layer) => {
      const kind = textAt(layer, 'class_name') ?? ''
      const at = counts.get(kind) ?? 0
      counts.set(kind, at + 1)
      return { layer, kind, places: [...places, { className: kind, at }] }
    })
    return className === 'Sequential'
      ? this.sequence(placed, path, prefix, given)
      : this.functional(config, placed, path, prefix, given)
  }

  private sequence(
    layers: readonly Placed[],
    path: readonly string[],
    prefix: string,
    given: readonly string[] | null,
  ): readonly string[] {
    let values = given
    for (const { layer, kind, places } of layers) {
      if (kind === 'InputLayer') {
        values ??= [this.input(`${prefix}input`, shapeOf(field(layer, 'config')))]
        continue
      }
      // The first layer may say the shape itself.
      values ??= [this.input(`${prefix}input`, shapeOf(field(layer, 'config')))]
      values = this.call({ layer, kind, places }, path, prefix, 0, values)
    }
    return values ?? []
  }

  private functional(
    config: unknown,
    layers: readonly Placed[],
    path: readonly string[],
    prefix: string,
    given: readonly string[] | null,
  ): readonly string[] {
    const known = new Map<string, readonly string[]>()
    const entries = referencesOf(field(config, 'input_layers'))
    const waiting = layers.flatMap((placed) => {
      const name = nameOf(placed.layer)
      if (placed.kind === 'InputLayer') {
        const at = entries.findIndex(([layer]) => layer === name)
        const value = given?.[Math.max(at, 0)] ?? this.input(`${prefix}${name}`, shapeOf(field(placed.layer, 'config')))
        known.set(`${name}/0`, [value])
        return []
      }
      const nodes = listAt(placed.layer, 'inbound_nodes')
      this.use(nodes.length)
      return nodes.map((node, at): Waiting<Placed> => {
        const reads = referencesOf(node)
        this.use(reads.length)
        return { placed, key: `${name}/${at}`, at, reads }
      })
    })
    inOrder(waiting, known, ({ placed, key, at, values }) =>
      known.set(key, this.call(placed, path, prefix, at, values)),
    )
    return referencesOf(field(config, 'output_layers')).map(([layer, call, output]) => {
      const value = known.get(`${layer}/${call}`)?.[output]
      if (value === undefined) throw notAModel(`its output ${quoted(layer)} is no layer of it`)
      return value
    })
  }

  private call(
    { layer, kind, places }: Placed,
    path: readonly string[],
    prefix: string,
    at: number,
    inputs: readonly string[],
  ): readonly string[] {
    const name = nameOf(layer)
    if (isModel(kind)) return this.model(layer, [...path, name], places, `${prefix}${name}/${at}/`, inputs)
    const config = field(layer, 'config')
    const output = `${prefix}${name}/${at}`
    this.calls.push({
      path: [...path, name],
      className: kind,
      config: isObject(config) ? config : {},
      inputs,
      output,
      places,
    })
    return [output]
  }

  /** @throws AppError `invalid-input` for more than any network has */
  private use(count: number): void {
    this.used += count
    if (this.used > MAX_USES) throw notAModel(`its layers and models are used more than ${MAX_USES} times`)
  }

  private input(value: string, shape: readonly unknown[]): string {
    this.inputs.push({ value, shape })
    return value
  }
}

interface Placed {
  readonly layer: unknown
  readonly kind: string
  readonly places: KerasCall['places']
}

/**
 * @param json `{ class_name, config }` of a model
 * @throws AppError `invalid-input`
 */
export function kerasGraph(json: unknown): KerasGraph {
  if (!isModel(textAt(json, 'class_name') ?? '') || field(json, 'config') === undefined)
    throw notAModel('a Sequential or Functional model with its configuration was expected')
  const spelling = new Spelling()
  const outputs = spelling.model(json, [], [], '', null)
  return {
    name: textAt(field(json, 'config'), 'name') ?? 'network',
    calls: spelling.calls,
    inputs: spelling.inputs,
    outputs,
  }
}
