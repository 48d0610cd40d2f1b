// Finds images that repeat: exactly, or nearly so that a person would say "the same". Near means at most NEAR_BITS of the
// difference hash apart, found by banding (images that differ in k bits agree in one of k + 1 bands), and thumbnails that agree.
import type { Duplicates } from '@shared/contract/datasets'
import type { Prints } from './batch'
import { THUMBNAIL_BYTES } from './fingerprint'

/** Absorbs recompression, slight shifts, changed colours: nearly all pairs of CIFAR-10 this close are one photograph twice. */
const NEAR_BITS = 4
/** Mean difference of grey levels, seen on the same pairs; images that merely share a composition are above. */
const NEAR_LEVELS = 8
/** Below this many set bits an image is nearly flat and its hash says nothing. */
const MIN_SET_BITS = 6
/** Band widths; they sum to 64. */
const BANDS = [13, 13, 13, 13, 12]
/** Earlier images of a bucket that one is compared with: bounds the work where thousands share a band. */
const LOOK_BACK = 256
const MAX_EXAMPLES = 20

/** Prints of both splits, train first. */
export interface PrintedSplits {
  readonly prints: Prints
  readonly trainCount: number
  /** Class of each image, in the same order; without it no conflicts are looked for. */
  readonly labels?: Uint16Array | undefined
}

type Repeats = Duplicates['exact']
/** Positions in the prints. */
interface Example {
  readonly first: number
  readonly second: number
  readonly isExact: boolean
}
export interface DuplicatesFound {
  readonly exact: Repeats
  readonly near: Repeats
  /** Those across the splits first, exact ones before near ones. */
  readonly examples: readonly Example[]
  /** Images whose every pixel equals that of an image of another class: one of the two labels is wrong. */
  readonly conflicts: { readonly images: number; readonly examples: readonly { first: number; second: number }[] }
}

export function findDuplicates({ prints, trainCount, labels }: PrintedSplits): DuplicatesFound {
  const conflicts = { images: 0, examples: [] as { first: number; second: number }[] }
  const exact = new Finder(trainCount, prints.exacts.length, true)
  forBuckets(halvesOf(prints.exacts), (members) => {
    // Members ascend, so the first one stands for all; a test image also meets the first train image.
    const [first] = members
    if (first === undefined) return
    const other = labels && members.find((index) => labels[index] !== labels[first])
    if (other !== undefined) {
      conflicts.images += members.length
      if (conflicts.examples.length < MAX_EXAMPLES) conflicts.examples.push({ first, second: other })
    }
    const firstTest = members.find((index) => index >= trainCount)
    for (const index of members.slice(1)) {
      exact.add(first, index)
      if (firstTest !== undefined && index > firstTest) exact.add(firstTest, index)
    }
  })
  const near = new Finder(trainCount, prints.looks.length, false)
  const bits = halvesOf(prints.looks)
  let shift = 0
  for (const width of BANDS) {
    forBuckets(bandOf(bits, shift, width), (members) => compareBucket(members, prints, bits, near))
    shift += width
  }
  const isAcross = ({ first, second }: Example): boolean => first < trainCount !== second < trainCount
  const rank = (pair: Example): number => (isAcross(pair) ? 0 : 2) + (pair.isExact ? 0 : 1)
  const examples = [...exact.examples, ...near.examples].sort((a, b) => rank(a) - rank(b) || a.first - b.first)
  return { exact: exact.repeats(), near: near.repeats(), examples: examples.slice(0, MAX_EXAMPLES), conflicts }
}

/** Calls back for every key that occurs twice or more, with the ascending positions that have it. */
function forBuckets({ high, low }: Halves, visit: (members: number[]) => void): void {
  const compare = (a: number, b: number): number => high[a]! - high[b]! || low[a]! - low[b]!
  const order = Uint32Array.from(high.keys()).sort((a, b) => compare(a, b) || a - b)
  for (let from = 0; from < order.length;) {
    let to = from + 1
    while (to < order.length && compare(order[to]!, order[from]!) === 0) to++
    if (to - from > 1) visit([...order.subarray(from, to)])
    from = to
  }
}

/** `width` bits of each hash from bit `shift` on, as the low half. @param width up to 32, of one band or across the halves */
function bandOf({ high, low }: Halves, shift: number, width: number): Halves {
  const mask = 2 ** width - 1
  const bits = low.map((right, index) => {
    const left = high[index]!
    if (shift >= 32) return (left >>> (shift - 32)) & mask
    // A shift by 32 would be one by 0.
    return ((right >>> shift) | (shift === 0 ? 0 : left << (32 - shift))) & mask
  })
  return { high: new Uint32Array(low.length), low: bits }
}

/** The hashes as two halves: a bigint is an object, and counting its bits or comparing it costs a hundred times as much. */
interface Halves {
  readonly high: Uint32Array
  readonly low: Uint32Array
}

function halvesOf(looks: BigUint64Array): Halves {
  return {
    high: Uint32Array.from(looks, (look) => Number(look >> 32n)),
    low: Uint32Array.from(looks, (look) => Number(look & 0xffffffffn)),
  }
}

function compareBucket(
  members: readonly number[],
  { exacts, thumbnails }: Prints,
  { high, low }: Halves,
  near: Finder,
): void {
  const telling = members.filter((index) => setBits(high[index]!) + setBits(low[index]!) >= MIN_SET_BITS)
  // Where a bucket is larger than what is looked back on, likely partners should be close.
  const byLook = telling.sort((a, b) => high[a]! - high[b]! || low[a]! - low[b]! || a - b)
  for (const [position, one] of byLook.entries()) {
    for (let before = Math.max(0, position - LOOK_BACK); before < position; before++) {
      const other = byLook[before]!
      if (setBits(high[one]! ^ high[other]!) + setBits(low[one]! ^ low[other]!) > NEAR_BITS) continue
      if (exacts[one] === exacts[other]) continue
      if (levelsApart(thumbnails, one, other) <= NEAR_LEVELS) near.add(Math.min(one, other), Math.max(one, other))
    }
  }
}

/** Counts images, not pairs: each once for its own split and once for the other. */
class Finder {
  readonly examples: Example[] = []
  private readonly repeatsOwn: Uint8Array
  private readonly repeatsOther: Uint8Array

  constructor(
    private readonly trainCount: number,
    count: number,
    private readonly isExact: boolean,
  ) {
    this.repeatsOwn = new Uint8Array(count)
    this.repeatsOther = new Uint8Array(count)
  }

  /** @param first is below `second` */
  add(first: number, second: number): void {
    const isAcross = first < this.trainCount && second >= this.trainCount
    const flags = isAcross ? this.repeatsOther : this.repeatsOwn
    if (flags[second] === 1) return
    flags[second] = 1
    const kept = this.examples.filter((pair) => pair.second >= this.trainCount && pair.first < this.trainCount).length
    // Overlap of the splits matters most: it always finds a place.
    if (this.examples.length < MAX_EXAMPLES || (isAcross && kept < MAX_EXAMPLES)) {
      this.examples.push({ first, second, isExact: this.isExact })
    }
  }

  repeats(): Repeats {
    const sum = (flags: Uint8Array): number => flags.reduce((total, flag) => total + flag, 0)
    return {
      withinTrain: sum(this.repeatsOwn.subarray(0, this.trainCount)),
      withinTest: sum(this.repeatsOwn.subarray(this.trainCount)),
      across: sum(this.repeatsOther),
    }
  }
}

/** Population count of 32 bits (H. Warren, Hacker's Delight, 5-1). */
function setBits(value: number): number {
  let v = value - ((value >>> 1) & 0x55555555)
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333)
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

function levelsApart(thumbnails: Uint8Array, one: number, other: number): number {
  let sum = 0
  for (let at = 0; at < THUMBNAIL_BYTES; at++) {
    sum += Math.abs(thumbnails[one * THUMBNAIL_BYTES + at]! - thumbnails[other * THUMBNAIL_BYTES + at]!)
  }
  return sum / THUMBNAIL_BYTES
}
