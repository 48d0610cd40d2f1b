// A forecast as the command line tells it; the window has the same in its language (locales, definition.forecast).
import { readableBytes } from '../units'
import type { Recipe } from './recipe'
import type { RunForecast } from './run-forecast'

/** @param duration seconds as people read them */
export function forecastText(forecast: RunForecast, duration: (seconds: number) => string): string {
  const { evaluations, time, peakMemoryBytes, diskBytes, calibrated, calibrationSeconds } = forecast
  const parts = [
    time === null ? 'a time that only the first evaluations will tell' : timeText(time, duration),
    ...(peakMemoryBytes === null ? [] : [`${readableBytes(peakMemoryBytes)} of memory at the peak`]),
    ...(diskBytes === null ? [] : [`${readableBytes(diskBytes)} of disk`]),
  ]
  const basis =
    calibrated === 0
      ? ''
      : ` From ${calibrated} ${calibrated === 1 ? 'network' : 'networks'} of the space, trained for a moment on this machine (${duration(calibrationSeconds)}).`
  return `${evaluations} ${evaluations === 1 ? 'evaluation' : 'evaluations'} would take ${parts.join(', ')}.${basis}`
}

/** What comes after the search of a preset. @param time null where no network was tried */
export function finalTrainingText(
  { recipe, time }: { readonly recipe: Recipe; readonly time: { readonly low: number; readonly high: number } | null },
  duration: (seconds: number) => string,
): string {
  const how = `The final training of its best network, ${recipe.epochs} epochs from a rate of ${recipe.learningRate}`
  return time === null ? `${how}, comes after it.` : `${how}, would take ${timeText(time, duration)} more.`
}

function timeText({ low, high }: { low: number; high: number }, duration: (seconds: number) => string): string {
  if (high === 0) return 'next to no time'
  const [least, most] = [duration(low), duration(high)]
  return least === most ? `about ${least}` : `about ${least} to ${most}`
}
