// Makers for kinds whose rules are shared: layers without weights that keep their input's shape, and activations.
import type { LayerCost, LayerDefinition, LayerFamily, ParameterSpecs, ShapeResult, TensorShape } from '../layer'

/** For layers without weights whose arithmetic torchvision's published counts leave out. */
export const NO_COST: LayerCost = { parameters: 0, statistics: 0, macs: 0 }

export const ONE_INPUT = { min: 1, max: 1 } as const

export const shapeText = (shape: TensorShape): string => `[${shape.join(', ')}]`

export const failed = (reason: string): ShapeResult => ({ ok: false, reason })

interface SimpleLayer {
  readonly kind: string
  readonly family: LayerFamily
  readonly title: string
  readonly help: string
  readonly parameters?: ParameterSpecs
}

/** A layer with one input, no weights, and an output shaped as its input. */
export function shapeKeeping(layer: SimpleLayer): LayerDefinition {
  return {
    ...layer,
    parameters: layer.parameters ?? {},
    inputs: ONE_INPUT,
    shape: (_parameters, [input]) => ({ ok: true, shape: input }),
    cost: () => NO_COST,
  }
}

export type ActivationDefinition = LayerDefinition & { readonly family: 'activation' }

export function activation(kind: string, title: string, help: string): ActivationDefinition {
  return { ...shapeKeeping({ kind, family: 'activation', title, help }), family: 'activation' }
}
