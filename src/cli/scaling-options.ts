// How the pixels of an imported network are scaled, as options: a name that everybody has, or the numbers themselves.
import { Option, type Command } from 'commander'
import { AppError } from '@shared/errors'
import {
  NAMED_SCALINGS,
  SCALING_NAMES,
  scalingWishSchema,
  typedNumbers,
  type ScalingName,
  type ScalingWish,
} from '@shared/exchange/imported/scaling'
import { quoted } from '@shared/quoted'

export interface TypedScaling {
  readonly scaling?: ScalingName
  readonly mean?: string
  readonly deviation?: string
}

export const withScalingOptions = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--scaling <name>',
        'what the first layer expects, where the file does not say it; raw: pixels from 0 to 255; unit: from 0 to 1; signed: from -1 to 1; imagenet: torchvision’s mean and deviation (default: raw)',
      ).choices(SCALING_NAMES),
    )
    .option('--mean <numbers>', 'in place of a name: taken from pixels between 0 and 1, one number or one a channel')
    .option('--deviation <numbers>', 'with --mean: what the difference is divided by')

/** @throws AppError `invalid-input` for a name beside numbers, half of them, and what is no number */
export function scalingWish({ scaling, mean, deviation }: TypedScaling): ScalingWish | null {
  if (mean === undefined && deviation === undefined)
    return scaling === undefined ? null : wishOf(NAMED_SCALINGS[scaling])
  if (scaling !== undefined)
    throw new AppError(
      'invalid-input',
      '--scaling stands beside --mean and --deviation.',
      'Give the name or the numbers.',
    )
  if (mean === undefined || deviation === undefined)
    throw new AppError(
      'invalid-input',
      `--mean and --deviation go together; --${mean === undefined ? 'mean' : 'deviation'} is missing.`,
      'Write for example --mean 0.49,0.48,0.45 --deviation 0.25,0.24,0.26.',
    )
  return wishOf({ mean: numbers('--mean', mean), deviation: numbers('--deviation', deviation) })
}

function numbers(option: string, text: string): number[] {
  const found = typedNumbers(text)
  if (found !== undefined) return found
  throw new AppError(
    'invalid-input',
    `${option} takes numbers with commas between them; received ${quoted(text)}.`,
    `Write for example ${option} 0.5,0.5,0.5.`,
  )
}

function wishOf(given: { readonly mean: readonly number[]; readonly deviation: readonly number[] }): ScalingWish {
  const read = scalingWishSchema.safeParse(given)
  if (read.success) return read.data
  throw new AppError(
    'invalid-input',
    '--deviation takes numbers above 0, and both at most 1000 of them.',
    'Pixels are divided by it.',
  )
}
