// What other trials of a run lend to one that is trained (decision 162): bounds below which it ends, and the weights of its parent.
import type { RunDefinition } from '@shared/search/run'
import { medianBounds } from '@shared/search/end-early'
import { dependence } from '@shared/search/fidelity'
import { legOf } from '@shared/search/rung-images'
import { halvingOf, rungOf } from '@shared/search/rungs'
import { isConfirmation } from '@shared/search/confirmations'
import type { Artefacts } from '../../storage/artefacts'
import { readEpochs, readLeftCurves } from '../../storage/epochs'
import type { Store } from '../../storage/store'
import { getTrial, listTrials, type TrialRecord } from '../../storage/trials'

export interface ParentWeights {
  readonly trialId: number
  /** Named by its content's hash. */
  readonly file: string
}

export interface OthersOfRun {
  /** Accuracies below which it ends, by epoch; undefined where it is not to end early. */
  bounds(trial: TrialRecord): Promise<(number | null)[] | undefined>
  /** Of the first of its parents that has whole weights; undefined where none has, or nothing is inherited. */
  parent(trial: TrialRecord): Promise<ParentWeights | undefined>
}

/** @returns undefined where the definition asks for none of it */
export function othersOfRun(
  { store, artefacts }: { readonly store: Pick<Store, 'db'>; readonly artefacts: Pick<Artefacts, 'isWhole' | 'path'> },
  runId: string,
  definition: RunDefinition,
): OthersOfRun | undefined {
  const wish = dependence(definition)
  if (wish === null) return undefined
  const halving = halvingOf(definition)
  const legOfTrial = (trial: TrialRecord): number => (halving === null ? 0 : legOf(halving, rungOf(halving, trial)))
  return {
    bounds: async (trial) => {
      const { number } = trial
      if (wish.endEarly === 'none') return undefined
      // Trained ones before it: with one compute the same, whenever it is asked.
      const others = (await listTrials(store.db, runId)).filter(
        (other) =>
          other.number < number && other.state === 'finished' && other.reusedFrom === null && !isConfirmation(other),
      )
      // At fewer or smaller images those that were trained on as many: the result of some, which others have left for the next rung.
      const leg = legOfTrial(trial)
      const ended = others.filter((other) => legOfTrial(other) === leg)
      const epochs = await readEpochs(
        store.db,
        ended.map(({ id }) => id),
      )
      const left = await readLeftCurves(store.db, runId, leg)
      const curves = [
        ...[...epochs.values()].map((curve) => curve.map(({ validationAccuracy }) => validationAccuracy)),
        ...others.flatMap((other) => (legOfTrial(other) > leg ? [left.get(other.id) ?? []] : [])),
      ]
      return medianBounds(curves, definition.recipe.epochs)
    },
    parent: async ({ origin }) => {
      if (!wish.inheritWeights) return undefined
      for (const trialId of origin.parents) {
        const { weightsSha256 } = await getTrial(store.db, trialId)
        if (weightsSha256 !== null && (await artefacts.isWhole(weightsSha256)))
          return { trialId, file: artefacts.path(weightsSha256) }
      }
      return undefined
    },
  }
}
