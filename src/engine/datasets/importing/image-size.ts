// The size an import is prepared in: as asked, as the format says, or the one that all its images have.
import { AppError } from '@shared/errors'
import { MAX_SIDE, type ImportRequest } from '@shared/contract/datasets'
import { probeImageFile } from '../images/batch'
import type { ImageHeader } from '../images/header'
import { UnreadableImage } from '../images/unreadable-image'
import type { ImportPlan } from '../importers/importer'

/** Images looked at, evenly spread, before a common size is believed; others are fitted to it like any other. */
const PROBED = 100

/** @throws AppError `invalid-input` when images differ and no size was asked for */
export async function decideShape(
  plan: ImportPlan,
  { size, channels }: Pick<ImportRequest, 'size' | 'channels'>,
  signal: AbortSignal,
): Promise<readonly [number, number, number]> {
  const depth = channels ?? plan.shape?.[2] ?? ((await areAllGrey(plan, signal)) ? 1 : 3)
  if (size !== null) return [...size, depth]
  const [height, width] = plan.shape ?? (await commonSize(plan, signal))
  if (height > MAX_SIDE || width > MAX_SIDE) throw needsSize(`The images have ${height} x ${width} pixels.`)
  return [height, width, depth]
}

/** Grey stays grey only where every image is: the first colour, mostly the first image, ends the look. */
async function areAllGrey(plan: ImportPlan, signal: AbortSignal): Promise<boolean> {
  let seen = 0
  for (const part of plan.parts) {
    for await (const item of part.items(signal)) {
      if (!('source' in item) || !('file' in item.source)) continue
      const header = await probed(item.source.file)
      if (header?.isGrey === false) return false
      if (header !== null) seen++
    }
  }
  return seen > 0
}

/** Null for a damaged image: it is listed when it is decoded. */
async function probed(file: string): Promise<ImageHeader | null> {
  try {
    return await probeImageFile(file)
  } catch (thrown) {
    if (thrown instanceof UnreadableImage || (thrown instanceof Error && 'code' in thrown)) return null
    throw thrown
  }
}

async function commonSize(plan: ImportPlan, signal: AbortSignal): Promise<readonly [number, number]> {
  const total = plan.parts.reduce((sum, { labels }) => sum + labels.length, 0)
  const step = Math.max(1, Math.floor(total / PROBED))
  const sizes = new Map<string, readonly [number, number]>()
  let position = 0
  for (const part of plan.parts) {
    for await (const item of part.items(signal)) {
      if (position++ % step !== 0 || !('source' in item) || !('file' in item.source)) continue
      const header = await probed(item.source.file)
      if (header !== null) sizes.set(`${header.height}x${header.width}`, [header.height, header.width])
    }
  }
  const [first, ...others] = sizes.values()
  if (first === undefined) throw needsSize('None of the images looked at could be read.')
  if (others.length > 0)
    throw needsSize(`The images have different sizes, for example ${[...sizes.keys()].slice(0, 3).join(', ')}.`)
  return first
}

function needsSize(message: string): AppError {
  return new AppError('invalid-input', message, 'Choose a size, for example 32.')
}
