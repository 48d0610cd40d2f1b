// Whom all results of a run together speak for, worked out for whoever asks: window, command line, and the final training.
import { LEAST_RESULTS, type Winner } from '@shared/search/winner'
import { engineEvaluator } from '../evaluators/registry'
import { proposingOf } from '../runs/preparation'
import { expectedWinner } from '../runs/run-winner'
import { getRun } from '../storage/runs'
import { listTrials } from '../storage/trials'
import type { Services } from './services'

/** @returns null where nobody is to be preferred to the best measured (`expectedWinner`), and of a run that is damaged */
export async function winnerByAll(services: Services, id: string, signal: AbortSignal): Promise<Winner | null> {
  const { store, datasets } = services
  const run = await getRun(store.db, id, 'tell')
  if (run.error?.code === 'storage-damaged') return null
  const trials = (await listTrials(store.db, id, { onDamage: 'tell' })).filter(({ error }) => error === null)
  if (trials.length < LEAST_RESULTS) return null
  const facts = engineEvaluator(run.definition).images(run.definition, datasets)
  const { space, breathe } = proposingOf(services, run, facts, signal)
  return expectedWinner(run, trials, space, breathe)
}
