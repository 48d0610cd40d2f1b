// How large a data set is once it is prepared, before a pixel of it is read.
import type { ImportPlan } from '../importers/importer'
import { labelBytes } from '../manifest'

/** Pixels and labels of every image; names are a small part of that. */
export function bytesOf(
  { parts, classes }: ImportPlan,
  [height, width, channels]: readonly [number, number, number],
): number {
  const images = parts.reduce((sum, { labels }) => sum + labels.length, 0)
  return images * (height * width * channels + labelBytes(classes.length))
}
