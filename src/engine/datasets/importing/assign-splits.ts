// Which images of an import train and which are kept for the test: as given, else a stratified share drawn with a seed.
import { AppError } from '@shared/errors'
import { NO_CLASS, type ImportPart } from '../importers/importer'
import type { SplitName } from '../manifest'
import { stratifiedSplit } from '../split'

export interface Assigned {
  /** For each part, the split of each of its images. */
  readonly splits: readonly (readonly SplitName[] | SplitName)[]
  readonly testFrom: 'given' | 'share'
  readonly notes: readonly string[]
}

/** @throws AppError `invalid-input` when no image is left for one of the splits */
export function assignSplits(parts: readonly ImportPart[], classes: number, testShare: number, seed: number): Assigned {
  const usable = (part: ImportPart): number => part.labels.reduce((sum, label) => sum + Number(label !== NO_CLASS), 0)
  const isGiven = parts.some((part) => part.split === 'test' && usable(part) > 0)
  const trainable = parts.filter((part) => part.split !== 'test').reduce((sum, part) => sum + usable(part), 0)
  if (trainable === 0) {
    throw new AppError('invalid-input', 'There is no image to train on.', 'Choose a folder that holds training images.')
  }
  if (isGiven) return { splits: parts.map(({ split }) => split ?? 'train'), testFrom: 'given', notes: [] }
  const open = parts.filter((part) => part.split !== 'test')
  const labels = Uint16Array.from(open.flatMap((part) => [...part.labels].filter((label) => label !== NO_CLASS)))
  const testImages = Math.round(trainable * testShare)
  if (testImages === 0 || testImages === trainable) {
    throw new AppError(
      'invalid-input',
      `A share of ${(testShare * 100).toFixed(1)} % of ${trainable} images leaves one of the splits empty.`,
      'Choose another share for the test split, or import more images.',
    )
  }
  const drawn = stratifiedSplit(labels, classes, { validationImages: testImages, trainImages: null, splitSeed: seed })
  const isTest = new Uint8Array(labels.length)
  drawn.validation.forEach((index) => (isTest[index] = 1))
  const kept = keepOneOfEach(labels, isTest, classes)
  let next = 0
  const splits = parts.map((part) => {
    if (part.split === 'test') return 'test'
    return Array.from(part.labels, (label): SplitName =>
      label !== NO_CLASS && isTest[next++] === 1 ? 'test' : 'train',
    )
  })
  const note = `No test split is given: ${testImages - kept} of ${trainable} images, stratified by class and drawn with seed ${seed}, became it.`
  const keptNote = `${kept} classes are so small that the draw took all their images: one of each went back to training.`
  return { splits, testFrom: 'share', notes: kept === 0 ? [note] : [note, keptNote] }
}

/** Takes an image back out of the test where a class would have none to train on. @returns how many that were */
function keepOneOfEach(labels: Uint16Array, isTest: Uint8Array, classes: number): number {
  const trained = new Uint8Array(classes)
  labels.forEach((label, index) => (trained[label] = trained[label]! | Number(isTest[index] === 0)))
  let kept = 0
  labels.forEach((label, index) => {
    if (trained[label] === 1) return
    trained[label] = 1
    isTest[index] = 0
    kept++
  })
  return kept
}
