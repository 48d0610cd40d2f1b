// Random weights through every way out: each layer kind and built-in block, and the 36 networks of the zoo, one network at a time. What
// was measured with the same code is taken up again, so that hours can be spent in portions.
import { LAYER_KINDS } from '../../src/shared/architecture/catalogue'
import { costOf } from '../../src/shared/architecture/cost'
import { BUILT_IN_BLOCKS } from '../../src/shared/architecture/blocks'
import { ZOO_FAMILIES, ZOO_NAMES, zooNetwork } from '../../src/shared/architecture/zoo'
import { BLOCK_CASES } from '../../src/compute/networks/testing/block-cases'
import { KIND_CASES } from '../../src/compute/networks/testing/kind-cases'
import { keptFigures, type Kept } from '../accuracy/kept'
import { atMost, equal, type BenchOptions, type Check } from '../harness'
import { codeVersion } from './code-version'
import { measureCase, type Case, type Row, type Run } from './measure-case'
import type { Place, Seen } from './seen'
import { FULL_SIDE, isTfjs, PLAIN_SIDE, WAYS, type Way } from './ways'
import { hasWasm } from './wasm'

/** Issued bound: float32 sums in another order, relative to the largest class score. */
export const BOUND = 1e-4
const QUICK_SIDE = 32
/** Of the layer cases. */
const QUICK_SHARE = 16
/** The cheapest of different families. */
const QUICK_NETWORKS = 2

export interface ZooOptions extends BenchOptions {
  /** Parts of networks' names; none: all of them. */
  readonly only: readonly string[]
  /** Pixels; undefined: 224, or 32 for plain tfjs. */
  readonly side: number | undefined
  readonly ways: readonly Way[]
  /** Where figures are kept; null keeps none. */
  readonly keep: string | null
  /** What the repository keeps of networks; null looks at none of it. */
  readonly seen: Seen | null
  /** False once the time that was given has passed: nothing new is begun. */
  readonly hasTime: () => boolean
}

export interface ZooRows {
  readonly layers: readonly SeenRow[]
  readonly networks: readonly SeenRow[]
  /** What was left for another call. */
  readonly notSeen: readonly string[]
}

const TITLED = [...KIND_CASES, ...BLOCK_CASES]
/** An activation of a map and one of features have the same title: the second is told apart, or one would be kept for the other. */
export const LAYER_CASES: readonly Case[] = TITLED.map(({ title, graph }, i) => {
  const before = TITLED.slice(0, i).filter((other) => other.title === title).length
  return { name: before === 0 ? title : `${title} ${before + 1}`, graph, classes: 3, images: 4 }
})

/** Kinds of layers and blocks without a case: nobody would measure a new one otherwise. */
const kindsLeftOut = (): string[] => {
  const seen = new Set<string>([...KIND_CASES.map(({ kind }) => kind), ...BLOCK_CASES.map(({ block }) => block)])
  return [...LAYER_KINDS, ...BUILT_IN_BLOCKS.keys()].filter((name) => !seen.has(name))
}

/** Of an earlier source of ours: told, and never held against a bound. */
export type SeenRow = Row & { readonly isEarlier?: true }

/** What decides a figure. */
export const decisiveOf = async ({ graph, images }: Case, way: Way) => ({
  graph,
  way,
  images,
  code: await codeVersion(way),
})
const placeOf = ({ name, graph }: Case, { title }: Way): Place => ({ name, way: title, input: graph.input[0] })

/** Rows of a case: kept ones, and for the other ways measured ones; once the time is over, those of an earlier source. */
async function rowsOf(
  run: Run,
  one: Case,
  options: ZooOptions,
  kept: Kept<Row>,
  seen: Seen | null,
): Promise<SeenRow[]> {
  const { ways, hasTime } = options
  const named = await Promise.all(
    ways.map(async (way) => {
      const decisive = await decisiveOf(one, way)
      const name = `${one.name}-${one.graph.input[0]}-${way.title}`.replace(/[^\w.-]+/g, '-')
      const before = (await kept.find(name, decisive)) ?? seen?.find(placeOf(one, way), decisive) ?? null
      return { way, name, decisive, before }
    }),
  )
  const missing = hasTime() ? named.filter(({ before }) => before === null) : []
  const measured =
    missing.length === 0
      ? []
      : await measureCase(
          run,
          one,
          missing.map(({ way }) => way),
        )
  for (const [i, { name, decisive }] of missing.entries())
    if (measured[i]!.problem === null) await kept.keep(name, decisive, measured[i]!)
  const rows: SeenRow[] = []
  for (const { way, name, before } of named) {
    const row = before ?? measured.find((each) => each.way === way.title)
    const earlier = row === undefined ? ((await kept.earlier(name)) ?? seen?.earlier(placeOf(one, way)) ?? null) : null
    if (row !== undefined) rows.push(row)
    else if (earlier !== null) rows.push({ ...earlier, isEarlier: true })
  }
  return rows
}

export async function measureLayers(run: Run, options: ZooOptions): Promise<Pick<ZooRows, 'layers' | 'notSeen'>> {
  const cases = LAYER_CASES.filter((_, i) => !options.quick || i % QUICK_SHARE === 0)
  // Hundreds of small files would say no more than one whole run: kept only as long as it is not done.
  const kept = keptFigures<Row>(options.quick || options.keep === null ? null : `${options.keep}/layers`)
  const layers: SeenRow[] = []
  const notSeen: string[] = []
  for (const one of cases) {
    const rows = await rowsOf(run, one, options, kept, null)
    if (presentOf(rows).length < options.ways.length) notSeen.push(one.name)
    layers.push(...rows)
  }
  options.note(`${cases.length - notSeen.length} of ${cases.length} layer cases: done`)
  return { layers, notSeen }
}

const sideOf = (way: Way, { side, quick }: ZooOptions): number =>
  side ?? (quick ? QUICK_SIDE : isTfjs(way) && !hasWasm() ? PLAIN_SIDE : FULL_SIDE)

export async function measureNetworks(run: Run, options: ZooOptions): Promise<Pick<ZooRows, 'networks' | 'notSeen'>> {
  const kept = keptFigures<Row>(options.quick ? null : options.keep)
  const smallest = ZOO_FAMILIES.map((family) => ZOO_NAMES.find((name) => zooNetwork(name).family === family)!)
    .sort((a, b) => macsOf(a) - macsOf(b))
    .slice(0, QUICK_NETWORKS)
  const wanted = (options.quick ? smallest : ZOO_NAMES).filter(
    (name) => options.only.length === 0 || options.only.some((part) => name.includes(part)),
  )
  // Those that nobody has seen, then cheap ones: what time is left for shows most of them.
  const isNew = (name: string): boolean => {
    const one = caseOf(name, FULL_SIDE)
    return options.ways.every((way) => (options.seen?.earlier(placeOf(one, way)) ?? null) === null)
  }
  const order = new Map(wanted.map((name) => [name, (isNew(name) ? 0 : MOST_MACS) + macsOf(name)]))
  const names = options.quick ? wanted : [...wanted].sort((a, b) => order.get(a)! - order.get(b)!)
  const networks: SeenRow[] = []
  const notSeen: string[] = []
  for (const name of names) {
    const before = networks.length
    for (const side of new Set(options.ways.map((way) => sideOf(way, options)))) {
      const ways = options.ways.filter((way) => sideOf(way, options) === side)
      const rows = await rowsOf(run, caseOf(name, side), { ...options, ways }, kept, options.seen)
      networks.push(...rows)
      rows.forEach((row) => options.note(lineOf(row)))
    }
    if (presentOf(networks.slice(before)).length < options.ways.length) notSeen.push(name)
  }
  return { networks, notSeen }
}

const caseOf = (name: string, side: number): Case => ({
  ...{ name, graph: zooNetwork(name, { input: [side, side, 3] }).graph },
  ...{ classes: 1000, images: 2 },
})

/** Into the repository: what was seen of networks with the present source. */
export async function keepSeen({ networks }: ZooRows, { seen, ways }: ZooOptions): Promise<void> {
  const figures = presentOf(networks).flatMap((row) => {
    const way = ways.find(({ title }) => title === row.way)
    return way === undefined || row.problem !== null ? [] : [{ row, way }]
  })
  await seen?.write(
    await Promise.all(
      figures.map(async ({ row, way }) => ({ row, decisive: await decisiveOf(caseOf(row.name, row.input), way) })),
    ),
  )
}

const presentOf = (rows: readonly SeenRow[]): Row[] => rows.filter(({ isEarlier }) => isEarlier !== true)

/** More than any network has. */
const MOST_MACS = 1e15
const macsOf = (name: string): number => costOf(zooNetwork(name).graph).macs

const lineOf = ({ name, way, input, difference, sensitivity, milliseconds, problem }: Row): string =>
  `${name}, ${way}, ${input} px: ` +
  (problem ??
    `${difference?.toExponential(1)} (own ${sensitivity.toExponential(1)})${Number.isNaN(milliseconds) ? '' : `, ${milliseconds.toFixed(0)} ms`}`)

/** @param ways those that could be run on this machine */
export function zooChecks({ layers, networks, notSeen }: ZooRows, ways: readonly Way[], isWhole: boolean): Check[] {
  const checks: Check[] = [
    ...checksOf('layer cases', presentOf(layers), ways),
    ...checksOf('networks', presentOf(networks), ways),
    equal('layer kinds and blocks without a case', kindsLeftOut().length, 0),
  ]
  if (!isWhole) return checks
  return [
    ...checks,
    equal('ways out that nothing here can run', WAYS.length - ways.length, 0),
    equal('networks and layer cases not seen in this call', notSeen.length, 0),
  ]
}

function checksOf(title: string, rows: readonly Row[], ways: readonly Way[]): Check[] {
  return ways.flatMap(({ title: way }) => {
    const own = rows.filter((row) => row.way === way)
    if (own.length === 0) return []
    const others = own.filter(({ name, verdict }) => verdict !== 'equal' && !name.startsWith('zero'))
    return [
      atMost(`${way}, ${own.length} ${title}: largest relative difference of a score`, worst(own), BOUND),
      equal(`${way}, ${title} not proven equal`, others.length, 0),
    ]
  })
}

/** The largest difference; infinite where one was not computed. */
export const worst = (rows: readonly Row[]): number =>
  rows.reduce((most, { difference }) => Math.max(most, difference ?? Infinity), 0)
