// Follows a run in the terminal: bars on a terminal, one line per finished trial without one. Ctrl-C pauses cleanly.
import type { RunUpdate } from '@shared/contract/searches'
import { errorData } from '@shared/errors'
import { trainedFraction, type Activity } from '@shared/search/activity'
import { budgetText, runProgress } from '@shared/search/progress'
import type { Run } from '@shared/search/run'
import { RUN_STATE_RULES } from '@shared/search/run-states'
import type { CommandContext } from './command'
import { fitnessFigure } from '@shared/evaluators/fitness-text'
import { fitnessReading } from '@shared/evaluators/registry'
import { bar, duration, loss as lossFigure } from './format'
import { EXIT } from './output'
import { trialLine } from './trial-text'

/** What one trial in training is at. */
export function activityLine(activity: Activity): string {
  const { trialNumber, compute, epoch, epochs, validation, loss } = activity
  const validating = validation ? `, validating (${validation.images} of ${validation.of} images)` : ''
  const lost = loss === null ? '' : `, loss ${lossFigure(loss)}`
  return `  ${bar(trainedFraction(activity), 16)} trial ${trialNumber} on compute ${compute}: epoch ${epoch} of ${epochs}${validating}${lost}`
}

/** The bars of one moment. */
function liveLines({ run, activities, phase, preparing }: RunUpdate): string[] {
  const left = run.remaining ? `, about ${duration(run.remaining.low)} to ${duration(run.remaining.high)} left` : ''
  const best =
    run.bestFitness === null ? '' : `, best ${fitnessFigure(fitnessReading(run.definition), run.bestFitness)}`
  return [
    `${bar(runProgress(run))} ${budgetText(run)}, generation ${run.generation + 1}${best}${left}`,
    ...activities.map(activityLine),
    ...(preparing ? [`  ${bar(preparing.fraction ?? 0, 16)} ${preparing.message}`] : []),
    ...(phase === 'proposing' ? ['  proposing the next generation ...'] : []),
  ]
}

/**
 * Prints what happens until the run ends or is paused.
 * @returns the run as it ended; its state is `paused` after Ctrl-C
 */
export async function watchRun({ client, output }: CommandContext, id: string): Promise<Run> {
  const told = new Set<number>()
  let isFirst = true
  let interrupts = 0
  const interrupt = (): void => {
    interrupts++
    if (interrupts === 1) {
      output.note(
        'Pausing: running epochs end and are stored. Press Ctrl-C again to leave at once; nothing finished is lost.',
      )
      // Refused where the run has just come to its end, which the watch is about to tell.
      client.searches.pause({ id }).catch((thrown: unknown) => output.note(errorData(thrown).message))
    } else {
      process.exit(EXIT.interrupted)
    }
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  try {
    let last: Run | undefined
    for await (const update of await client.searches.watch({ id })) {
      last = update.run
      for (const trial of update.changedTrials) {
        const isEnd = trial.state === 'finished' || trial.state === 'failed'
        if (!isEnd || told.has(trial.id)) continue
        told.add(trial.id)
        if (!isFirst) output.note(trialLine(trial, fitnessReading(update.run.definition))) // the first update holds what an earlier session did
      }
      if (!isFirst)
        for (const entry of update.journal) if (entry.level !== 'info') output.note(`${entry.level}: ${entry.message}`)
      isFirst = false
      output.live(liveLines(update))
      if (!RUN_STATE_RULES[update.run.state].isGoing) break
    }
    return last ?? (await client.searches.get({ id }))
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}
