// What a definition comes to before anything runs: problems that would end it, and things worth knowing.
import { access } from 'node:fs/promises'
import { storedLibrary } from '@shared/architecture/library'
import type { Dataset } from '@shared/contract/datasets'
import { errorData } from '@shared/errors'
import { magnitude } from '@shared/figures'
import { plannedTrials } from '@shared/search/planning'
import type { RunDefinition } from '@shared/search/run'
import { parallelOf } from '../runs/preparation'
import { proposableSpace, provenSpace } from '../runs/space'
import { loadDesign, searchableBlocks } from '../storage/designs'
import { strategyByName } from '@shared/strategies/registry'
import { seedOf, tooManyImages } from './search-create'
import type { Services } from './services'

export interface DefinitionReport {
  readonly problems: string[]
  readonly plannedTrials: number
  readonly notes: string[]
}

const sizeText = ([height, width]: readonly number[]): string => `${height} x ${width} pixels`

/** What a resolution comes to, and whether its images are there. Convolutions cost in proportion to the pixels. */
function resolutionNote(full: Shape, reduced: Shape, dataset: Dataset | undefined): string {
  const share = (100 * reduced[0] * reduced[1]) / (full[0] * full[1])
  const isKept = dataset?.resolutions?.some(({ resolution }) => resolution === reduced[0]) === true
  const cost = `Images of ${sizeText(reduced)} instead of ${sizeText(full)}: about ${share.toFixed(0)} % of the multiply-accumulates.`
  return isKept ? cost : `${cost} They are made when the search starts.`
}

type Shape = readonly [number, number, number]

export async function checkDefinition(services: Services, definition: RunDefinition): Promise<DefinitionReport> {
  const { store, datasets, pool, proposerFolder } = services
  const problems: string[] = []
  const notes: string[] = []
  const attempt = async (check: () => Promise<void>): Promise<void> => {
    try {
      await check()
    } catch (thrown) {
      const { message, fix } = errorData(thrown)
      problems.push(fix === undefined ? message : `${message} ${fix}`)
    }
  }
  if (store.readOnly) problems.push(`The workspace is read-only: it is held by ${store.holder ?? 'another program'}.`)
  await attempt(async () => {
    const { dataset, resolution } = definition.data
    const facts = datasets.describe(dataset, resolution)
    const tooMany = tooManyImages(definition, facts.trainImages)
    if (tooMany !== null) problems.push(`${tooMany.message} ${tooMany.fix}`)
    const found = (await datasets.list()).find(({ name }) => name === dataset)
    if (found?.state !== 'ready')
      notes.push(
        `The data set ${dataset} is ${found?.state ?? 'unknown'}: it must be fetched before the search can start.`,
      )
    if (resolution !== null) notes.push(resolutionNote(datasets.describe(dataset).shape, facts.shape, found))
    if (definition.recipe.cutout >= Math.min(facts.shape[0], facts.shape[1]))
      notes.push(`Cutout of ${definition.recipe.cutout} pixels can blank a whole image of ${sizeText(facts.shape)}.`)
    const library = storedLibrary(await searchableBlocks(store.db))
    const space = provenSpace(definition, facts, library)
    if (definition.space.kind === 'single') return
    for (const id of definition.seedDesigns) {
      const { design, document } = await loadDesign(store.db, id)
      const seed = seedOf(space, document)
      if (typeof seed === 'string') problems.push(`The network "${design.name}" cannot seed this search: ${seed}.`)
    }
    const { count, exact } = space.size()
    notes.push(`The space holds ${exact ? '' : 'up to '}${magnitude(count)} architectures.`)
  })
  await attempt(async () => {
    if (!strategyByName(definition.strategy.name).usesProposer || definition.space.kind === 'single') return
    proposableSpace(definition)
    await access(proposerFolder).catch(() => {
      problems.push(
        `The strategy ${definition.strategy.name} needs a proposer checkpoint in ${proposerFolder}. Choose the strategy ga, or install a checkpoint.`,
      )
    })
  })
  if (definition.seedDesigns.length > definition.populationSize) {
    notes.push(
      `Only ${definition.populationSize} of ${definition.seedDesigns.length} designed networks fit the population.`,
    )
  }
  const parallel = parallelOf(definition, pool)
  if ((definition.computes ?? 0) > parallel) notes.push(`Only ${parallel} computes are available on this machine.`)
  return { problems, plannedTrials: plannedTrials(definition), notes }
}
