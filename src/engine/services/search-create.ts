// Turns a definition into a run to store: the user's blocks and designed networks frozen as they are now.
import { parseDocument } from '@shared/architecture/document'
import { storedLibrary } from '@shared/architecture/library'
import { AppError } from '@shared/errors'
import { limitsSchema } from '@shared/objectives/schema'
import { confirmationNotes } from '@shared/search/confirmations'
import { fidelitySchema } from '@shared/search/fidelity'
import { plannedEvaluations } from '@shared/search/planning'
import type { RunDefinition } from '@shared/search/run'
import type { Space } from '@shared/spaces/space'
import { strategyByName } from '@shared/strategies/registry'
import { engineEvaluator } from '../evaluators/registry'
import { formerRunsOf } from '../runs/former'
import { objectiveFindings } from '../runs/objective-findings'
import { withCheckpoint } from '../proposers/own-checkpoints'
import { proposableSpace, provenSpace } from '../runs/space'
import { loadDesign, searchableBlocks } from '../storage/designs'
import type { NewRun } from '../storage/runs'
import type { Services } from './services'

/**
 * @param frozenBlocks the user's blocks where they are not those of now
 * @throws AppError `invalid-input`, `invalid-architecture`, `not-found`, `dataset-missing` when the search could not run as defined.
 */
export async function newRunOf(
  { store, datasets, proposers }: Pick<Services, 'store' | 'datasets' | 'proposers'>,
  id: string,
  given: RunDefinition,
  frozenBlocks?: NewRun['userBlocks'],
): Promise<NewRun> {
  const definition = withCheckpoint(proposers, settled(given))
  const userBlocks = frozenBlocks ?? (await searchableBlocks(store.db))
  const evaluator = engineEvaluator(definition)
  const facts = evaluator.images(definition, datasets)
  const [problem] = (await evaluator.check?.(definition, { datasets }))?.problems ?? []
  if (problem !== undefined) throw new AppError('invalid-input', problem)
  const space = provenSpace(definition, facts, storedLibrary(userBlocks))
  const [objection] =
    definition.space.kind === 'single'
      ? []
      : [...objectiveFindings(definition, space).problems, ...confirmationNotes(definition).problems]
  if (objection !== undefined) throw new AppError('invalid-input', objection)
  if (strategyByName(definition.strategy.name).usesProposer) proposableSpace(definition)
  const seeds: NewRun['seeds'][number][] = []
  for (const designId of definition.seedDesigns) {
    const { design, document } = await loadDesign(store.db, designId)
    const seed = seedOf(space, document)
    if (typeof seed === 'string') {
      throw new AppError(
        'invalid-input',
        `The network "${design.name}" cannot seed this search: ${seed}.`,
        'Change the network or the limits of the space, or leave it out.',
      )
    }
    seeds.push(seed)
  }
  const former = await formerRunsOf(store.db, definition)
  const kept = (await evaluator.settle?.(definition, { datasets })) ?? definition
  return { id, definition: kept, userBlocks, seeds, planned: plannedEvaluations(kept), former }
}

/** One architecture is one trial, whatever else the definition says. */
export function settled(definition: RunDefinition): RunDefinition {
  if (definition.space.kind !== 'single') return definition
  return {
    ...definition,
    strategy: { name: 'random' },
    populationSize: 1,
    generations: 1,
    maxEvaluations: null,
    maxEpochs: null,
    seedDesigns: [],
    // What was found within its limits may be trained with larger batches.
    objective: { kind: 'fitness' },
    limits: limitsSchema.parse({}),
    confirmBest: 0,
    fidelity: fidelitySchema.parse({}),
    warmStart: [],
    bans: [],
    pins: [],
  }
}

/** The genotype of a designed network, or why the space cannot express it. */
export function seedOf(space: Space, document: unknown): Record<string, unknown> | string {
  if (space.fromDocument === undefined) return `the space ${space.name} does not read designed networks`
  const result = space.fromDocument(parseDocument(document))
  if ('reason' in result) return result.reason
  // What is banned or pinned.
  return space.problems(result.genotype)[0] ?? { ...result.genotype }
}
