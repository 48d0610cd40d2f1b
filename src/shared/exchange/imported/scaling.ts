// How raw pixels become what the first layer sees: what a file says of it, and what whoever imports it says where the file does not.
import { z } from 'zod'
import { AppError } from '../../errors'

/** `(x / 255 - mean) / deviation`, per channel. */
export interface Scaling {
  readonly mean: readonly number[]
  readonly deviation: readonly number[]
  /** Nothing in the file says it: whoever runs the file elsewhere may bring the pixels to other numbers first. */
  readonly isAssumed?: true
}

/** The first layer is given the pixels as they are. */
export function unscaled(channels: number): Scaling {
  return { mean: Array<number>(channels).fill(0), deviation: Array<number>(channels).fill(1 / 255), isAssumed: true }
}

/** What a person says of a file that is silent: one number, or one a channel, in the unit of pixels from 0 to 1. */
export const scalingWishSchema = z.object({
  mean: z.array(z.number()).min(1).max(1000),
  deviation: z.array(z.number().positive()).min(1).max(1000),
})
export type ScalingWish = z.infer<typeof scalingWishSchema>

/** Where the scaling of an import comes from. */
export const SCALING_SOURCES = ['file', 'assumed', 'given'] as const
export type ScalingSource = (typeof SCALING_SOURCES)[number]

/** Scalings that networks are commonly trained with, by the name that is typed or chosen. */
export const NAMED_SCALINGS = {
  /** As the file's silence is read: 0 to 255. */
  raw: { mean: [0], deviation: [1 / 255] },
  /** Divided by 255: 0 to 1. */
  unit: { mean: [0], deviation: [1] },
  /** -1 to 1, as MobileNet and Inception of Keras want it. */
  signed: { mean: [0.5], deviation: [0.5] },
  /** Mean and deviation of ImageNet's training images, as torchvision's models want it. */
  imagenet: { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
} as const satisfies Readonly<Record<string, ScalingWish>>
export type ScalingName = keyof typeof NAMED_SCALINGS
export const SCALING_NAMES = Object.keys(NAMED_SCALINGS) as readonly ScalingName[]

/** Numbers with commas between them, as they are typed; undefined where one of them is none. */
export function typedNumbers(text: string): number[] | undefined {
  const words = text.split(',').map((word) => word.trim())
  return words.every((word) => word !== '' && Number.isFinite(Number(word))) ? words.map(Number) : undefined
}

/** "(pixel / 255 - mean) / deviation", with one number where all channels have the same. */
export function scalingText({ mean, deviation }: Pick<Scaling, 'mean' | 'deviation'>): string {
  const shown = (list: readonly number[]): string => {
    const rounded = list.map((value) => String(Number(value.toPrecision(6))))
    if (new Set(rounded).size === 1) return rounded[0] ?? ''
    return `[${rounded.slice(0, MOST_SHOWN).join(', ')}${rounded.length > MOST_SHOWN ? ', ...' : ''}]`
  }
  // "- -0.5" reads as a slip.
  const isNegative = mean.every((value) => value < 0)
  const taken = isNegative ? `+ ${shown(mean.map((value) => -value))}` : `- ${shown(mean)}`
  return `(pixel / 255 ${taken}) / ${shown(deviation)}`
}
/** Channels whose numbers are told one by one. */
const MOST_SHOWN = 8

/** What is told of values whose scaling is assumed. */
export const ASSUMED_SCALING =
  'The file does not say how pixels become the numbers that its first layer sees: they go in as they are, from 0 to 255. ' +
  'Where it was trained on others, say so as you import it, or its scores are other ones here.'

/**
 * @param known what the file says
 * @param wish what was said of it; null says nothing
 * @returns the scaling for every channel, and where it comes from
 * @throws AppError `invalid-input` where the file says it itself, or the numbers are not the channels'
 */
export function chosenScaling(
  known: Scaling,
  wish: ScalingWish | null,
): { readonly scaling: Scaling; readonly source: ScalingSource } {
  if (wish === null) return { scaling: known, source: known.isAssumed === true ? 'assumed' : 'file' }
  if (known.isAssumed !== true)
    throw new AppError(
      'invalid-input',
      'The file says itself how its pixels are scaled, so nothing else can be said of it.',
      'Import it without a scaling.',
    )
  const channels = known.mean.length
  const all = (what: string, list: readonly number[]): number[] => {
    if (list.length !== 1 && list.length !== channels)
      throw new AppError(
        'invalid-input',
        `The scaling has ${list.length} numbers as ${what}; the image of this network has ${channels} ${channels === 1 ? 'channel' : 'channels'}.`,
        `Give one number, or ${channels}.`,
      )
    return Array.from({ length: channels }, (_, i) => list[list.length === 1 ? 0 : i] ?? 0)
  }
  return { scaling: { mean: all('mean', wish.mean), deviation: all('deviation', wish.deviation) }, source: 'given' }
}
