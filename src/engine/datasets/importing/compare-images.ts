// Duplicates of an import with the names of the files that show them.
import { createReadStream } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Duplicates } from '@shared/contract/datasets'
import type { Prints } from '../images/batch'
import type { Decoders } from '../images/decoders'
import type { PreparedSplit, SplitName } from '../manifest'
import type { WrittenImages } from './write-images'

/** @param folder holds the files of both splits */
export async function compareImages(
  folder: string,
  { splits, prints }: WrittenImages,
  decoders: Decoders,
): Promise<Duplicates> {
  const trainCount = splits.train.count
  const found = await decoders.compare({ prints: joined(prints), trainCount })
  const wanted = new Set(found.examples.flatMap(({ first, second }) => [first, second]))
  const names = new Map<number, string>()
  await readNames(folder, splits.train, 0, wanted, names)
  await readNames(folder, splits.test, trainCount, wanted, names)
  return {
    exact: found.exact,
    near: found.near,
    examples: found.examples.map(({ first, second, isExact }) => ({
      first: names.get(first) ?? '',
      second: names.get(second) ?? '',
      isExact,
      isAcross: first < trainCount !== second < trainCount,
    })),
  }
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
  for await (const line of createInterface({ input: createReadStream(path.join(folder, names.path)) })) {
    if (wanted.has(position)) found.set(position, JSON.parse(line) as string)
    position++
  }
}
