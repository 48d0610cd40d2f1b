// Duplicates of an import with the names of the files that show them.
import path from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { Duplicates } from '@shared/contract/datasets'
import { readInPieces, readWhole } from '@node/read-file'
import type { Prints } from '../images/batch'
import type { Decoders } from '../images/decoders'
import { labelBytes, type PreparedSplit, type SplitName } from '../manifest'
import type { WrittenImages } from './write-images'

/** As many as are read; the number says how many there are. */
const NAMED_CONFLICTS = 3

export interface ComparedImages {
  readonly duplicates: Duplicates
  /** The same picture under two classes. */
  readonly conflicts: {
    readonly images: number
    /** Names of the files, each with its class. */
    readonly examples: readonly (readonly [string, string])[]
  }
}

/** @param folder holds the files of both splits */
export async function compareImages(
  folder: string,
  { splits, prints }: WrittenImages,
  classes: readonly string[],
  decoders: Decoders,
): Promise<ComparedImages> {
  const trainCount = splits.train.count
  const labels = Uint16Array.from(
    (await Promise.all([splits.train, splits.test].map((split) => readLabels(folder, split, classes.length)))).flat(),
  )
  const found = await decoders.compare({ prints: joined(prints), trainCount, labels })
  const conflicting = found.conflicts.examples.slice(0, NAMED_CONFLICTS)
  const wanted = new Set([...found.examples, ...conflicting].flatMap(({ first, second }) => [first, second]))
  const names = new Map<number, string>()
  await readNames(folder, splits.train, 0, wanted, names)
  await readNames(folder, splits.test, trainCount, wanted, names)
  const named = (index: number): string => `${names.get(index) ?? ''} (${classes[labels[index]!] ?? ''})`
  const conflicts = {
    images: found.conflicts.images,
    examples: conflicting.map(({ first, second }) => [named(first), named(second)] as const),
  }
  const duplicates = {
    exact: found.exact,
    near: found.near,
    examples: found.examples.map(({ first, second, isExact }) => ({
      first: names.get(first) ?? '',
      second: names.get(second) ?? '',
      isExact,
      isAcross: first < trainCount !== second < trainCount,
    })),
  }
  return { duplicates, conflicts }
}

async function readLabels(folder: string, { labels }: PreparedSplit, classes: number): Promise<number[]> {
  const bytes = await readWhole(path.join(folder, labels.path), { what: 'file of labels', maxBytes: labels.bytes })
  if (labelBytes(classes) === 1) return [...bytes]
  return Array.from({ length: bytes.length / 2 }, (_, index) => bytes.readUInt16LE(2 * index))
}

function joined({ train, test }: Readonly<Record<SplitName, Prints>>): Prints {
  const looks = new BigUint64Array(train.looks.length + test.looks.length)
  const exacts = new BigUint64Array(looks.length)
  looks.set(train.looks)
  looks.set(test.looks, train.looks.length)
  exacts.set(train.exacts)
  exacts.set(test.exacts, train.exacts.length)
  return { looks, exacts, thumbnails: Buffer.concat([train.thumbnails, test.thumbnails]) }
}

/** Names at the wanted positions, from the file that the split wrote: they are not kept in memory. */
async function readNames(
  folder: string,
  { names }: PreparedSplit,
  offset: number,
  wanted: ReadonlySet<number>,
  found: Map<number, string>,
): Promise<void> {
  if (names === undefined || wanted.size === 0) return
  let position = offset
  const input = Readable.from(readInPieces(path.join(folder, names.path), { what: 'list of names' }))
  for await (const line of createInterface({ input })) {
    if (wanted.has(position)) found.set(position, JSON.parse(line) as string)
    position++
  }
}
