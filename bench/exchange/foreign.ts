// Twenty networks of other programs, made here by those programs: each is opened and answers as it does there, also after it is exported
// again, or everything in it that is no layer here is listed.
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { writeImportedWeights } from '../../src/compute/exchange/imported-weights'
import { predict } from '../../src/compute/exchange/predict'
import { pythonWith } from '../../src/compute/exchange/testing/python'
import { writeExport } from '../../src/compute/exchange/write-export'
import { readNetwork } from '../../src/node/networks/read-network'
import type { Prediction } from '../../src/shared/contract/compute'
import { atLeast, atMost, equal, type BenchOptions, type Check } from '../harness'
import { FOREIGN_IMAGES, foreignPixels, makeTfjsModels, type ForeignModel } from './foreign-tfjs'
import type { Run } from './measure-case'
import { script, softmax } from './python'
import { WAYS } from './ways'
import { BOUND } from './zoo'

const WANTED = 20
/** Exported again as these. */
const BACK = WAYS.filter(({ title }) => title === 'ONNX' || title === 'tfjs layers')

export interface ForeignRow {
  readonly name: string
  readonly outcome: 'opened' | 'refused'
  /** Operators listed as no layers, each once. */
  readonly listed: readonly string[]
  /** What should have been listed; null where nothing is missing. */
  readonly missing: readonly string[] | null
  /** From what the other program answers: here, and by the way out. */
  readonly differences: Readonly<Record<string, number>>
  readonly problem: string | null
}

type Rows = Prediction['logits']

function apart(theirs: readonly (readonly number[])[], rows: Rows, isSoftmax: boolean): number {
  const ours = rows.map((row) => row.map((value) => value ?? NaN)).map((row) => (isSoftmax ? softmax(row) : row))
  const largest = Math.max(...theirs.flat().map(Math.abs))
  const differences = theirs.flatMap((row, i) => row.map((value, j) => Math.abs(value - (ours[i]?.[j] ?? NaN))))
  const most = Math.max(...differences) / largest
  return Number.isNaN(most) ? Infinity : most
}

async function measureModel(run: Run, folder: string, model: ForeignModel): Promise<ForeignRow> {
  const { name, shape, scores, missing, softmax: isSoftmax } = model
  const read = await readNetwork(path.join(folder, name))
  const listed = [...new Set(read.problems.map(({ operator }) => operator))].sort()
  const common = { name, listed, missing }
  if (listed.length > 0) return { ...common, outcome: 'refused', differences: {}, problem: null }
  if (scores === null)
    return { ...common, outcome: 'opened', differences: {}, problem: 'it should not have been opened' }
  const weights = path.join(folder, 'weights')
  const written = await writeImportedWeights(read, weights)
  const left = written?.missing ?? ['everything']
  if (left.length > 0) return { ...common, outcome: 'opened', differences: {}, problem: `no values for ${left.join()}` }
  const files = { images: path.join(folder, 'images'), labels: path.join(folder, 'labels') }
  await writeFile(files.images, foreignPixels(shape))
  await writeFile(files.labels, Buffer.alloc(FOREIGN_IMAGES))
  const data = { ...files, count: FOREIGN_IMAGES, shape: [...shape] as [number, number, number] }
  const inputs = {
    data: { ...data, classes: scores[0]!.length, mean: [], deviation: [] },
    indices: Array.from({ length: FOREIGN_IMAGES }, (_, i) => i),
    random: { count: 0, seed: 1 },
  }
  const here = await predict({ graph: read.graph, weights, ...inputs })
  const differences: Record<string, number> = { here: apart(scores, here.logits, isSoftmax) }
  for (const way of BACK) {
    const target = path.join(folder, 'export')
    const { graph, document } = read
    await writeExport({ format: way.format, document, graph, weights, folder: target, metadata: {} })
    const { logits } = await run(way, { folder: target, ...inputs })
    differences[way.title] = apart(scores, logits, isSoftmax)
    await rm(target, { recursive: true })
  }
  return { ...common, outcome: 'opened', differences, problem: null }
}

/** Python's models where it has Keras and PyTorch, and tfjs's. */
async function makeModels(folder: string, { quick, note }: BenchOptions): Promise<ForeignModel[]> {
  const models = await makeTfjsModels(folder)
  if (quick) return models
  for (const [library, ...modules] of [
    ['keras', 'keras', 'tensorflow'],
    ['torch', 'torch', 'onnx', 'onnxscript'],
  ] as const) {
    const python = pythonWith(...modules)
    if (python === undefined) note(`models of ${library}: left out, Python lacks one of ${modules.join(', ')}`)
    else {
      execFileSync(python, [script(`foreign_${library}.py`), folder], { stdio: ['ignore', 'ignore', 'ignore'] })
      models.push(...(JSON.parse(await readFile(path.join(folder, `${library}.json`), 'utf8')) as ForeignModel[]))
    }
  }
  return models
}

export async function measureForeign(run: Run, options: BenchOptions): Promise<ForeignRow[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-exchange-'))
  const rows: ForeignRow[] = []
  try {
    for (const model of await makeModels(folder, options)) {
      const row = await measureModel(run, folder, model).catch((thrown: unknown): ForeignRow => {
        const problem = String(thrown instanceof Error ? thrown.message : thrown).replaceAll(`${folder}${path.sep}`, '')
        return { name: model.name, outcome: 'refused', listed: [], missing: model.missing, differences: {}, problem }
      })
      rows.push(row)
      options.note(`${row.name}: ${row.outcome}, ${row.problem ?? textOf(row)}`)
    }
    return rows
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const textOf = ({ listed, differences }: ForeignRow): string =>
  listed.length > 0
    ? listed.join(', ')
    : Object.entries(differences)
        .map(([where, difference]) => `${where} ${difference.toExponential(1)}`)
        .join(', ')

const isComplete = ({ listed, missing }: ForeignRow): boolean => [...(missing ?? [])].sort().join() === listed.join()

export function foreignChecks(rows: readonly ForeignRow[], quick: boolean): Check[] {
  const differences = rows.flatMap((row) => Object.values(row.differences))
  return [
    equal(
      'foreign models not opened, and not refused with the whole list',
      rows.filter((row) => !isComplete(row)).length,
      0,
    ),
    equal('foreign models with another problem', rows.filter(({ problem }) => problem !== null).length, 0),
    atMost('foreign models: largest relative difference, here and exported again', Math.max(0, ...differences), BOUND),
    ...(quick ? [] : [atLeast('foreign models seen', rows.length, WANTED)]),
  ]
}

export function foreignTable(rows: readonly ForeignRow[]): string[] {
  const cell = ({ differences }: ForeignRow, where: string): string => differences[where]?.toExponential(1) ?? ''
  return [
    `| model | here | ${BACK.map(({ title }) => `again as ${title}`).join(' | ')} | no layers here |`,
    `|---|---:|${'---:|'.repeat(BACK.length)}---|`,
    ...rows.map(
      (row) =>
        `| ${row.name} | ${cell(row, 'here')} | ${BACK.map(({ title }) => cell(row, title)).join(' | ')} | ` +
        `${row.problem ?? row.listed.join(', ')} |`,
    ),
  ]
}
