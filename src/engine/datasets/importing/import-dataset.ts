// An import from the path to a prepared data set: files, plan, splits, pixels, duplicates, manifest. The folder appears whole or
// not at all, whatever the files do.
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '@shared/errors'
import type { ImportReport, ImportRequest } from '@shared/contract/datasets'
import { shownNames } from '@shared/quoted'
import { refuseTooLittleSpace } from '@node/disk'
import type { Report } from '../download-package'
import type { ArchiveLimits } from '../files/limits'
import type { StartDecoders } from '../images/decoders'
import { chooseImporter } from '../importers'
import { NO_CLASS, type ImportPlan } from '../importers/importer'
import type { Manifest } from '../manifest'
import { refuseForeignFiles, refuseForeignFilesIn } from '../own-dataset'
import { statistics } from '../statistics'
import { assignSplits, type Assigned } from './assign-splits'
import { compareImages, type ComparedImages } from './compare-images'
import { decideShape } from './image-size'
import { bytesOf } from './prepared-size'
import { openTree, unrecognised } from './source-tree'
import { writeWholeFolder, type Needs } from './whole-folder'
import { writeImages } from './write-images'

/** One label in two bytes, and a value left for "none". */
const MAX_CLASSES = 65_535
/** Classes that a message names. */
const NAMED_CLASSES = 5

export interface ImportOptions {
  readonly request: ImportRequest
  /** The data set's own folder; a whole one there is replaced. */
  readonly folder: string
  readonly startDecoders: StartDecoders
  readonly report: Report
  readonly signal: AbortSignal
  readonly limits?: ArchiveLimits
}

/**
 * @throws AppError `invalid-input` for what cannot be a data set, `dataset-damaged` for files damaged as a whole,
 * `conflict` for files in its folder that no import wrote, `storage-failed`, `cancelled`; nothing is left behind then.
 */
export async function importDataset(options: ImportOptions): Promise<Manifest> {
  const { request, folder, signal } = options
  // Asked once more when it is moved aside, because an import takes its time.
  const mayGo = (aside: string): Promise<void> => refuseForeignFilesIn(aside, folder)
  await refuseForeignFiles(folder)
  return writeWholeFolder({ folder, what: `import ${request.path}`, signal, mayGo }, async (temporary, needs) => {
    const manifest = await prepareImport(options, temporary, needs)
    await rm(path.join(temporary, 'unpacked'), { recursive: true, force: true })
    return manifest
  })
}

async function prepareImport(options: ImportOptions, temporary: string, needs: Needs): Promise<Manifest> {
  const { request, report, signal } = options
  report({ stage: 'unpacking', fraction: null, message: `Looking at ${request.path}` })
  const tree = await openTree(request.path, {
    unpackedFolder: path.join(temporary, 'unpacked'),
    signal,
    onFile: (name) => report({ stage: 'unpacking', fraction: null, message: `Unpacking ${name}` }),
    limits: options.limits,
  })
  const chosen = await chooseImporter(tree, request.kind, { isReadable: true })
  if (chosen === null) throw unrecognised(request.path, tree.files)
  const { importer } = chosen
  report({ stage: 'checking', fraction: null, message: `Reading the labels (${importer.kind})` })
  const plan = await importer.open(tree, { signal, splits: request.splits })
  checkClasses(plan)
  const assigned = assignSplits(plan.parts, plan.classes.length, request.testShare, request.seed)
  report({ stage: 'checking', fraction: null, message: foundText(plan, assigned) })
  const shape = await decideShape(plan, request, signal)
  needs.bytes = bytesOf(plan, shape)
  await refuseTooLittleSpace(`import ${request.path}`, temporary, needs.bytes)
  const decoders = options.startDecoders()
  try {
    const target = { shape, policy: request.policy }
    const written = await writeImages({ plan, assigned, target, folder: temporary, decoders, report, signal })
    checkCounts(plan.classes, written.splits.train.classCounts, written.skipped)
    if (written.splits.test.count === 0) {
      throw new AppError(
        'invalid-input',
        'No image of the test split could be read.',
        'Check the files of the test split.',
      )
    }
    report({ stage: 'checking', fraction: null, message: 'Looking for duplicates' })
    const { duplicates, conflicts } = await compareImages(temporary, written, plan.classes, decoders)
    return manifestOf(request, plan.classes, shape, written, {
      kind: importer.kind,
      path: request.path,
      options: { policy: request.policy, testShare: request.testShare, seed: request.seed },
      testFrom: assigned.testFrom,
      notes: [
        ...tree.notes,
        ...chosen.notes,
        ...plan.notes,
        ...assigned.notes,
        ...alikeNotes(plan.classes),
        ...written.notes,
        ...conflictNotes(conflicts),
        ...warnings(plan.classes, written, duplicates),
      ],
      sizes: written.sizes,
      skipped: written.skipped,
      duplicates,
    })
  } finally {
    await decoders.close()
  }
}

type Written = Awaited<ReturnType<typeof writeImages>>

function manifestOf(
  { name }: ImportRequest,
  classes: readonly string[],
  shape: readonly [number, number, number],
  { splits, histogram }: Written,
  report: ImportReport,
): Manifest {
  return {
    format: 'gptnas-dataset/1',
    name,
    classes: [...classes],
    shape: [...shape],
    ...statistics(histogram),
    splits,
    source: `import of ${report.path}`,
    createdAt: new Date().toISOString(),
    title: name,
    report,
  }
}

/** What the import is about to write: "Found 2 classes (cat, dog): 80 images to train on, 20 for the test". */
function foundText({ classes, parts }: ImportPlan, { splits }: Assigned): string {
  const counts = { train: 0, test: 0 }
  parts.forEach(({ labels }, number) => {
    const split = splits[number]!
    labels.forEach((label, i) => {
      if (label !== NO_CLASS) counts[typeof split === 'string' ? split : split[i]!]++
    })
  })
  return `Found ${classes.length} classes (${shownNames(classes, NAMED_CLASSES)}): ${counts.train} images to train on, ${counts.test} for the test`
}

/** @throws AppError `invalid-input` for too few or too many classes, and naming those without an image to train on */
function checkClasses({ classes, parts, emptyClasses }: ImportPlan): void {
  if (classes.length < 2 || classes.length > MAX_CLASSES) {
    const found = classes.length === 1 ? `only ${shownNames(classes)}` : String(classes.length)
    throw new AppError(
      'invalid-input',
      `A data set needs between 2 and ${MAX_CLASSES} classes, this one has ${found}.`,
      'Choose the folder above the classes, or check the labels.',
    )
  }
  const trained = new Set(parts.flatMap(({ split, labels }) => (split === 'test' ? [] : [...new Set(labels)])))
  const empty = classes.filter((_name, label) => !trained.has(label))
  if (empty.length === 0) return
  const named = empty.map((name) => {
    const reason = emptyClasses?.get(name)
    return reason === undefined ? name : `${name} (${reason})`
  })
  throw new AppError(
    'invalid-input',
    `Every class needs a training image, ${empty.length} of ${classes.length} have none: ${shownNames(named, NAMED_CLASSES)}.`,
    'Add images to these classes, or remove them.',
  )
}

/** @throws AppError `invalid-input` naming the classes that nothing could be learned of */
function checkCounts(classes: readonly string[], counts: readonly number[], skipped: ImportReport['skipped']): void {
  const empty = classes.filter((_name, label) => counts[label] === 0)
  if (empty.length === 0) return
  const [example] = skipped.files
  const because =
    example === undefined ? '' : ` ${skipped.count} were left out, for example ${example.file}: ${example.reason}.`
  throw new AppError(
    'invalid-input',
    `Every class needs a training image, ${empty.length} have none: ${shownNames(empty, NAMED_CLASSES)}.${because}`,
    'Add images to these classes or remove them.',
  )
}

/** Names that differ only in case or blanks: usually one class, written in two ways. */
function alikeNotes(classes: readonly string[]): string[] {
  const groups = new Map<string, string[]>()
  for (const name of classes) {
    const key = name.toLowerCase().replace(/[\s_-]+/g, '')
    groups.set(key, [...(groups.get(key) ?? []), name])
  }
  const alike = [...groups.values()].flatMap((names) =>
    names.length > 1 ? [names.map((name) => `"${name}"`).join(' and ')] : [],
  )
  return alike.length === 0
    ? []
    : [`Warning: classes whose names differ only in case or blanks: ${alike.slice(0, NAMED_CLASSES).join('; ')}.`]
}

function warnings(
  classes: readonly string[],
  { splits, skipped }: Written,
  { exact, near }: ImportReport['duplicates'],
) {
  const untested = classes.filter((_name, label) => splits.test.classCounts[label] === 0)
  return [
    ...(skipped.count > 0 ? [`${skipped.count} images were left out because they could not be used.`] : []),
    ...(untested.length > 0 ? [`${untested.length} classes have no test image, for example ${untested[0]}.`] : []),
    ...(exact.across > 0
      ? [
          `Warning: ${exact.across} test images are in the training split too, pixel by pixel. Test accuracy will look better than it is.`,
        ]
      : []),
    ...nearNotes(near.across, splits.test.count),
  ]
}

/** First of all notes that are found in the images: a wrong label costs more than any repeat. */
function conflictNotes({ images, examples }: ComparedImages['conflicts']): string[] {
  if (images === 0) return []
  const named = examples.map(([first, second]) => `${first} = ${second}`).join('; ')
  return [
    `Warning: ${images} images show a picture that stands in another class too, pixel by pixel: of each pair one label is wrong. For example ${named}.`,
  ]
}

/** Above what was ever found in a real data set (a tenth of CIFAR-100's test split: Barz and Denzler, 2020, ciFAIR). */
const PLAUSIBLE_NEAR_SHARE = 0.15

function nearNotes(across: number, testImages: number): string[] {
  if (across === 0) return []
  if (across <= testImages * PLAUSIBLE_NEAR_SHARE) {
    return [`Warning: ${across} test images look nearly the same as a training image.`]
  }
  return [
    `${across} test images look like a training image; where so many do, the images are alike by nature and it says little.`,
  ]
}
