// How zero-cost figures order cells of NAS-Bench-201, which all have their published accuracy: Kendall's tau over a random sample, each
// network of the published size at its random start, on one batch of CIFAR-10. Beside them, what orders as well as a figure should:
// the accuracy after 12 epochs. A sample tells less than the table; the interval says how much less.
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { readCsv } from '../../src/shared/csv'
import { PROXY_NAMES, type ProxyName } from '../../src/shared/evaluators/proxies'
import { createRandom } from '../../src/shared/random'
import { kendallInterval, type TauInterval } from '../../src/shared/rank-correlation'
import { EDGE_OPERATIONS, edgeGenotypeAt } from '../../src/shared/spaces/nas-bench-201/genotype'
import { createEdgeSpace } from '../../src/shared/spaces/nas-bench-201/space'
import { keptFigures } from '../accuracy/kept'
import { cifar10 } from '../accuracy/inputs'
import type { Check, Measured } from '../harness'

export interface ProxyRanks {
  /** Cells drawn from the table. */
  readonly cells: number
  /** Folder of figures that are measured already. */
  readonly keep: string | null
  readonly quick: boolean
  readonly note: (line: string) => void
}

interface Row {
  readonly arch: string
  readonly accuracy: number
  /** After 12 epochs. */
  readonly short: number
}

interface Looked {
  readonly values: Partial<Record<ProxyName, number | null>>
  /** Of the wall clock, by figure. */
  readonly seconds: Partial<Record<ProxyName, number>>
}

const IMAGES = 64
const SEED = 1

function tableRows(): Row[] {
  const place = path.join(process.env['GPTNAS_TABLES'] ?? '', 'nas-bench-201', 'cifar10.csv')
  const { titles, rows } = readCsv(readFileSync(place, 'utf8'))
  const at = (name: string): number => titles.indexOf(name)
  return rows.map(({ cells }) => ({
    arch: cells[at('arch')] ?? '',
    accuracy: Number(cells[at('val_200ep')]),
    short: Number(cells[at('val_12ep')]),
  }))
}

export async function measureProxyRanks({ cells, keep, quick, note }: ProxyRanks): Promise<Measured> {
  const table = tableRows()
  const sample = createRandom(SEED)
    .fork('cells')
    .shuffleInPlace([...table])
    .slice(0, cells)
  const dataset = await cifar10(note)
  const data = dataset.files('train')
  const folder = await mkdtemp(path.join(tmpdir(), 'gptnas-bench-proxies-'))
  const kept = keptFigures<Looked>(keep)
  const space = createEdgeSpace()
  const looks: Looked[] = []
  try {
    const indices = path.join(folder, 'train.i32')
    await writeFile(indices, Buffer.from(Int32Array.from({ length: data.count }, (_, i) => i).buffer))
    // Only here: it loads TensorFlow, which other measurements of this bench do without.
    const { measureProxies } = await import('../../src/compute/proxies/measure')
    for (const [number, { arch, accuracy }] of sample.entries()) {
      const decisive = { arch, images: IMAGES, seed: SEED }
      const before = await kept.find(arch, decisive)
      const look = before ?? { values: {}, seconds: {} }
      if (before === null) {
        const graph = space.toGraph(edgeGenotypeAt(Number.parseInt(arch, EDGE_OPERATIONS.length)))
        for (const name of PROXY_NAMES) {
          const begun = performance.now()
          const { values } = await measureProxies({ graph, names: [name], seed: SEED, data, indices, images: IMAGES })
          look.values[name] = values[name] ?? null
          look.seconds[name] = (performance.now() - begun) / 1000
        }
        await kept.keep(arch, decisive, look)
      }
      looks.push(look)
      const figures = PROXY_NAMES.map((name) => look.values[name]?.toPrecision(4) ?? 'none').join('  ')
      note(`${number + 1} of ${cells}: ${arch} ${accuracy} %  ${figures}${before === null ? '' : '  (kept)'}`)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const accuracies = sample.map(({ accuracy }) => accuracy)
  const ranks = Object.fromEntries(
    PROXY_NAMES.map((name): [string, TauInterval & { none: number; seconds: number }] => {
      // A network without a figure is the last of all, as a filter takes it.
      const values = looks.map((look) => look.values[name] ?? -Infinity)
      const seconds = looks.reduce((sum, look) => sum + (look.seconds[name] ?? 0), 0) / looks.length
      return [
        name,
        { ...interval(values, accuracies), none: values.filter((value) => value === -Infinity).length, seconds },
      ]
    }),
  )
  const epochs12 = interval(
    sample.map(({ short }) => short),
    accuracies,
  )
  for (const [name, { tau, low, high, none, seconds }] of Object.entries(ranks))
    note(
      `${name.padEnd(20)} tau ${tau.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}], ${none} without, ${seconds.toFixed(2)} s a cell`,
    )
  note(
    `accuracy after 12 epochs of 200: tau ${epochs12.tau.toFixed(2)} [${epochs12.low.toFixed(2)}, ${epochs12.high.toFixed(2)}]`,
  )
  // A figure that orders no better than chance would be a fault of ours: published ones all do.
  const checks: Check[] = quick
    ? []
    : PROXY_NAMES.map((name) => {
        const low = ranks[name]?.low ?? NaN
        return { name: `${name}: lower end of tau`, value: low, bound: '> 0', ok: low > 0 }
      })
  return { results: { cells, images: IMAGES, ranks, epochs12 }, checks }
}

/** -Infinity minus itself is no number: it is put below everything first. */
function interval(values: readonly number[], accuracies: readonly number[]): TauInterval {
  const least = Math.min(...values.filter(Number.isFinite))
  return kendallInterval(
    values.map((value) => (Number.isFinite(value) ? value : least - 1)),
    accuracies,
  )
}
