// Turns the raw files of a source into what training reads: uint8 images and labels per split, with a manifest. Decoding is
// streamed and yields between pieces, so the engine keeps answering (99 % of its turns
// stay below 40 ms on two busy cores while sheets of 31 MB are read).
import { createHash } from 'node:crypto'
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { PNG } from 'pngjs'
import { AppError } from '@shared/errors'
import { MIB } from '@shared/units'
import { refuseCancelled } from '@node/cancel'
import { readInPieces, readWhole } from '@node/read-file'
import { writeFileWhole } from '@node/whole-file'
import { folderBeside, publishFolder } from '@node/whole-folder'
import type { Report } from './download-package'
import { MANIFEST_FILE, type Manifest, type PreparedSplit, type SplitName } from './manifest'
import { packageFolderName, type DatasetSource, type PinnedFile } from './source'
import { emptyHistogram, statistics, type Histogram } from './statistics'

/** Images converted before other work of the engine gets its turn: about 3 MB, a few milliseconds. */
const IMAGES_PER_TURN = 1000
/** CIFAR-10's 50,000 labels have 100 kB. */
const MAX_LABELS_BYTES = 16 * MIB

/**
 * @param rawFolder holds every file of the source, checked.
 * @param folder appears whole, with its manifest, or not at all; what is there before is replaced.
 * @throws AppError `dataset-damaged` when counts, classes or statistics are not those of the data set.
 */
export async function prepareDataset(
  source: DatasetSource,
  rawFolder: string,
  folder: string,
  report: Report,
  signal: AbortSignal,
): Promise<Manifest> {
  const temporary = await folderBeside(folder)
  try {
    const histogram = emptyHistogram(source.shape[2])
    const sheets = source.train.sheets.length + source.test.sheets.length
    let done = 0
    const split = async (name: SplitName, counted: Histogram | null): Promise<PreparedSplit> => {
      const onSheet = (file: PinnedFile): void =>
        report({ stage: 'writing', fraction: done++ / sheets, message: `Reading ${file.path}` })
      return prepareSplit(source, name, rawFolder, temporary, counted, onSheet, signal)
    }
    // Statistics come from the train split alone.
    const splits = { train: await split('train', histogram), test: await split('test', null) }
    const manifest: Manifest = {
      format: 'gptnas-dataset/1',
      name: source.name,
      classes: [...source.classes],
      shape: [...source.shape],
      ...statistics(histogram),
      splits,
      source: `npm ${packageFolderName(source)}`,
      createdAt: new Date().toISOString(),
    }
    checkPublished(source, manifest)
    await writeFileWhole(path.join(temporary, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`)
    await rm(folder, { recursive: true, force: true })
    await publishFolder(temporary, folder)
    return manifest
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

async function prepareSplit(
  source: DatasetSource,
  name: SplitName,
  rawFolder: string,
  folder: string,
  histogram: Histogram | null,
  onSheet: (file: PinnedFile) => void,
  signal: AbortSignal,
): Promise<PreparedSplit> {
  const { sheets, labels: labelFile, images: expected, imagesPerClass } = source[name]
  const labels = await readLabels(path.join(rawFolder, labelFile.path), source.classes.length)
  const classCounts = source.classes.map((_, label) => labels.reduce((sum, value) => sum + Number(value === label), 0))
  if (labels.length !== expected || classCounts.some((count) => count !== imagesPerClass)) {
    throw damaged(
      source,
      `${labelFile.path} holds ${labels.length} labels, per class ${classCounts.join(', ')}; expected ${expected} with ${imagesPerClass} each`,
    )
  }
  await mkdir(path.join(folder, name), { recursive: true })
  const imagesPath = `${name}/images.u8`
  const hash = createHash('sha256')
  const handle = await open(path.join(folder, imagesPath), 'w')
  let count = 0
  try {
    for (const sheet of sheets) {
      refuseCancelled(signal)
      onSheet(sheet)
      count += await copySheet(source, path.join(rawFolder, sheet.path), handle, hash, histogram)
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
  if (count !== expected) throw damaged(source, `the ${name} sheets hold ${count} images, expected ${expected}`)
  await writeFileWhole(path.join(folder, name, 'labels.u8'), labels)
  const imageBytes = source.shape[0] * source.shape[1] * source.shape[2]
  return {
    count,
    classCounts,
    images: { path: imagesPath, bytes: count * imageBytes, sha256: hash.digest('hex') },
    labels: { path: `${name}/labels.u8`, bytes: count, sha256: createHash('sha256').update(labels).digest('hex') },
  }
}

/** Appends one sheet's images as RGB. @returns how many there were. */
async function copySheet(
  source: DatasetSource,
  file: string,
  handle: FileHandle,
  hash: ReturnType<typeof createHash>,
  histogram: Histogram | null,
): Promise<number> {
  const [height, width, channels] = source.shape
  const sheet = await decode(source, file)
  if (sheet.width !== height * width) {
    throw damaged(source, `${path.basename(file)} is ${sheet.width} pixels wide, expected ${height * width}`)
  }
  for (let start = 0; start < sheet.height; start += IMAGES_PER_TURN) {
    const rows = Math.min(IMAGES_PER_TURN, sheet.height - start)
    const pixels = rows * sheet.width
    const piece = Buffer.allocUnsafe(pixels * channels)
    const offset = start * sheet.width
    // pngjs decodes to RGBA; alpha is dropped.
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let channel = 0; channel < channels; channel++) {
        const value = sheet.data[(offset + pixel) * 4 + channel]!
        piece[pixel * channels + channel] = value
        if (histogram !== null) histogram[channel]![value]!++
      }
    }
    hash.update(piece)
    // The write is asynchronous, so every piece is also a turn for other work.
    await handle.write(piece)
  }
  return sheet.height
}

function decode(source: DatasetSource, file: string): Promise<PNG> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void =>
      reject(damaged(source, `${path.basename(file)} cannot be decoded: ${cause.message}`))
    const png = new PNG()
    png.once('parsed', () => resolve(png))
    png.once('error', fail)
    Readable.from(readInPieces(file, { what: 'sheet of images' }))
      .once('error', fail)
      .pipe(png)
  })
}

async function readLabels(file: string, classes: number): Promise<Uint8Array> {
  const list: unknown = JSON.parse(
    (await readWhole(file, { what: 'list of labels', maxBytes: MAX_LABELS_BYTES })).toString('utf8'),
  )
  if (!Array.isArray(list) || list.some((label) => !Number.isInteger(label) || label < 0 || label >= classes)) {
    throw new AppError(
      'dataset-damaged',
      `${path.basename(file)} must be a list of class numbers below ${classes}.`,
      'Fetch it again.',
    )
  }
  return Uint8Array.from(list as number[])
}

function checkPublished(source: DatasetSource, { mean, deviation }: Manifest): void {
  if (source.published === null) return
  const { published } = source
  const isOff = (ours: readonly number[], theirs: readonly number[]): boolean =>
    ours.some((value, channel) => Math.abs(value - theirs[channel]!) > published.tolerance)
  if (isOff(mean, published.mean) || isOff(deviation, published.deviation)) {
    throw damaged(
      source,
      `mean ${mean.join(', ')} and deviation ${deviation.join(', ')} are not the published ${published.mean.join(', ')} and ${published.deviation.join(', ')}`,
    )
  }
}

function damaged(source: DatasetSource, problem: string): AppError {
  return new AppError('dataset-damaged', `${source.title}: ${problem}.`, 'Fetch it again; if it stays so, report it.')
}
