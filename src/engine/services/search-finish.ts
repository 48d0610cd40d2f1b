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
import { getTrial, getTrialDocument, type TrialRecord } from '../storage/trials'
import { newRunOf } from './search-create'
import type { Services } from './services'

/**
 * @param trialId null takes the run's best
 * @returns the id of the run that trains it, started
 * @throws AppError `conflict` for a run that is not over or a trial without what is asked for, `invalid-input` for mere words
 */
export async function finishRun(
  services: Services,
  { id, trialId, wish }: { readonly id: string; readonly trialId: number | null; readonly wish: FinalWish },
): Promise<string> {
  const { store } = services
  store.refuseReadOnly()
  const run = await getRun(store.db, id)
  if (run.definition.final !== null)
    throw new AppError('conflict', `Run ${run.number} is a final training itself.`, 'Name the search it came from.')
  const best = trialId ?? (await winnersOf(store.db, run)).best?.id
  if (best === undefined) throw new AppError('conflict', `Run ${run.number} has no finished trial yet.`)
  if (trialId === null && !RUN_STATE_RULES[run.state].isOver)
    throw new AppError(
      'conflict',
      `Run ${run.number} is ${run.state}: its winner is not known yet.`,
      'Wait until it is finished, or name the trial.',
    )
  const trial = await getTrial(store.db, best)
  if (trial.runId !== id || trial.fitness === null)
    throw new AppError('conflict', `Trial ${trial.number} is no finished trial of run ${run.number}.`)
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
 * The same training for a hand-made network of about the same cost, to stand beside a winner.
 * @returns the id of its run, started
 * @throws AppError `conflict` where no winner is there to compare with
 */
export async function trainPeer(
  services: Services,
  { id, wish }: { readonly id: string; readonly wish: FinalWish },
): Promise<string> {
  const { store, datasets } = services
  store.refuseReadOnly()
  const run = await getRun(store.db, id)
  const { best } = await winnersOf(store.db, run)
  const macs = best === undefined ? null : (await getTrial(store.db, best.id)).macs
  if (macs === null) throw new AppError('conflict', `Run ${run.number} has no network to stand beside.`)
  const { shape, classes } = trainingKind.images(run.definition, datasets)
  const { document } = handMadeNetwork(macs, shape, classes)
  return started(services, definitionOf(services, run, null, document, wish), run.userBlocks)
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
    data: wish.images === 'all' ? { ...definition.data, trainImages: null } : definition.data,
    recipe: finalRecipe(wish, definition.recipe),
    maxSeconds: null,
    trialTimeLimit: null,
    final,
  }
}

/** One that was begun goes on, and one that is finished is tested no second time: it is the same training. */
async function started(services: Services, definition: RunDefinition, userBlocks: RunRecord['userBlocks']) {
  const { store, orchestrator } = services
  const created = await newRunOf(services, randomUUID(), definition, userBlocks)
  const before = (await listRuns(store.db)).find(
    (one) => one.state !== 'stopped' && isDeepStrictEqual(one.definition, created.definition),
  )
  if (before === undefined) await orchestrator.create(created)
  const { id } = before ?? created
  if (before === undefined || RUN_STATE_RULES[before.state].canResume) await orchestrator.resume(id)
  return id
}
