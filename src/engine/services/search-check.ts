// What a definition comes to before anything runs: problems that would end it, and things worth knowing.
import { access } from 'node:fs/promises'
import { storedLibrary } from '@shared/architecture/library'
import { errorData } from '@shared/errors'
import { magnitude } from '@shared/figures'
import { confirmationNotes } from '@shared/search/confirmations'
import { plannedEvaluations } from '@shared/search/planning'
import type { RunDefinition } from '@shared/search/run'
import { proveFirstRung } from '../evaluators/training/legs'
import { engineEvaluator } from '../evaluators/registry'
import { proposableSpace, provenSpace } from '../runs/space'
import { loadDesign, searchableBlocks } from '../storage/designs'
import { createRandom } from '@shared/random'
import type { Space } from '@shared/spaces/space'
import { strategyByName } from '@shared/strategies/registry'
import { hasMeaning, readableGraph } from '@shared/strategies/first-picks'
import { featuresOf } from '@shared/surrogate/features-of'
import { formerRunsOf } from '../runs/former'
import { chainsIn, judgeIn } from '@node/small-checkpoints'
import { judgeFolder, withCheckpoint } from '../proposers/own-checkpoints'
import { objectiveFindings } from '../runs/objective-findings'
import { seedOf } from './search-create'
import type { Services } from './services'

export interface DefinitionReport {
  readonly problems: string[]
  readonly plannedEvaluations: number
  readonly notes: string[]
}

export async function checkDefinition(services: Services, definition: RunDefinition): Promise<DefinitionReport> {
  const { store, datasets, pool, proposerFolder, proposers, chainsFolder } = services
  const evaluator = engineEvaluator(definition)
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
    const facts = evaluator.images(definition, datasets)
    const found = await evaluator.check?.(definition, services)
    problems.push(...(found?.problems ?? []))
    notes.push(...(found?.notes ?? []))
    const library = storedLibrary(await searchableBlocks(store.db))
    const space = provenSpace(definition, facts, library)
    if (definition.space.kind === 'single') return
    proveFirstRung(definition, space, library)
    for (const id of definition.seedDesigns) {
      const { design, document } = await loadDesign(store.db, id)
      const seed = seedOf(space, document)
      if (typeof seed === 'string') problems.push(`The network "${design.name}" cannot seed this search: ${seed}.`)
    }
    const objectives = objectiveFindings(definition, space)
    problems.push(...objectives.problems)
    notes.push(...objectives.notes)
    const confirmations = confirmationNotes(definition)
    problems.push(...confirmations.problems)
    notes.push(...confirmations.notes)
    const { count, exact } = space.size()
    const judgesIn = judgeFolder(proposers, withCheckpoint(proposers, definition))
    notes.push(...startOf(definition, space, judgesIn, chainsFolder))
    const planned = plannedEvaluations(definition)
    const fewer =
      count < planned
        ? `, fewer than the ${planned} evaluations planned: the search ends when all of them were tried`
        : ''
    notes.push(`The space holds ${exact ? '' : 'up to '}${magnitude(count)} architectures${fewer}.`)
  })
  await attempt(async () => {
    if (definition.space.kind === 'single') return
    for (const { number, results } of await formerRunsOf(store.db, definition))
      notes.push(`It starts from ${results.length} results of run ${number}, as far as they order like its own.`)
  })
  await attempt(async () => {
    const { strategy } = definition
    if (!('proposer' in strategy) || definition.space.kind === 'single') return
    proposableSpace(definition)
    const folder = proposerFolder(strategy.proposer)
    await access(folder).catch(() => {
      problems.push(
        `The strategy ${strategy.name} needs a proposer checkpoint in ${folder}. Choose the strategy ga, or install a checkpoint.`,
      )
    })
  })
  if (definition.seedDesigns.length > definition.populationSize) {
    notes.push(
      `Only ${definition.populationSize} of ${definition.seedDesigns.length} designed networks fit the population.`,
    )
  }
  const parallel = evaluator.parallel(definition, pool)
  if ((definition.computes ?? 0) > parallel) notes.push(`Only ${parallel} computes are available on this machine.`)
  return { problems, plannedEvaluations: plannedEvaluations(definition), notes }
}

/** Members that show whether a space means something to the GPT. */
const LOOKED_AT = 50

/** How a search begins whose strategy asks a GPT first: nobody should believe that one helped where none could. */
function startOf({ strategy, seed }: RunDefinition, space: Space, folder: string, chainsFolder: string): string[] {
  if (strategyByName(strategy.name).usesJudge !== true) return []
  const judge = judgeIn(folder)
  const chains = 'chains' in strategy && strategy.chains !== 'none' ? chainsIn(chainsFolder) : undefined
  if (judge?.readsLayers !== true && chains?.of(space) !== undefined)
    return [
      `Trained chains of other data (${chains.name}) pick the first ones and are believed as far as results agree; the strategy does without where its setting chains is none.`,
    ]
  if (judge === undefined)
    return [`There is no proposer checkpoint in ${folder}, so the search begins at random and no GPT takes part.`]
  const random = createRandom(seed).fork('look')
  const features = featuresOf(space)
  const graphs = Array.from({ length: LOOKED_AT }, () => readableGraph(features(space.random(random)), judge))
  return hasMeaning(graphs)
    ? []
    : [`The GPT of ${strategy.name} cannot read architectures of ${space.name}, so the search begins at random.`]
}
