// RandAugment (Cubuk et al. 2020) as graph ops: every image draws its own operation of the paper's fourteen, with the strengths
// of torchvision's implementation.
import { executeSingle, integer, tf, text, type Tensor, type Tensor2D, type Tensor4D } from '../backend'
import { BRIGHTEST, clipPixels, greyOf, meanGreyOf } from './colour'
import { equalize } from './equalize'
import { cast, gather } from './gather'
import { integers } from './native-op'
import { randomUniform, streamOfWork, type Seed } from './random'

/** In the order of the table's rows. */
export const RAND_AUGMENT_OPERATIONS = [
  'identity',
  'shear-x',
  'shear-y',
  'translate-x',
  'translate-y',
  'rotate',
  'brightness',
  'colour',
  'contrast',
  'sharpness',
  'posterize',
  'solarize',
  'auto-contrast',
  'equalize',
] as const
export type RandAugmentOperation = (typeof RAND_AUGMENT_OPERATIONS)[number]

/** The scale of the paper's M: its largest strength. */
const STRONGEST = 30
/** What a moved image uncovers: middle grey, as in the published policies. */
const FILL = 128
/** Streams below zero: those from zero on belong to the other augmentations and to the layers. */
const saltOf = (round: number): number => -1 - round

/** What one operation does to one image; every number has a value that changes nothing. */
interface Effect {
  /** Output place to input place: x' = a x + b y + c, y' = d x + e y + f. */
  readonly place: readonly [number, number, number, number, number, number]
  /** result = own * pixel + grey * its brightness + mean * the image's mean brightness + smooth * the smoothed image. */
  readonly own: number
  readonly grey: number
  readonly mean: number
  readonly smooth: number
  /** Pixels from here on are inverted; above 255 none is. */
  readonly threshold: number
  /** Pixels fall to multiples of it; 1 leaves them. */
  readonly multiple: number
  readonly isStretched: boolean
  readonly isEqualized: boolean
}

const NOTHING: Effect = {
  place: [1, 0, 0, 0, 1, 0],
  own: 1,
  grey: 0,
  mean: 0,
  smooth: 0,
  threshold: BRIGHTEST + 1,
  multiple: 1,
  isStretched: false,
  isEqualized: false,
}
/** Places in a row of the table; the projective op takes eight numbers, the last two of them the perspective. */
const COLUMN = { own: 8, grey: 9, mean: 10, smooth: 11, threshold: 12, multiple: 13, isStretched: 14, isEqualized: 15 }
const COLUMNS = 16

function rotation(angle: number, height: number, width: number): Effect['place'] {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const [x, y] = [(width - 1) / 2, (height - 1) / 2]
  return [cos, -sin, x - cos * x + sin * y, sin, cos, y - sin * x - cos * y]
}

/** @param strength in [0, 1] @param sign 1 or -1, for the operations with a direction */
function effectOf(
  operation: RandAugmentOperation,
  strength: number,
  sign: number,
  height: number,
  width: number,
): Effect {
  // torchvision: shears to 0.3, moves to 150/331 of the side, turns to 30 degrees, factors to 1 +- 0.9, 4 bits at least.
  const shear = 0.3 * strength * sign
  const move = (150 / 331) * strength * sign
  const factor = 1 + 0.9 * strength * sign
  switch (operation) {
    case 'identity':
      return NOTHING
    case 'shear-x':
      // About the corner of the image, half a pixel from the middle of the first one.
      return { ...NOTHING, place: [1, shear, shear / 2, 0, 1, 0] }
    case 'shear-y':
      return { ...NOTHING, place: [1, 0, 0, shear, 1, shear / 2] }
    case 'translate-x':
      return { ...NOTHING, place: [1, 0, Math.trunc(move * width), 0, 1, 0] }
    case 'translate-y':
      return { ...NOTHING, place: [1, 0, 0, 0, 1, Math.trunc(move * height)] }
    case 'rotate':
      return { ...NOTHING, place: rotation((Math.PI / 6) * strength * sign, height, width) }
    case 'brightness':
      return { ...NOTHING, own: factor }
    case 'colour':
      return { ...NOTHING, own: factor, grey: 1 - factor }
    case 'contrast':
      return { ...NOTHING, own: factor, mean: 1 - factor }
    case 'sharpness':
      return { ...NOTHING, own: factor, smooth: 1 - factor }
    case 'posterize':
      return { ...NOTHING, multiple: 2 ** Math.round(4 * strength) }
    case 'solarize':
      return { ...NOTHING, threshold: BRIGHTEST * (1 - strength) }
    case 'auto-contrast':
      return { ...NOTHING, isStretched: true }
    case 'equalize':
      return { ...NOTHING, isEqualized: true }
  }
}

/** One row per operation and sign: a row is what the graph picks for an image. */
function effectTable(operations: readonly RandAugmentOperation[], strength: number, images: Tensor4D): Tensor2D {
  const [, height, width] = images.shape
  const rows = operations.flatMap((operation) =>
    [1, -1].map((sign) => {
      const effect = effectOf(operation, strength, sign, height, width)
      const { own, grey, mean, smooth, threshold, multiple, isStretched, isEqualized } = effect
      const flags = [Number(isStretched), Number(isEqualized)]
      return tf.tensor1d([...effect.place, 0, 0, own, grey, mean, smooth, threshold, multiple, ...flags])
    }),
  )
  return tf.stack(rows) as Tensor2D
}

/**
 * Pillow's SMOOTH: each pixel five times and its eight neighbours once, over 13; the border stays.
 * @param images at least 3 pixels high and wide, else they are returned
 */
function smoothed(images: Tensor4D): Tensor4D {
  const [, height, width] = images.shape
  if (height < 3 || width < 3) return images
  const inside = tf.slice(images, [0, 1, 1, 0], [-1, height - 2, width - 2, -1])
  const window = { ksize: integer([1, 3, 3, 1]), strides: integer([1, 1, 1, 1]), padding: text('VALID') }
  const around = executeSingle('AvgPool', { ...window, data_format: text('NHWC') }, [images])
  const smooth = executeSingle('Round', {}, [tf.add(tf.mul(around, 9 / 13), tf.mul(inside, 4 / 13))])
  const border: [number, number][] = [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]
  return tf.add(images, tf.pad(tf.sub(smooth, inside), border))
}

function stretch(images: Tensor4D): Tensor4D {
  const lowest = tf.min(images, [1, 2], true)
  const spread = tf.sub(tf.max(images, [1, 2], true), lowest)
  const scale = executeSingle('DivNoNan', {}, [tf.scalar(BRIGHTEST), spread])
  const isFlat = executeSingle('Equal', {}, [spread, tf.scalar(0)])
  return executeSingle('SelectV2', {}, [isFlat, images, tf.mul(tf.sub(images, lowest), scale)]) as Tensor4D
}

function applyEffects(images: Tensor4D, effects: Tensor2D): Tensor4D {
  const [batch, height, width] = images.shape
  const column = (index: number): Tensor => tf.reshape(tf.slice(effects, [0, index], [batch, 1]), [batch, 1, 1, 1])
  const select = (condition: Tensor, then: Tensor, otherwise: Tensor): Tensor4D =>
    executeSingle('SelectV2', {}, [condition, then, otherwise]) as Tensor4D
  const mixed = tf.addN([
    tf.mul(images, column(COLUMN.own)),
    tf.mul(tf.mul(greyOf(images), column(COLUMN.grey)), tf.onesLike(images)),
    tf.mul(tf.mul(meanGreyOf(images), column(COLUMN.mean)), tf.onesLike(images)),
    tf.mul(smoothed(images), column(COLUMN.smooth)),
  ])
  let result = clipPixels(mixed)
  const isInverted = executeSingle('GreaterEqual', {}, [result, column(COLUMN.threshold)])
  result = select(isInverted, tf.sub(BRIGHTEST, result), result)
  const multiple = column(COLUMN.multiple)
  const fallen = tf.mul(executeSingle('Floor', {}, [tf.div(result, multiple)]), multiple)
  result = select(executeSingle('Greater', {}, [multiple, tf.scalar(1)]), fallen, result)
  const isOn = (flag: number): Tensor => executeSingle('Greater', {}, [column(flag), tf.scalar(0)])
  result = select(isOn(COLUMN.isStretched), stretch(result), result)
  result = select(isOn(COLUMN.isEqualized), equalize(result), result)
  return executeSingle('ImageProjectiveTransformV3', { interpolation: text('NEAREST'), fill_mode: text('CONSTANT') }, [
    result,
    tf.slice(effects, [0, 0], [batch, 8]),
    integers([height, width]),
    tf.scalar(FILL),
  ]) as Tensor4D
}

export interface RandAugmentOptions {
  /** Rounds; each draws one operation per image. */
  readonly operations: number
  /** The paper's M, 0 to 30. */
  readonly magnitude: number
  /** What may be drawn; all by default. */
  readonly from?: readonly RandAugmentOperation[]
}

/**
 * @param images `[batch, height, width, channels]` float32, 0 to 255
 * @returns pixels of the same range
 */
export function randAugment(
  images: Tensor4D,
  { operations, magnitude, from = RAND_AUGMENT_OPERATIONS }: RandAugmentOptions,
  seed: Seed,
): Tensor4D {
  const [batch] = images.shape
  let result = images
  for (let round = 0; round < operations; round++) {
    const table = effectTable(from, magnitude / STRONGEST, images)
    const drawn = randomUniform([batch], streamOfWork(seed, saltOf(round)))
    // A row is an operation with its sign, so one draw decides both.
    const rows = cast(tf.mul(drawn, 2 * from.length), 'int32')
    result = applyEffects(result, tf.reshape(gather(table, rows), [batch, COLUMNS]))
  }
  return result
}
