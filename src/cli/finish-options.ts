// How a winner is trained on, as options: the same of `search finish` and of `search start --finish`, with the same defaults.
import { Option, type Command } from 'commander'
import { AppError } from '@shared/errors'
import {
  FINAL_SCHEDULES,
  FINAL_STARTS,
  FINAL_WINNERS,
  finalWishSchema,
  type FinalWish,
} from '@shared/search/final-training'

/** As typed; what is left out takes its default. */
export interface TypedFinish {
  readonly schedule?: FinalWish['schedule']
  readonly epochs?: string
  readonly start?: FinalWish['start']
  readonly winner?: FinalWish['winner']
  readonly allImages?: boolean
  readonly peer?: boolean
}

const DEFAULTS = finalWishSchema.parse({})

/** @param of put before what each does: that it goes with another option */
export const withFinishOptions = (command: Command, of = ''): Command =>
  command
    .addOption(
      new Option(
        '--schedule <name>',
        `${of}short: 10 epochs; long: 60; paper: its 350 epochs; paper-imagenet: its 120 (default: ${DEFAULTS.schedule})`,
      ).choices(FINAL_SCHEDULES),
    )
    .option('--epochs <n>', `${of}in place of the schedule’s`)
    .addOption(
      new Option('--start <from>', `${of}new weights, or those the search left (default: ${DEFAULTS.start})`).choices(
        FINAL_STARTS,
      ),
    )
    .addOption(
      new Option(
        '--winner <by>',
        `${of}whom all results speak for, or who measured best; the same one of a table, a front and fewer than ten results (default: ${DEFAULTS.winner})`,
      ).choices(FINAL_WINNERS),
    )
    .option('--all-images', `${of}on the whole train split, not only the images of the search`)
    .option('--peer', `${of}train a hand-made network of about the same cost as long, and test it, too`)

/** @throws AppError `invalid-input` */
export function finishWish({ schedule, epochs, start, winner, allImages }: TypedFinish): FinalWish {
  const read = finalWishSchema.safeParse({
    ...{ schedule, start, winner, images: allImages === true ? 'all' : 'searched' },
    epochs: epochs === undefined ? null : Number(epochs),
  })
  if (read.success) return read.data
  throw new AppError('invalid-input', `--epochs: ${read.error.issues[0]?.message ?? 'not a number'}`)
}

/** The options that were typed, as one types them again. */
export const finishWords = ({ schedule, epochs, start, winner, allImages, peer }: TypedFinish): readonly string[] => [
  ...(schedule === undefined ? [] : ['--schedule', schedule]),
  ...(epochs === undefined ? [] : ['--epochs', epochs]),
  ...(start === undefined ? [] : ['--start', start]),
  ...(winner === undefined ? [] : ['--winner', winner]),
  ...(allImages === true ? ['--all-images'] : []),
  ...(peer === true ? ['--peer'] : []),
]

/** @throws AppError `invalid-input` for one of the options where nothing is trained on: it could mean the search's own */
export function refuseWithoutFinish(options: TypedFinish, isFinishing: boolean): void {
  const [first] = finishWords(options)
  if (isFinishing || first === undefined) return
  throw new AppError(
    'invalid-input',
    `${first} says how the winner is trained on, which only --finish does.`,
    'Add --finish, or leave it out; settings of the search itself are set with --set, such as --set recipe.epochs=5.',
  )
}
