// gpt-nas search start --dry-run: what the settings come to and what they would take, with nothing started.
import { forecastText } from '@shared/search/forecast-text'
import type { RunDefinition } from '@shared/search/run'
import type { RunForecast } from '@shared/search/run-forecast'
import type { CommandContext } from '../command'
import { bar, duration } from '../format'
import { EXIT } from '../output'

/** @param notes of the check, without problems */
export async function dryRun(
  { client, output }: CommandContext,
  definition: RunDefinition,
  notes: readonly string[],
): Promise<number> {
  let forecast: RunForecast | null = null
  output.live([`${bar(0)} training some networks of the space for a moment ...`])
  for await (const { done, of, result } of await client.searches.forecast({ definition })) {
    if (of > 0) output.live([`${bar(done / of)} ${done} of ${of} networks trained for a moment`])
    forecast = result ?? forecast
  }
  output.live([])
  const told = forecast === null ? [] : [forecastText(forecast, duration)]
  output.result({ notes, forecast }, [...notes, ...told, 'Nothing was started.'].join('\n'))
  return EXIT.ok
}
