// How far a run is with its budgets: for the window's bars and for the command line, which has it in words as well.
import type { Run } from './run'

type Counted = Pick<Run, 'state' | 'counts' | 'epochs' | 'seconds' | 'definition'>

/** Of the budget that is nearest to its end, fraction in [0, 1]; a finished run is done whichever of them ended it. */
export function runProgress({
  state,
  counts,
  epochs,
  seconds,
  definition: { maxEpochs, maxSeconds },
}: Counted): number {
  if (state === 'finished') return 1
  const used = [
    counts.planned === 0 ? 0 : (counts.finished + counts.failed) / counts.planned,
    maxEpochs === null ? 0 : epochs / maxEpochs,
    maxSeconds === null ? 0 : seconds / maxSeconds,
  ]
  return Math.min(1, Math.max(...used))
}

/** "5 of 12 evaluations, 1 failed, 2 repeats, 30 of 100 epochs". What there is none of is left out. */
export function budgetText({ counts, epochs, definition: { maxEpochs } }: Counted): string {
  const { finished, failed, planned, repeats } = counts
  return [
    `${finished + failed} of ${planned} evaluations`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(repeats > 0 ? [`${repeats} ${repeats === 1 ? 'repeat' : 'repeats'}`] : []),
    ...(maxEpochs === null ? [] : [`${epochs} of ${maxEpochs} epochs`]),
  ].join(', ')
}
