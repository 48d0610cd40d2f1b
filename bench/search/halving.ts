// Successive halving beside training everything whole, at equal cost. On the published table of NAS-Bench-201 the short training is that
// of 12 epochs, which had a schedule of its own, so a promoted cell pays its 200 epochs in full: hard on halving, and exact. With
// `--real SECONDS`, besides: searches of CIFAR-10 on this machine, so many seconds each, resumed cell by cell (--keep FOLDER).
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { readCsv } from '../../src/shared/csv'
import { createRandom } from '../../src/shared/random'
import { figures } from '../../src/shared/search/comparison/compare'
import { bootstrapMean } from '../../src/shared/search/comparison/statistics'
import { promotable, type Halving } from '../../src/shared/search/rungs'
import { WHOLE } from '../../src/shared/search/trial-fidelity'
import type { Trial } from '../../src/shared/search/trial'
import { keptFigures } from '../accuracy/kept'
import { checkout, type Check, type Measured } from '../harness'

export interface HalvingBench {
  readonly seeds: number
  /** Seconds of each real search; null makes none. */
  readonly realSeconds: number | null
  readonly keep: string | null
  readonly note: (line: string) => void
}

interface Cell {
  readonly short: number
  readonly long: number
  readonly test: number
}

/** Epochs of the two published trainings. */
const [SHORT, LONG] = [12, 200]
/** In whole trainings, as other tables of docs/search-savings.md count. */
const BUDGETS = [10, 25, 50, 100]
const ETAS = [3, 5, 10]

function cellsOf(table: string): Cell[] {
  const place = path.join(process.env['GPTNAS_TABLES'] ?? '', 'nas-bench-201', `${table}.csv`)
  const { titles, rows } = readCsv(readFileSync(place, 'utf8'))
  const at = (cells: readonly string[], name: string): number => Number(cells[titles.indexOf(name)])
  return rows.map(({ cells }) => ({
    short: at(cells, 'val_12ep'),
    long: at(cells, 'val_200ep'),
    test: at(cells, 'test_200ep'),
  }))
}

type Climbing = Pick<Trial, 'number' | 'state' | 'fidelity' | 'origin'>
const ORIGIN: Trial['origin'] = {
  operator: 'random',
  parents: [],
  crossover: false,
  mutation: false,
  reconstructed: [],
}

/** Test accuracy of the best by validation after each budget, of cells in a random order that both ways share. @param eta null trains all whole */
function search(cells: readonly Cell[], seed: number, eta: number | null): number[] {
  const order = createRandom(seed)
    .fork('halving')
    .shuffleInPlace([...cells])
  const ladder: Halving | null = eta === null ? null : { epochs: [SHORT, LONG], eta }
  const trials: Climbing[] = []
  const found: number[] = []
  let spent = 0
  let best: Cell | undefined
  for (;;) {
    const promoted = ladder === null ? undefined : promotable(ladder, trials)
    const cell = order[(promoted?.number ?? trials.length + 1) - 1]
    if (cell === undefined) break
    const isWhole = ladder === null || promoted !== undefined
    spent += isWhole ? LONG : SHORT
    while (found.length < BUDGETS.length && spent > BUDGETS[found.length]! * LONG) found.push(best?.test ?? NaN)
    if (found.length === BUDGETS.length) break
    if (isWhole && (best === undefined || cell.long > best.long)) best = cell
    const rung = { epochs: SHORT, fitness: cell.short, place: 1 }
    if (promoted === undefined)
      trials.push({
        number: trials.length + 1,
        state: isWhole ? 'finished' : 'waiting',
        fidelity: { ...WHOLE, rungs: [{ ...rung, promotedAmong: null }] },
        origin: ORIGIN,
      })
    else trials[promoted.number - 1] = { ...promoted, fidelity: { ...WHOLE, rungs: [{ ...rung, promotedAmong: 1 }] } }
  }
  return found
}

const text = (values: readonly number[]): string => {
  const { mean, std } = figures(values)
  return `${mean.toFixed(2)} ± ${std.toFixed(2)}`
}
const interval = (pairs: readonly number[]): string => {
  const { low, high } = bootstrapMean(pairs)
  return `${figures(pairs).mean.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`
}

function onTable(table: string, seeds: number, note: HalvingBench['note']) {
  const cells = cellsOf(table)
  const whole = Array.from({ length: seeds }, (_, seed) => search(cells, seed, null))
  const column = (rows: readonly (readonly number[])[], i: number): number[] => rows.map((row) => row[i]!)
  const told = (label: string, rows: readonly (readonly number[])[]) =>
    note(`${table.padEnd(9)} ${label.padEnd(16)} ${BUDGETS.map((_, i) => text(column(rows, i))).join('  ')}`)
  told('all whole', whole)
  const arms = ETAS.map((eta) => {
    const rows = Array.from({ length: seeds }, (_, seed) => search(cells, seed, eta))
    told(`halving, 1 of ${eta}`, rows)
    const differences = BUDGETS.map((budget, i) => {
      const pairs = rows.map((row, seed) => row[i]! - whole[seed]![i]!)
      return { budget, ...figures(pairs), ...bootstrapMean(pairs), text: interval(pairs) }
    })
    note(`${' '.repeat(9)} less all whole:  ${differences.map((one) => one.text).join('  ')}`)
    return { eta, found: BUDGETS.map((budget, i) => ({ budget, ...figures(column(rows, i)) })), differences }
  })
  return { table, whole: BUDGETS.map((budget, i) => ({ budget, ...figures(column(whole, i)) })), arms }
}

interface RealCell {
  readonly best: number
  readonly evaluations: number
  readonly epochs: number
  readonly seconds: number
}

/** Small block chains of real images; both ways the same but for the rungs. */
const realDefinition = (seed: number, seconds: number, inRungs: boolean) => ({
  name: `${inRungs ? 'halving' : 'whole'}, seed ${seed}`,
  seed,
  strategy: 'random',
  populationSize: 100,
  generations: 10,
  maxSeconds: seconds,
  computes: 1,
  space: { kind: 'block-chain', minBlocks: 3, maxBlocks: 6, stemWidth: 8, maxWidth: 32, maxMacs: 3_000_000 },
  data: { dataset: 'cifar-10', trainImages: 4000, validationImages: 2000 },
  recipe: { epochs: 9 },
  ...(inRungs && { fidelity: { firstRung: 1, reduction: 3 } }),
})

async function real(seeds: number, seconds: number, keep: string, note: HalvingBench['note']) {
  const kept = keptFigures<RealCell>(path.join(keep, 'cells'))
  const arms: Record<'whole' | 'halving', number[]> = { whole: [], halving: [] }
  const cells: (RealCell & { readonly arm: string; readonly seed: number })[] = []
  for (let seed = 1; seed <= seeds; seed++)
    for (const arm of ['whole', 'halving'] as const) {
      const definition = realDefinition(seed, seconds, arm === 'halving')
      const before = await kept.find(`${arm}-${seed}`, definition)
      const cell = before ?? (await searchHere(path.join(keep, `${arm}-${seed}`), definition))
      if (before === null) await kept.keep(`${arm}-${seed}`, definition, cell)
      arms[arm].push(100 * cell.best)
      cells.push({ arm, seed, ...cell })
      note(
        `${arm.padEnd(8)} seed ${seed}: ${(100 * cell.best).toFixed(2)} %, ${cell.evaluations} candidates, ${cell.epochs} epochs, ${cell.seconds.toFixed(0)} s${before === null ? '' : ' (kept)'}`,
      )
    }
  const pairs = arms.halving.map((value, i) => value - arms.whole[i]!)
  note(
    `best validation accuracy: whole ${text(arms.whole)}, halving ${text(arms.halving)}, difference ${interval(pairs)}`,
  )
  return {
    seconds,
    cells,
    whole: figures(arms.whole),
    halving: figures(arms.halving),
    difference: bootstrapMean(pairs),
  }
}

/** One search by the command line, in a workspace of its own; a search that was cut off goes on. */
async function searchHere(workspace: string, definition: ReturnType<typeof realDefinition>): Promise<RealCell> {
  await mkdir(workspace, { recursive: true })
  const config = path.join(workspace, 'search.json')
  await writeFile(config, JSON.stringify(definition))
  const words = [
    'search',
    'start',
    '--config',
    config,
    '--go-on',
    '--json',
    '--workspace',
    path.join(workspace, 'runs'),
  ]
  const output = await new Promise<string>((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(checkout, 'scripts', 'gpt-nas.mjs'), ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let told = ''
    child.stdout.on('data', (chunk: Buffer) => (told += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve(told) : reject(new Error(`the search in ${workspace} ended with ${code}`)),
    )
  })
  const { run } = JSON.parse(output) as {
    run: { bestFitness: number | null; counts: { finished: number }; epochs: number; seconds: number }
  }
  return { best: run.bestFitness ?? 0, evaluations: run.counts.finished, epochs: run.epochs, seconds: run.seconds }
}

export async function measureHalving({ seeds, realSeconds, keep, note }: HalvingBench): Promise<Measured> {
  const tables = ['cifar10', 'cifar100'].map((table) => onTable(table, seeds, note))
  if (realSeconds !== null && keep === null)
    throw new Error('Real searches take hours: name a folder with --keep FOLDER, so that they go on where they stood.')
  const searches =
    realSeconds === null || keep === null ? null : await real(Math.min(5, seeds), realSeconds, keep, note)
  const checks: Check[] = tables.flatMap(({ table, arms }) =>
    arms
      .filter(({ eta }) => eta === 3)
      .flatMap(({ differences }) =>
        differences
          .filter(({ budget }) => budget >= 25)
          .map(({ budget, low }) => ({
            name: `${table}: halving less all whole after ${budget} whole trainings, lower end`,
            value: low,
            bound: '> 0',
            ok: low > 0,
          })),
      ),
  )
  return { results: { seeds, tables, searches }, checks: seeds < 10 ? [] : checks }
}
