// Networks that were trained on CIFAR-10, on all of its 10,000 test images, in every runtime: the same class wherever the network itself
// is sure by more than a rounding, and what int8 costs.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { predict } from '../../src/compute/exchange/predict'
import { readTrainedWeights } from '../../src/compute/exchange/trained-weights'
import { writeExport } from '../../src/compute/exchange/write-export'
import type { Prediction, SplitFiles } from '../../src/shared/contract/compute'
import { cifar10 } from '../accuracy/inputs'
import { keptFigures } from '../accuracy/kept'
import { atMost, equal, type BenchOptions, type Check } from '../harness'
import { codeVersion } from './code-version'
import type { Run } from './measure-case'
import {
  indexFile,
  QUICK_TRAINING,
  TRAINED_NETWORKS,
  trainedWeights,
  VALIDATION,
  type TrainedNetwork,
} from './networks'
import { inOrder } from './table'
import { WAYS, type Way } from './ways'

/** Issued: of the two largest logits. */
const SURE = 1e-4
/** Issued: of the accuracy, one point. */
const MOST_LOST = 0.01
const QUICK_IMAGES = 200

const INT8: Way = { title: 'ONNX int8', format: 'onnx', options: { precision: 'int8' } }
export const TRAINED_WAYS: readonly Way[] = [
  ...WAYS,
  { title: 'ONNX in Python', format: 'onnx', options: { softmax: false }, library: 'onnxruntime' },
  INT8,
]

/** An image whose class another runtime gives otherwise. */
interface Turned {
  readonly image: number
  readonly ours: number
  readonly theirs: number
  /** Between the two largest logits of the network itself. */
  readonly margin: number
}

export interface TrainedRow {
  readonly network: string
  readonly seed: number
  readonly weights: string
  readonly way: string
  readonly runtime: string
  readonly images: number
  /** Of the network itself, on the same images. */
  readonly ownAccuracy: number
  readonly accuracy: number
  /** Of a logit, in the logits' unit. */
  readonly difference: number
  readonly turned: readonly Turned[]
  readonly milliseconds: number
  /** Of an earlier source of ours: told, and never held against a bound. */
  readonly isEarlier?: true
}

type Rows = Prediction['logits']

const classOf = (row: Rows[number]): number =>
  row.reduce<number>((best, value, i) => ((value ?? -Infinity) > (row[best] ?? -Infinity) ? i : best), 0)

function marginOf(row: Rows[number]): number {
  const [first = NaN, second = NaN] = row.map((value) => value ?? NaN).sort((a, b) => b - a)
  return first - second
}

function turnedImages(ours: Rows, theirs: Rows): Turned[] {
  return ours.flatMap((row, image) => {
    const classes = { ours: classOf(row), theirs: classOf(theirs[image] ?? []) }
    return classes.ours === classes.theirs ? [] : [{ image, ...classes, margin: marginOf(row) }]
  })
}

const largestDifference = (ours: Rows, theirs: Rows): number =>
  ours.reduce<number>(
    (most, row, image) =>
      row.reduce<number>((inRow, value, i) => {
        const other = theirs[image]?.[i] ?? NaN
        const apart = Math.abs((value ?? NaN) - other)
        return Number.isNaN(apart) ? Infinity : Math.max(inRow, apart)
      }, most),
    0,
  )

const accuracyOf = (logits: Rows, labels: readonly number[]): number =>
  logits.filter((row, i) => classOf(row) === labels[i]).length / logits.length

export interface TrainedOptions extends BenchOptions {
  readonly ways: readonly Way[]
  readonly keep: string
  readonly isFresh: boolean
  readonly hasTime: () => boolean
  /** Parts of networks' names; none: all of them. */
  readonly only: readonly string[]
}

interface Data {
  readonly train: SplitFiles
  readonly test: SplitFiles
}

async function measureOne(run: Run, network: TrainedNetwork, data: Data, options: TrainedOptions) {
  const { quick, note, keep, isFresh, ways, hasTime } = options
  const weights = await trainedWeights(network, data.train, keep, note, hasTime, quick ? QUICK_TRAINING : undefined)
  if (weights === null) return []
  const { sha256 } = await readTrainedWeights(weights)
  const count = quick ? QUICK_IMAGES : data.test.count
  const inputs = { data: data.test, indices: Array.from({ length: count }, (_, i) => i), random: { count: 0, seed: 1 } }
  const kept = keptFigures<TrainedRow>(quick || isFresh ? null : path.join(keep, 'trained'))
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-exchange-'))
  let own: Prediction | undefined
  const rows: TrainedRow[] = []
  try {
    for (const way of ways) {
      const decisive = { sha256, way, count, code: await codeVersion(way) }
      const name = `${network.name}-${way.title}`.replace(/[^\w.-]+/g, '-')
      const before = await kept.find(name, decisive)
      if (before !== null || !hasTime()) {
        const earlier = before === null ? await kept.earlier(name) : null
        if (before !== null) rows.push(before)
        else if (earlier !== null) rows.push({ ...earlier, isEarlier: true })
        continue
      }
      own ??= await predict({ graph: network.graph, weights, ...inputs })
      const target = path.join(folder, 'export')
      const indices = await indexFile(path.join(folder, 'validation.i32'), VALIDATION.first, VALIDATION.count)
      const job = {
        format: way.format,
        document: {},
        graph: network.graph,
        weights,
        options: way.options,
        metadata: {},
      }
      await writeExport({ ...job, calibration: { data: data.train, indices }, folder: target })
      const found = await run(way, { folder: target, ...inputs })
      await rm(target, { recursive: true })
      const row: TrainedRow = {
        ...{ network: network.name, seed: network.seed, weights: sha256, way: way.title, runtime: found.runtime },
        images: count,
        ownAccuracy: accuracyOf(own.logits, own.labels),
        accuracy: accuracyOf(found.logits, own.labels),
        difference: largestDifference(own.logits, found.logits),
        turned: turnedImages(own.logits, found.logits),
        milliseconds: found.latency.median,
      }
      await kept.keep(name, decisive, row)
      note(
        `${network.name}, ${way.title}: ${(100 * row.accuracy).toFixed(2)} %, ${row.turned.length} turned, ${row.runtime}`,
      )
      rows.push(row)
    }
    return rows
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export async function measureTrained(run: Run, options: TrainedOptions): Promise<TrainedRow[]> {
  const dataset = await cifar10(options.note)
  const data: Data = { train: dataset.files('train'), test: dataset.files('test') }
  const rows: TrainedRow[] = []
  const wanted = TRAINED_NETWORKS.filter(
    ({ name }) => options.only.length === 0 || options.only.some((part) => name.includes(part)),
  )
  for (const network of options.quick ? wanted.slice(0, 1) : wanted)
    rows.push(...(await measureOne(run, network, data, options)))
  return rows
}

const isInt8 = ({ way }: TrainedRow): boolean => way === INT8.title

/** @param quick few images of a network that has hardly learnt: what int8 costs it says nothing */
export function trainedChecks(all: readonly TrainedRow[], isWhole: boolean, quick: boolean): Check[] {
  const rows = all.filter(({ isEarlier }) => isEarlier !== true)
  const exact = rows.filter((row) => !isInt8(row))
  const sure = exact.flatMap(({ turned }) => turned.filter(({ margin }) => !(margin <= SURE)))
  const lost = rows
    .filter(isInt8)
    // In whole images, so that a hundredth is one.
    .map(({ ownAccuracy, accuracy, images }) => Math.abs(Math.round((ownAccuracy - accuracy) * images)) / images)
  return [
    equal(`trained networks: images whose class turned although it is sure by ${SURE}`, sure.length, 0),
    ...(lost.length === 0 || quick
      ? []
      : [atMost('int8: accuracy apart from float32, worst network', Math.max(...lost), MOST_LOST)]),
    ...(isWhole
      ? [
          equal(
            'trained networks and runtimes not seen',
            TRAINED_NETWORKS.length * TRAINED_WAYS.length - rows.length,
            0,
          ),
        ]
      : []),
  ]
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`

/**
 * One line for each network and runtime, then the images that turned.
 * @param others lines of the table of networks that were not measured now
 */
export function trainedTable(rows: readonly TrainedRow[], others: readonly string[]): string[] {
  const names = TRAINED_NETWORKS.map(({ name }) => name)
  const lines = rows.map(
    ({ network, way, runtime, ownAccuracy, accuracy, difference, turned, isEarlier }) =>
      `| ${network} | ${way}${isEarlier === true ? ' \\*' : ''} | ${runtime} | ${percent(ownAccuracy)} | ${percent(accuracy)} | ` +
      `${difference.toExponential(1)} | ${turned.length} |`,
  )
  const listed = rows
    .filter((row) => !isInt8(row))
    .flatMap(({ network, way, turned }) =>
      turned.map(
        ({ image, ours, theirs, margin }) =>
          `- ${network}, ${way}: image ${image}, class ${ours} here and ${theirs} there, ` +
          `the two largest logits ${margin.toExponential(1)} apart.`,
      ),
    )
  const all = [...others, ...lines, ...listed]
  const isListed = (line: string): boolean => line.startsWith('- ')
  const turnedLines = inOrder(all.filter(isListed), names)
  const tableLines = inOrder(
    all.filter((line) => !isListed(line)),
    names,
  )
  return [
    '| network | way out | run by | accuracy here | there | largest difference of a logit | classes turned |',
    '|---|---|---|---:|---:|---:|---:|',
    ...tableLines,
    '',
    ...(turnedLines.length > 0 || tableLines.length === 0 ? turnedLines : ['No class turned in float32.']),
    ...(tableLines.some((line) => line.includes(' \\* |'))
      ? ['', '\\* before the last change of the source of that way out.']
      : []),
  ]
}
