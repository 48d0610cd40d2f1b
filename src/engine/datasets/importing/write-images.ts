// The images of an import through the decoders into the files of their split, in order, a few batches ahead and no more.
import type { ImportReport } from '@shared/contract/datasets'
import { refuseCancelled } from '@node/cancel'
import type { Report } from '../download-package'
import type { ImageSource, Prepared, Prints } from '../images/batch'
import type { Decoders } from '../images/decoders'
import type { Target } from '../images/fit'
import { NO_CLASS, type ImportPlan } from '../importers/importer'
import type { PreparedSplit, SplitName } from '../manifest'
import { emptyHistogram, type Histogram } from '../statistics'
import type { Assigned } from './assign-splits'
import { LostImages, RemarkCounts } from './reading-notes'
import { SizeStatistics } from './size-statistics'
import { openSplitWriter, type SplitWriter } from './split-writer'

/** Files in a batch: enough to hide the message, few enough that a thread answers within a second. */
const FILES_PER_BATCH = 32
/** Images that come as pixels cost a hundredth of a decoded file. */
const RASTERS_PER_BATCH = 512
/** Left-out files that a report names. */
const NAMED_SKIPPED = 200
/** Batches waiting for each thread beside the one it works on. */
const AHEAD = 2

export interface WriteOptions {
  readonly plan: ImportPlan
  readonly assigned: Assigned
  readonly target: Target
  readonly folder: string
  readonly decoders: Decoders
  readonly report: Report
  readonly signal: AbortSignal
}

export interface WrittenImages {
  readonly splits: Readonly<Record<SplitName, PreparedSplit>>
  readonly prints: Readonly<Record<SplitName, Prints>>
  /** Of the train split. */
  readonly histogram: Histogram
  readonly sizes: ImportReport['sizes']
  readonly skipped: ImportReport['skipped']
  /** How images had to be read and what was left out of each class, in words. */
  readonly notes: readonly string[]
}

export async function writeImages(options: WriteOptions): Promise<WrittenImages> {
  const { plan, target, folder, decoders, report, signal } = options
  const total = plan.parts.reduce((sum, { labels }) => sum + labels.length, 0)
  const histogram = emptyHistogram(target.shape[2])
  const sizes = new SizeStatistics()
  const skipped = { count: 0, files: [] as { file: string; reason: string }[] }
  const remarks = new RemarkCounts()
  const lost = new LostImages(plan)
  const skip = (file: string, reason: string, label = NO_CLASS): void => {
    lost.add(label, file, reason)
    skipped.count++
    if (skipped.files.length < NAMED_SKIPPED) skipped.files.push({ file, reason })
  }
  const writers = {
    train: await openSplitWriter(folder, 'train', plan.classes.length),
    test: await openSplitWriter(folder, 'test', plan.classes.length),
  }
  const waiting: { readonly images: readonly Waiting[]; readonly prepared: Promise<Prepared> }[] = []
  let done = 0
  const writeOldest = async (): Promise<void> => {
    const { images, prepared } = waiting.shift()!
    const result = await prepared
    appendAll(images, result, writers, { sizes, skip, remarks })
    addHistogram(histogram, result.histogram)
    await writers.train.flush()
    await writers.test.flush()
    done += images.length
    report({ stage: 'writing', fraction: done / total, message: `${done + skipped.count} of ${total} images read` })
  }
  try {
    for await (const images of batches(options, skip)) {
      refuseCancelled(signal)
      const isCounted = images.map(({ split }) => split === 'train')
      const prepared = decoders.prepare({ sources: images.map(({ source }) => source), isCounted, target })
      // Awaited in its turn; until then its failure is nobody's crash.
      prepared.catch(() => undefined)
      waiting.push({ images, prepared })
      if (waiting.length > decoders.size * AHEAD) await writeOldest()
    }
    while (waiting.length > 0) {
      refuseCancelled(signal)
      await writeOldest()
    }
    const train = await writers.train.finish()
    const test = await writers.test.finish()
    return {
      splits: { train: train.split, test: test.split },
      prints: { train: train.prints, test: test.prints },
      histogram,
      sizes: sizes.summary(),
      skipped,
      notes: [...remarks.notes(), ...lost.notes()],
    }
  } finally {
    await writers.train.close()
    await writers.test.close()
  }
}

interface Waiting {
  readonly name: string
  readonly label: number
  readonly split: SplitName
  readonly source: ImageSource
}

/** Images that have a class, a batch at a time; the others are told to `skip`. */
async function* batches(
  { plan, assigned, signal }: WriteOptions,
  skip: (file: string, reason: string) => void,
): AsyncGenerator<readonly Waiting[]> {
  let batch: Waiting[] = []
  for (const [number, part] of plan.parts.entries()) {
    const split = assigned.splits[number]!
    let position = 0
    for await (const item of part.items(signal)) {
      const index = position++
      if ('reason' in item) {
        skip(item.name, item.reason)
        continue
      }
      const name = typeof split === 'string' ? split : split[index]!
      batch.push({ name: item.name, label: part.labels[index]!, split: name, source: item.source })
      if (batch.length >= ('file' in item.source ? FILES_PER_BATCH : RASTERS_PER_BATCH)) {
        yield batch
        batch = []
      }
    }
  }
  if (batch.length > 0) yield batch
}

function appendAll(
  images: readonly Waiting[],
  { outcomes, pixels, prints }: Prepared,
  writers: Readonly<Record<SplitName, SplitWriter>>,
  {
    sizes,
    skip,
    remarks,
  }: { sizes: SizeStatistics; skip: (file: string, reason: string, label: number) => void; remarks: RemarkCounts },
): void {
  const count = prints.looks.length
  const imageBytes = count === 0 ? 0 : pixels.length / count
  let position = 0
  for (const [index, outcome] of outcomes.entries()) {
    const { name, label, split } = images[index]!
    if (!outcome.ok) {
      skip(name, outcome.reason, label)
      continue
    }
    sizes.add(outcome.height, outcome.width)
    for (const remark of outcome.remarks) remarks.add(remark, name)
    const own = pixels.subarray(position * imageBytes, (position + 1) * imageBytes)
    writers[split].append({ pixels: own, label, name }, prints, position++)
  }
}

function addHistogram(sum: Histogram, part: Histogram): void {
  for (const [channel, counts] of sum.entries()) {
    part[channel]!.forEach((count, value) => (counts[value]! += count))
  }
}
