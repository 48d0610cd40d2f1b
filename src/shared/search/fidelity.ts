// What a search may save on candidates that do not promise much: part of a run's definition, read by the evaluator `training` alone.
// Everything is off as left out, so that a definition of before means what it meant.
import { z } from 'zod'
import { PROXY_IMAGES, PROXY_NAMES, proxyImagesSchema, type ProxyName } from '../evaluators/proxies'
import { setting } from './settings'

export const fidelitySchema = z.object({
  filter: setting(z.enum(['none', ...PROXY_NAMES]).default('none'), {
    description: 'A zero-cost figure that looks at more proposals than are trained and lets the best through.',
  }),
  filterTimes: setting(z.number().int().min(2).max(100).default(4), {
    description: 'With a filter: proposals that are looked at for each one that is trained.',
  }),
  filterImages: setting(proxyImagesSchema.default(PROXY_IMAGES), {
    description: 'With a filter: images that it looks at, of those that train.',
    unit: 'images',
  }),
  firstRung: setting(z.number().int().min(1).max(1000).nullable().default(null), {
    description:
      'Successive halving: epochs after which a candidate waits, and only the best are trained on; null trains all of them whole.',
    unit: 'epochs',
  }),
  reduction: setting(z.number().int().min(2).max(20).default(3), {
    description: 'Successive halving: one of so many goes on from each rung, to so many times its epochs.',
  }),
  firstImages: setting(z.number().gt(0).max(1).nullable().default(null), {
    description:
      'Successive halving: share of the training images that the first rung has; each further one has reduction times as many, and begins anew. null trains all rungs on all images. Goes without firstRung, too.',
    kind: 'percent',
  }),
  firstSide: setting(z.number().gt(0).max(1).nullable().default(null), {
    description:
      'Successive halving: side of the images at the first rung, as a share; the second rung begins anew on whole ones. Half the side is a quarter of the cost. null trains all rungs on whole images.',
    kind: 'percent',
  }),
  endEarly: setting(z.enum(['none', 'median']).default('none'), {
    description:
      'Ends a training that will not come near the others. median: where its best accuracy is below the median of what others had on average up to that epoch (Golovin et al. 2017).',
  }),
  inheritWeights: setting(z.boolean().default(false), {
    description:
      'A child begins with the weights of its first parent wherever names and shapes agree. Faster, and scores children of good parents better than others.',
  }),
})
export type Fidelity = z.infer<typeof fidelitySchema>

interface Definition {
  readonly fidelity: Fidelity
  readonly evaluator: { readonly kind: string }
  readonly space: { readonly kind: string }
}

/** Whether candidates are trained of which there are many: what trains one architecture saves nothing on it. */
const isSearchByTraining = ({ evaluator, space }: Definition): boolean =>
  evaluator.kind === 'training' && space.kind !== 'single'

/** What lets proposals through; null where all are trained. */
export function filterOf(
  definition: Definition,
): { readonly proxy: ProxyName; readonly times: number; readonly images: number } | null {
  const { filter, filterTimes, filterImages } = definition.fidelity
  if (filter === 'none' || !isSearchByTraining(definition)) return null
  return { proxy: filter, times: filterTimes, images: filterImages }
}

/** What makes a trial's result depend on the others of its run; null where nothing does. */
export function dependence(definition: Definition): Pick<Fidelity, 'endEarly' | 'inheritWeights'> | null {
  const { endEarly, inheritWeights } = definition.fidelity
  const isSaving = endEarly !== 'none' || inheritWeights
  return isSaving && isSearchByTraining(definition) ? { endEarly, inheritWeights } : null
}
