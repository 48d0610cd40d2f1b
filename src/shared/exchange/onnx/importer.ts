// The network of ours that is being made of an ONNX graph: what each of its values stands for, and the layers so far. Which operator
// is which layer is operators.ts's.
import { completeParameters, layerDefinition, type LayerKind } from '../../architecture/catalogue'
import { isMap } from '../../architecture/catalogue/window'
import {
  INPUT_ID,
  inputShapes,
  type LayerNode,
  type MapShape,
  type ParameterValues,
  type TensorShape,
} from '../../architecture/layer'
import type { OnnxConstant, OnnxGraph, OnnxNode } from './read-graph'

/** A value of the graph, as far as it is known what it stands for. */
export interface Value {
  /** The layer that gives it, or the network's input. */
  readonly id: string
  readonly shape: TensorShape
  /** What was done to that layer's value since, where a later operator makes a layer of it. */
  readonly pending?: Pending
}

/** Steps of forms that several operators stand for. */
export type Pending =
  /** times a number, erf of it, erf plus one, that times the value itself: GELU. */
  | { readonly step: 'scaled'; readonly by: number }
  | { readonly step: 'erf' | 'erf-plus-1' | 'gelu-twice' }
  /** plus three, limited to 0..6: hard sigmoid and hard swish. */
  | { readonly step: 'plus-3' | 'relu6-of-plus-3' | 'hard-swish-6' }
  /** Zeros around it: `[top, left, bottom, right]`. */
  | { readonly step: 'padded'; readonly pads: readonly number[] }
  /** Channels innermost, as a flatten wants them or the image comes. */
  | { readonly step: 'channels-last' }
  /** Channels in groups, then turned: channel shuffle. */
  | { readonly step: 'grouped' | 'shuffled'; readonly groups: number }

/** Thrown by an operator's reader; becomes a problem at its place. */
export class NoLayer extends Error {}

export class GraphImporter {
  readonly nodes: LayerNode[] = []
  readonly notes = new Set<string>()
  private readonly values = new Map<string, Value>()
  private readonly ids = new Set<string>([INPUT_ID])

  constructor(
    readonly source: OnnxGraph,
    readonly input: TensorShape,
  ) {}

  give(name: string, value: Value): void {
    this.values.set(name, value)
  }
  find(name: string): Value | undefined {
    return this.values.get(name)
  }
  constant(name: string | undefined): OnnxConstant | undefined {
    return name === undefined ? undefined : this.source.constants.get(name)
  }

  /** A value as it stands, with nothing pending. @throws NoLayer */
  plain(name: string | undefined): Value {
    const value = name === undefined ? undefined : this.values.get(name)
    if (value === undefined) throw new NoLayer(`its input ${name ?? ''} is no value of the network`)
    if (value.pending === undefined) return value
    throw new NoLayer(`what comes before it (${value.pending.step}) is the beginning of no layer of ours`)
  }
  map(name: string | undefined): Value & { readonly shape: MapShape } {
    const value = this.plain(name)
    if (isMap(value.shape)) return { ...value, shape: value.shape }
    throw new NoLayer('it needs a map and is given features')
  }

  /** Appends a layer. @throws NoLayer where its shape rule refuses it */
  layer(node: OnnxNode, kind: LayerKind, parameters: ParameterValues, inputs: readonly Value[]): Value {
    const definition = layerDefinition(kind)
    let complete: ParameterValues
    try {
      complete = completeParameters(definition, parameters)
    } catch (cause) {
      throw new NoLayer(cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause))
    }
    const result = definition.shape(complete, inputShapes(inputs.map(({ shape }) => shape)))
    if (!result.ok) throw new NoLayer(result.reason)
    const id = this.unused(node.name)
    this.nodes.push({ id, kind, parameters: complete, inputs: inputs.map((value) => value.id) })
    return { id, shape: result.shape }
  }

  /** Changes a parameter of a layer that was just made, such as the bias that comes as an addition. */
  amend(id: string, parameters: ParameterValues): void {
    const at = this.nodes.findIndex((node) => node.id === id)
    const node = this.nodes[at]!
    this.nodes[at] = { ...node, parameters: { ...node.parameters, ...parameters } }
  }
  kindOf(id: string): string | undefined {
    return this.nodes.find((node) => node.id === id)?.kind
  }
  parametersOf(id: string): ParameterValues {
    return this.nodes.find((node) => node.id === id)?.parameters ?? {}
  }

  private unused(name: string): string {
    const base =
      name
        .replace(/[^A-Za-z0-9_.-]+/g, '.')
        .replace(/^\.+|\.+$/g, '')
        .slice(0, 80) || 'layer'
    let id = base
    for (let i = 2; this.ids.has(id); i++) id = `${base}.${i}`
    this.ids.add(id)
    return id
  }
}
