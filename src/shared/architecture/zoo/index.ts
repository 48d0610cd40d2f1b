// The zoo: the 36 networks of the paper's fine-tuning corpus (Table II) under torchvision's names, for any input size and
// number of classes. Recipes are in the family files; counts are checked against torchvision's own.
import { AppError } from '../../errors'
import { quoted } from '../../quoted'
import type { LayerGraph, TensorShape } from '../layer'
import { nearMisses } from '../near-misses'
import { efficientnets } from './efficientnet'
import { googlenet } from './googlenet'
import { chainGraph, classifierLayers, type ZooFamily, type ZooLayer, type ZooRecipe, type ZooStage } from './recipe'
import { regnets } from './regnet'
import { resnets } from './resnet'
import { shufflenets } from './shufflenet'

export { ZOO_FAMILIES, type ZooFamily, type ZooLayer, type ZooStage } from './recipe'

export interface ZooNetwork {
  readonly name: string
  readonly family: ZooFamily
  readonly input: TensorShape
  readonly classes: number
  /** Stem and blocks as they follow one another: what a document and the tokens by block are made of. */
  readonly stages: readonly ZooStage[]
  /** The layers behind the last block. */
  readonly head: readonly ZooLayer[]
  readonly graph: LayerGraph
}

export interface ZooOptions {
  /** `[height, width, channels]`; default 224 x 224 colour images. */
  readonly input?: TensorShape
  /** Default 1,000 as ImageNet-1k. */
  readonly classes?: number
}

const RECIPES: ReadonlyMap<string, ZooRecipe> = new Map(
  [...efficientnets, googlenet, ...regnets, ...resnets, ...shufflenets].map((recipe) => [recipe.name, recipe]),
)

/** Family by family, smallest first in each. */
export const ZOO_NAMES: readonly string[] = [...RECIPES.keys()]

/**
 * A zoo network, untrained.
 * @throws AppError `not-found` for an unknown name, `invalid-architecture` for an input too small for it.
 */
export function zooNetwork(name: string, options: ZooOptions = {}): ZooNetwork {
  const recipe = RECIPES.get(name)
  if (recipe === undefined) {
    const near = nearMisses(
      name.replace(/_/g, '-'),
      ZOO_NAMES.map((known) => known.replace(/_/g, '-')),
    )
    const meant = near.map((known) => known.replace(/-/g, '_'))
    throw new AppError(
      'not-found',
      `There is no network ${quoted(name)} in the zoo.`,
      meant.length > 0 ? `Did you mean ${meant.join(' or ')}?` : `Use one of ${ZOO_NAMES.join(', ')}.`,
    )
  }
  const { input = [224, 224, 3], classes = 1000 } = options
  const head = classifierLayers(classes, recipe.dropout)
  const { family, stages } = recipe
  return { name, family, input, classes, stages, head, graph: chainGraph(input, stages, head) }
}
