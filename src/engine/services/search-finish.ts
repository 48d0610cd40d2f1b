// From a run's winner to its final training: a run of that one architecture, on training and validation images together (decision 138).
// An unfinished one of the same wish goes on instead.
import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { AppError } from '@shared/errors'
import { metaOf, parseDocument, type ArchitectureDocument } from '@shared/architecture/document'
import { handMadeNetwork } from '@shared/search/hand-made'
import { finalRecipe } from '@shared/search/final-recipe'
import type { FinalTraining, FinalWish } from '@shared/search/final-training'
import type { RunDefinition } from '@shared/search/run'
import { RUN_STATE_RULES } from '@shared/search/run-states'
import { trainingKind } from '../evaluators/training'
import { getRun, listRuns, type RunRecord } from '../storage/runs'
import { winnersOf } from '../runs/run-view'
import { bestTrial, getTrial, getTrialDocument, type TrialRecord } from '../storage/trials'
import { newRunOf } from './search-create'
import { winnerByAll } from './search-winner'
import type { Services } from './services'

/**
 * @param trialId null takes the run's winner, of the two that the wish names
 * @returns the id of the run that trains it, started
 * @throws AppError `conflict` for a run that is not over or a trial without what is asked for, `invalid-input` for mere words
 */
export async function finishRun(
  services: Services,
  { id, trialId, wish }: { readonly id: string; readonly trialId: number | null; readonly wish: FinalWish },
): Promise<string> {
  const { store } = services
  const { run, trial } = await winnerOf(services, id, trialId, wish)
  if (wish.start === 'weights' && trial.weightsSha256 === null)
    throw new AppError('conflict', `Trial ${trial.number} has no weights to start from.`, 'Start from scratch.')
  const stored = await getTrialDocument(store.db, trial.id)
  if (stored === null)
    throw new AppError(
      'invalid-input',
      `Trial ${trial.number} has no network to train: the choices of its space are mere words.`,
      'Describe what each choice builds under "blocks" of the space file (docs/spaces.md).',
    )
  const definition = definitionOf(services, run, trial, parseDocument(stored), wish)
  return started(services, definition, run.userBlocks)
}

/**
 * The same training for a hand-made network of about the same cost, to stand beside a winner; from new weights, as it has no others.
 * @param trialId the one that it stands beside; null takes the run's winner
 * @returns the id of its run, started
 * @throws AppError `conflict` where no winner is there to compare with
 */
export async function trainPeer(
  services: Services,
  { id, trialId, wish }: { readonly id: string; readonly trialId: number | null; readonly wish: FinalWish },
): Promise<string> {
  const { run, trial } = await winnerOf(services, id, trialId, wish)
  if (trial.macs === null) throw new AppError('conflict', `Run ${run.number} has no network to stand beside.`)
  const { shape, classes } = trainingKind.images(run.definition, services.datasets)
  const { document } = handMadeNetwork(trial.macs, shape, classes)
  const definition = definitionOf(services, run, null, document, { ...wish, start: 'scratch' })
  return started(services, definition, run.userBlocks)
}

/** @param trialId null takes the run's winner */
async function winnerOf(services: Services, id: string, trialId: number | null, { winner }: FinalWish) {
  const { store, closing } = services
  store.refuseReadOnly()
  const run = await getRun(store.db, id)
  if (run.definition.final !== null)
    throw new AppError('conflict', `Run ${run.number} is a final training itself.`, 'Name the search it came from.')
  const measured = trialId ?? (await winnersOf(store.db, run)).best?.id
  if (measured === undefined) throw new AppError('conflict', `Run ${run.number} has no finished trial yet.`)
  if (trialId === null && !RUN_STATE_RULES[run.state].isOver)
    throw new AppError(
      'conflict',
      `Run ${run.number} is ${run.state}: its winner is not known yet.`,
      'Wait until it is finished, or name the trial.',
    )
  const expected = trialId === null && winner === 'expected' ? await winnerByAll(services, id, closing) : null
  const trial = await getTrial(store.db, expected?.trialId ?? measured)
  if (trial.runId !== id || trial.fitness === null)
    throw new AppError('conflict', `Trial ${trial.number} is no finished trial of run ${run.number}.`)
  return { run, trial }
}

function definitionOf(
  { appVersion }: Services,
  run: RunRecord,
  trial: TrialRecord | null,
  document: ArchitectureDocument,
  wish: FinalWish,
): RunDefinition {
  const { definition } = run
  const final: FinalTraining = {
    of:
      trial === null
        ? null
        : {
            ...{ runId: run.id, runNumber: run.number, trialId: trial.id, trialNumber: trial.number },
            ...{ architectureHash: trial.architectureHash, fitness: trial.fitness ?? 0 },
          },
    besideRunId: run.id,
    schedule: wish.schedule,
    start: wish.start,
    weightsSha256: wish.start === 'weights' ? (trial?.weightsSha256 ?? null) : null,
    dataFingerprint: run.dataFingerprint,
    workbench: appVersion,
  }
  return {
    ...definition,
    name: trial === null ? metaOf(document).name : `${definition.name}, trial ${trial.number} trained on`.slice(-200),
    evaluator: { kind: 'training' },
    space: { kind: 'single', architecture: { ...document } },
    data: wish.images === 'all' ? { ...definition.data, trainImages: null, trainShare: null } : definition.data,
    recipe: finalRecipe(wish, definition.recipe),
    maxSeconds: null,
    trialTimeLimit: null,
    final,
  }
}

/**
 * What makes two final trainings the same one: all that decides what is trained and tested. What they are called, which version made
 * them and what else the search said do not.
 */
function identityOf({ space, data, recipe, seed, final }: RunDefinition): unknown {
  return { space, data, recipe, seed, final: final && { ...final, workbench: null } }
}

/** One that was begun goes on, and one that is finished is tested no second time. One that came to nothing is trained anew. */
async function started(services: Services, definition: RunDefinition, userBlocks: RunRecord['userBlocks']) {
  const { store, orchestrator } = services
  const created = await newRunOf(services, randomUUID(), definition, userBlocks)
  const identity = identityOf(created.definition)
  // In the write that would store it: of two wishes at the same time one makes it.
  const id = await orchestrator.create(created, async (reader) => {
    for (const run of await listRuns(reader)) {
      if (run.state === 'stopped' || !isDeepStrictEqual(identityOf(run.definition), identity)) continue
      const hasFailed = run.state === 'finished' && (await bestTrial(reader, run.id)) === undefined
      if (!hasFailed) return run.id
    }
    return undefined
  })
  const { state } = await getRun(store.db, id)
  if (RUN_STATE_RULES[state].canResume && orchestrator.live(id) === undefined)
    await orchestrator.resume(id).catch((thrown: unknown) => {
      // Another wish has started it since it was looked at.
      if (orchestrator.live(id) === undefined) throw thrown
    })
  return id
}
