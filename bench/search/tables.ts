// The published tables that searches are measured on, as spaces. They lie in the folder that GPTNAS_TABLES names and are not part of
// the product.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { BUILT_IN_BLOCKS } from '../../src/shared/architecture/blocks'
import { readCsv } from '../../src/shared/csv'
import { AppError } from '../../src/shared/errors'
import { openSpace } from '../../src/shared/spaces'
import { PUBLISHED_IMAGES } from '../../src/shared/spaces/published-images'
import type { Space } from '../../src/shared/spaces/space'
import { chainLandscape } from './chain-landscape'
import { fittedLandscape, isFitted } from './fitted-landscape'
import { parseSpaceFile } from '../../src/shared/spaces/user/space-file'

/** The published order of the digits: the cell's edges by their end, then by their beginning. */
const NAS_BENCH_201 = {
  edges: ['e0_1', 'e0_2', 'e1_2', 'e0_3', 'e1_3', 'e2_3'],
  words: ['none', 'skip_connect', 'nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3'],
}

/** NAS-Bench-201's tables: the file, what a search sees and what is told of its best. */
const CELL_TABLES: Readonly<Record<string, readonly [file: string, fitness: string, report: string]>> = {
  c10: ['cifar10.csv', 'val_200ep', 'test_200ep'],
  c100: ['cifar100.csv', 'val_200ep', 'test_200ep'],
  'c10-12': ['cifar10.csv', 'val_12ep', 'test_12ep'],
  'c100-12': ['cifar100.csv', 'val_12ep', 'test_12ep'],
  'c10-by-test': ['cifar10.csv', 'test_200ep', 'test_200ep'],
  'c100-by-test': ['cifar100.csv', 'test_200ep', 'test_200ep'],
}

/**
 * Tables whose figures nobody reports: settings are chosen on them. The same cells after 12 epochs, so near to what is reported, but
 * without its answers.
 */
export const CHOOSING_TABLES = ['c10-12', 'c100-12'] as const

/**
 * Searches that see the test accuracy, as papers do whose figures can only come of it. For comparison with those alone: tables of their
 * own, so that no row holds both protocols.
 */
export const BY_TEST_TABLES = ['c10-by-test', 'c100-by-test'] as const

/** Published tables, then simulated landscapes. */
export const TABLES = [
  'c10',
  'c100',
  'photo',
  'arxiv',
  'chains-1',
  'chains-2',
  'chains-3',
  'chains-4',
  'chains-5',
] as const
/** Landscapes fitted to a data set of our corpus are named `chains-DATASET-N`. */
export type TableName =
  (typeof TABLES | typeof CHOOSING_TABLES | typeof BY_TEST_TABLES)[number] | `chains-${string}-${number}`

function text(...parts: readonly string[]): string {
  const folder = process.env['GPTNAS_TABLES'] ?? ''
  const place = path.join(folder, ...parts)
  if (folder === '' || !existsSync(place))
    throw new AppError(
      'not-found',
      `There is no table ${place}.`,
      'Set GPTNAS_TABLES to the folder of published tables.',
    )
  return readFileSync(place, 'utf8')
}

function opened(file: unknown, table: string): Space {
  const definition = { kind: 'user' as const, file: parseSpaceFile(file), table }
  return openSpace(definition, PUBLISHED_IMAGES, BUILT_IN_BLOCKS)
}

/** Latencies of NAS-Bench-201's cells beside their accuracy, of one device. @param device such as edgegpu, raspi4 */
export function hardwareSpace(device: string): Space {
  const column = `${device}_latency`
  const rows = (csv: string): Map<string, readonly string[]> =>
    new Map(
      csv
        .trim()
        .split('\n')
        .map((line) => line.split(','))
        .map((cells) => [cells[1] ?? '', cells] as const),
    )
  const accuracies = rows(text('nas-bench-201', 'cifar10.csv'))
  const latencies = rows(text('nas-bench-201', 'hardware-cifar10.csv'))
  const at = (latencies.get('arch') ?? []).indexOf(column)
  if (at < 0) throw new AppError('not-found', `The table of latencies has no column ${column}.`)
  const lines = [...accuracies].map(([arch, cells]) => `${arch},${cells[4]},${cells[5]},${latencies.get(arch)?.[at]}`)
  const file = {
    format: 'gptnas-space/1',
    name: `nas-bench-201-${device}`,
    positions: NAS_BENCH_201.edges.map((edge) => ({ name: edge, choices: NAS_BENCH_201.words })),
    table: { file: 'table.csv', key: 'arch', fitness: 'val_200ep', report: 'test_200ep', costs: [column] },
  }
  return opened(file, lines.join('\n'))
}

/** @throws AppError `not-found` where GPTNAS_TABLES names no folder with that table */
export function tableSpace(name: TableName): Space {
  if (isFitted(name)) return fittedLandscape(name)
  if (name.startsWith('chains-')) return chainLandscape(Number(name.slice('chains-'.length)))
  if (name === 'photo' || name === 'arxiv') {
    const file = JSON.parse(text('nas-bench-graph', `nbgraph-${name}.json`)) as { table: { file: string } }
    return opened(file, text('nas-bench-graph', file.table.file))
  }
  const [csv, fitness, report] = cellTable(name)
  const file = {
    format: 'gptnas-space/1',
    name: 'nas-bench-201-table',
    positions: NAS_BENCH_201.edges.map((edge) => ({ name: edge, choices: NAS_BENCH_201.words })),
    table: { file: 'table.csv', key: 'arch', fitness, ...(report !== fitness && { report }) },
  }
  return opened(file, text('nas-bench-201', csv))
}

function cellTable(name: TableName): readonly [file: string, fitness: string, report: string] {
  const found = CELL_TABLES[name]
  if (found !== undefined) return found
  throw new AppError('invalid-input', `There is no table ${name}.`, `Tables are ${TABLES.join(', ')}.`)
}

/** NAS-Bench-Graph is told by the fitness of its best, as in the rows of docs/search.md before there was a learner. */
export const isToldByFitness = (name: TableName): boolean => name === 'photo' || name === 'arxiv'

/** Whether what the best is worth is known: of simulated landscapes it is not, and NAS-Bench-Graph is told otherwise. */
export const hasOptimum = (name: TableName): boolean => name in CELL_TABLES

/** What the report says of the best by fitness; of a simulated landscape nobody knows it. */
export function optimumOf(name: TableName): number {
  const [csv, fitness, report] = cellTable(name)
  const { titles, rows } = readCsv(text('nas-bench-201', csv))
  const [by, told] = [titles.indexOf(fitness), titles.indexOf(report)]
  const best = rows.reduce((found, each) => (Number(each.cells[by]) > Number(found.cells[by]) ? each : found))
  return Number(best.cells[told])
}
