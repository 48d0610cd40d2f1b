// What a layer is: the definition every kind in catalogue/ implements, and the flat layer graph that shapes, costs,
// checks, tokens and the compute's network builder all read. No tensors here.

export type MapShape = readonly [height: number, width: number, channels: number]
/** After flattening or global pooling. */
export type VectorShape = readonly [features: number]
/** Without the batch. */
export type TensorShape = MapShape | VectorShape
/** The last axis: a map's channels, or the features. */
export const channelsOf = (shape: TensorShape): number => (shape.length === 3 ? shape[2] : shape[0])

/** The shape with `size` along one axis. */
export function withSize(shape: TensorShape, axis: number, size: number): TensorShape {
  const along = (old: number, i: number): number => (i === axis ? size : old)
  return shape.length === 3 ? [along(shape[0], 0), along(shape[1], 1), along(shape[2], 2)] : [along(shape[0], 0)]
}

/** What a layer reads: at least one shape. */
export type InputShapes = readonly [TensorShape, ...TensorShape[]]

/** A pair is `[vertical, horizontal]`. */
export type ParameterValue = number | boolean | string | readonly [number, number]
export type ParameterValues = Readonly<Record<string, ParameterValue>>

/** What the editor offers and the schema accepts for one parameter. */
export type ParameterSpec =
  | {
      readonly type: 'integer' | 'number'
      readonly min: number
      readonly max: number
      readonly default: number
      readonly title: string
      readonly help?: string
    }
  | {
      readonly type: 'pair'
      readonly min: number
      readonly max: number
      readonly default: readonly [number, number]
      readonly title: string
      readonly help?: string
    }
  | { readonly type: 'boolean'; readonly default: boolean; readonly title: string; readonly help?: string }
  | {
      readonly type: 'choice'
      readonly choices: readonly string[]
      readonly default: string
      readonly title: string
      readonly help?: string
    }
export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>

/** One colour each, everywhere: in the palette, on the canvas, in charts. */
export type LayerFamily =
  'convolution' | 'depthwise' | 'pooling' | 'normalisation' | 'activation' | 'merge' | 'dense' | 'other'

export interface LayerCost {
  /** Trainable parameters. */
  readonly parameters: number
  /** Stored but not trained: batch-norm running mean and variance. */
  readonly statistics: number
  /** Multiply-accumulates for one image; convolution and dense layers only, as torchvision's published counts. */
  readonly macs: number
}

/** How a layer widens the receptive field: an output position sees `kernel` inputs, `dilation` apart, every `stride`. */
export interface Window {
  readonly kernel: readonly [number, number]
  readonly stride: readonly [number, number]
  readonly dilation: number
}

export type ShapeResult =
  { readonly ok: true; readonly shape: TensorShape } | { readonly ok: false; readonly reason: string }

export interface LayerDefinition {
  readonly kind: string
  readonly family: LayerFamily
  readonly title: string
  /**
   * An older kind that does the nearest thing: what a vocabulary frozen before this kind existed writes in its place. Absent for
   * the kinds that every vocabulary knows.
   */
  readonly akin?: string
  /** Two or three sentences for a practitioner: what it does and when to use it. */
  readonly help: string
  readonly parameters: ParameterSpecs
  /** Number of inputs it accepts, both inclusive. */
  readonly inputs: { readonly min: number; readonly max: number }
  /** Shape rule; `parameters` are complete and in range, `inputs` has an accepted length. */
  shape(parameters: ParameterValues, inputs: InputShapes): ShapeResult
  /** Cost rule; called only where `shape` succeeded. */
  cost(parameters: ParameterValues, inputs: InputShapes, output: TensorShape): LayerCost
  /** Absent for layers that look at one position at a time. */
  window?(parameters: ParameterValues, inputs: InputShapes): Window
}

export interface LayerNode {
  readonly id: string
  /** A key of the catalogue. */
  readonly kind: string
  readonly parameters: ParameterValues
  /** Ids of earlier nodes, or `INPUT_ID`, in the order the layer takes them. */
  readonly inputs: readonly string[]
}

/** @throws RangeError for none: whoever asks a layer has counted its inputs before. */
export function inputShapes(shapes: readonly TensorShape[]): InputShapes {
  if (shapes.length === 0) throw new RangeError('A layer was asked for its shape without an input')
  return shapes as InputShapes
}

export const INPUT_ID = 'input'

/** A network or block spelled out in layers: what is trained, exported, counted and tokenised. Nodes are in topological order. */
export interface LayerGraph {
  readonly input: TensorShape
  readonly nodes: readonly LayerNode[]
  /** Id of the node whose value leaves the graph. */
  readonly output: string
}
