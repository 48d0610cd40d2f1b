// gpt-nas search start --dry-run: what the settings come to and what they would take, with nothing started.
import { finalTrainingText, forecastText } from '@shared/search/forecast-text'
import { finalTrainingTime, type Preset } from '@shared/search/presets'
import type { RunDefinition } from '@shared/search/run'
import type { RunForecast } from '@shared/search/run-forecast'
import type { CommandContext } from '../command'
import { bar, duration } from '../format'
import { EXIT } from '../output'

/**
 * @param notes of the check, without problems
 * @param preset whose final training is forecast as well; null without one
 */
export async function dryRun(
  { client, output }: CommandContext,
  definition: RunDefinition,
  notes: readonly string[],
  preset: Preset | null,
): Promise<number> {
  let forecast: RunForecast | null = null
  output.live([`${bar(0)} training some networks of the space for a moment ...`])
  for await (const { done, of, result } of await client.searches.forecast({ definition })) {
    if (of > 0) output.live([`${bar(done / of)} ${done} of ${of} networks trained for a moment`])
    forecast = result ?? forecast
  }
  output.live([])
  const training = forecast?.training ?? null
  const time =
    preset === null || training === null ? null : finalTrainingTime(preset, definition.recipe.epochs, training)
  const finalTraining = preset === null ? null : { recipe: preset.finalRecipe, time }
  const told = [
    ...(forecast === null ? [] : [forecastText(forecast, duration)]),
    ...(finalTraining === null ? [] : [finalTrainingText(finalTraining, duration)]),
  ]
  output.result({ notes, forecast, finalTraining }, [...notes, ...told, 'Nothing was started.'].join('\n'))
  return EXIT.ok
}
