// The proof of an export: the trained network's class scores (logits) beside those of the exported files, row by row, on images and
// on random inputs. Pure arithmetic; who runs the two networks is the engine's business.
import type { ExportedPrediction, Prediction } from '../contract/compute'
import type { Proof, Rounding } from '../contract/exports'
import { AppError } from '../errors'
import { FLOAT32_CLOSENESS, type Closeness } from './closeness'

type Rows = Prediction['logits']

/** Index of the first largest entry. */
function predictedClass(row: readonly (number | null)[]): number {
  const value = (i: number): number => row[i] ?? -Infinity
  let best = 0
  for (let i = 1; i < row.length; i++) if (value(i) > value(best)) best = i
  return best
}

function softmax(row: readonly number[]): number[] {
  const largest = row.reduce((most, value) => Math.max(most, value), -Infinity)
  const powers = row.map((value) => Math.exp(value - largest))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}

const isFinite = (row: readonly (number | null)[]): row is readonly number[] => row.every((value) => value !== null)

const largestOf = (rows: Rows): number =>
  rows.reduce((most, row) => row.reduce<number>((inRow, value) => Math.max(inRow, Math.abs(value ?? 0)), most), 0)

/** Largest range of one class's logit over the inputs. */
function variationOf(rows: Rows): number {
  let most = 0
  for (let i = 0; i < (rows[0]?.length ?? 0); i++) {
    const values = rows.map((row) => row[i] ?? 0)
    const range = values.reduce((a, b) => Math.max(a, b), -Infinity) - values.reduce((a, b) => Math.min(a, b), Infinity)
    most = Math.max(most, range)
  }
  return most
}

function largestDifference(ours: Rows, theirs: Rows): number {
  let most = 0
  ours.forEach((row, input) =>
    row.forEach((value, i) => {
      const other = theirs[input]![i] ?? null
      // Neither is a number: nothing is known, and nothing differs.
      if (value === null && other === null) return
      most = value === null || other === null ? Infinity : Math.max(most, Math.abs(value - other))
    }),
  )
  return most
}

/** The two largest scores are so near that what may differ can turn them. */
function isTie(row: readonly (number | null)[], allowed: number): boolean {
  const [first = 0, second = -Infinity] = row.map((value) => value ?? -Infinity).sort((a, b) => b - a)
  return first - second <= allowed
}

/** The image whose class scores differ most. */
export function mostDifferent(ours: Rows, theirs: Rows): number {
  const differences = ours.map((row, i) => largestDifference([row], [theirs[i] ?? []]))
  return differences.reduce((worst, difference, i) => (difference > differences[worst]! ? i : worst), 0)
}

/** Zero where nothing differs, also where every logit is zero. */
const relative = (difference: number, scale: number): number => (difference === 0 ? 0 : difference / scale)

function refuseOthers(trained: Prediction, exported: ExportedPrediction): void {
  const { logits: ours, labels, randomLogits } = trained
  const images = ours.length
  if (exported.logits.length !== images || exported.labels.length !== images || images === 0)
    throw new AppError(
      'invalid-input',
      `Both predictions must hold the same images; the trained network has ${images}, the exported model ` +
        `${exported.logits.length} with ${exported.labels.length} labels.`,
    )
  ours.forEach((row, image) => {
    const theirs = exported.logits[image]!
    if (row.length === theirs.length && labels[image] === exported.labels[image]) return
    throw new AppError(
      'invalid-input',
      `Image ${image} differs: ${row.length} and ${theirs.length} classes, labels ${labels[image]} and ${exported.labels[image]}.`,
    )
  })
  if (exported.randomLogits.length !== randomLogits.length)
    throw new AppError(
      'invalid-input',
      `Both predictions must hold the same random inputs; they have ${randomLogits.length} and ${exported.randomLogits.length}.`,
    )
}

/** Why equal outputs would not say that the networks are equal; null where they do. */
function whyUnclear({ logits, randomLogits }: Prediction, leastVariation: number): string | null {
  if (![...logits, ...randomLogits].every(isFinite))
    return 'The trained network gives outputs that are no finite numbers, so nothing can be told from them.'
  const sets = [logits, randomLogits].filter((rows) => rows.length > 0)
  const share = Math.max(...sets.map((rows) => relative(variationOf(rows), largestOf(rows))))
  if (share >= leastVariation) return null
  return (
    `The trained network's outputs hardly depend on its input: they vary by ${share.toExponential(1)} of the largest, ` +
    `and a wrong export would give nearly the same.`
  )
}

const accuracyOf = ({ logits, labels }: Pick<Prediction, 'logits' | 'labels'>): number =>
  logits.filter((row, image) => predictedClass(row) === labels[image]).length / logits.length

/**
 * What rounding costs: told, and no verdict.
 * @param trained of the network as it was trained
 * @param exported the same images through the exported files, which hold rounded values
 */
export function comparedWithTrained(trained: Prediction, exported: ExportedPrediction, storedAs: string): Rounding {
  const { logits } = trained
  const same = logits.filter(
    (row, image) => predictedClass(row) === predictedClass(exported.logits[image] ?? []),
  ).length
  const difference = relative(largestDifference(logits, exported.logits), largestOf(logits))
  return {
    storedAs,
    trainedAccuracy: accuracyOf(trained),
    samePredictions: same,
    largestLogitDifference: Math.min(difference, Number.MAX_VALUE),
  }
}

/**
 * @param trained of the network as it was trained
 * @param exported the same inputs through the exported files; its labels give the accuracy
 * @param runtime what ran the exported files ("tfjs 4.22.0, cpu")
 * @param closeness of the precision that the files compute in
 * @returns without what others measure: size, latency, where the two part
 * @throws AppError `invalid-input` when the two do not hold the same inputs and classes
 */
export function comparePredictions(
  trained: Prediction,
  exported: ExportedPrediction,
  runtime: string,
  { tolerance, leastVariation, mayTurnTies, mostAccuracyLost }: Closeness = FLOAT32_CLOSENESS,
): Proof {
  refuseOthers(trained, exported)
  const images = trained.logits.length
  let ofProbability = 0
  const scale = largestOf(trained.logits)
  let samePredictions = 0
  /** Images whose class turned although it may not. */
  let turned = 0
  let correct = 0
  trained.logits.forEach((row, image) => {
    const theirs = exported.probabilities[image]!
    if (isFinite(row))
      softmax(row).forEach((value, i) => {
        const other = theirs[i] ?? null
        ofProbability = Math.max(ofProbability, other === null ? Infinity : Math.abs(value - other))
      })
    const predicted = predictedClass(exported.logits[image]!)
    if (predicted === predictedClass(row)) samePredictions++
    else if (!mayTurnTies || !isTie(row, 2 * tolerance * scale)) turned++
    if (predicted === exported.labels[image]) correct++
  })
  const onImages = largestDifference(trained.logits, exported.logits)
  const onRandom = largestDifference(trained.randomLogits, exported.randomLogits)
  const ofLogits = Math.max(relative(onImages, scale), relative(onRandom, largestOf(trained.randomLogits)))
  const isSame =
    mostAccuracyLost === undefined
      ? ofLogits <= tolerance && ofProbability <= tolerance && turned === 0
      : relative(onImages, scale) <= tolerance && accuracyOf(trained) - correct / images <= mostAccuracyLost
  const reason = isSame ? whyUnclear(trained, leastVariation) : null
  const verdict = !isSame ? 'different' : reason === null ? 'equal' : 'cannot-tell'
  return {
    runtime,
    images,
    split: 'test',
    largestDifference: Math.min(ofProbability, Number.MAX_VALUE),
    largestLogitDifference: Math.min(ofLogits, Number.MAX_VALUE),
    largestScoreDifference: Math.min(Math.max(onImages, onRandom), Number.MAX_VALUE),
    randomInputs: trained.randomLogits.length,
    tolerance,
    samePredictions,
    accuracy: correct / images,
    verdict,
    reason,
    sizeBytes: null,
    latency: null,
    firstDifference: null,
    rounding: null,
    passed: verdict === 'equal',
  }
}
