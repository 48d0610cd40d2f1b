// Why a run is finished, in words, for journal and command line; the window has the same in its language (locales, run.ends).
import { readableDuration } from '../duration'
import { fitnessFigure } from '../evaluators/fitness-text'
import { fitnessReading } from '../evaluators/registry'
import { MOST_REPEATS } from './evaluations'
import { plannedEvaluations } from './planning'
import type { RunDefinition } from './run'
import type { RunEnd } from './run-states'

export function endText(end: RunEnd, definition: RunDefinition): string {
  switch (end) {
    case 'evaluations':
      return `All ${plannedEvaluations(definition)} planned evaluations have a result: the search is finished.`
    case 'epochs':
      return `The budget of ${definition.maxEpochs} epochs has no room for another training.`
    case 'time':
      return `The time limit of ${readableDuration(definition.maxSeconds ?? 0)} was reached.`
    case 'space':
      return 'Every architecture was tried: the space is used up.'
    case 'gain':
      return `Another evaluation can be expected to gain less than the noise of ${fitnessFigure(fitnessReading(definition), definition.stopBelow ?? 0, 2)}: the search ends by itself.`
    case 'repeats':
      return `${MOST_REPEATS} proposals in a row were repeats: the strategy finds nothing new in this space.`
  }
}
