// Our ONNX file against torch.onnx's own export of the same network (our PyTorch source with the same weights), in onnxruntime, in turns.
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pythonWith } from '../../src/compute/exchange/testing/python'
import { writeExport } from '../../src/compute/exchange/write-export'
import type { LayerGraph } from '../../src/shared/architecture/layer'
import { ZOO_FAMILIES, ZOO_NAMES, zooNetwork } from '../../src/shared/architecture/zoo'
import { keptFigures } from '../accuracy/kept'
import { atMost, equal, type BenchOptions, type Check } from '../harness'
import { codeVersion } from './code-version'
import { TRAINED_NETWORKS } from './networks'
import { script } from './python'
import type { RaceJob, RaceResult } from './race'
import { inOrder } from './table'
import { BOUND } from './zoo'
import { writeRandomWeights } from './weights'

/** Issued. */
const MOST = 1.05
const TURNS = 60
const QUICK_TURNS = 10
const EXPORTERS = ['torchscript', 'dynamo'] as const

export interface LatencyRow extends RaceResult {
  readonly network: string
  readonly pixels: number
  readonly exporter: (typeof EXPORTERS)[number]
  readonly torch: string
}

export interface LatencyOptions extends BenchOptions {
  /** Where figures are kept; null keeps none. */
  readonly keep: string | null
  readonly hasTime: () => boolean
  /** Parts of networks' names; none: all of them. */
  readonly only: readonly string[]
  /** Nothing else runs here, as whoever calls says: figures are measured for that, and the clock counts. */
  readonly isQuiet: boolean
}

interface Runner {
  readonly name: string
  readonly graph: LayerGraph
  readonly classes: number
}

/** The trained networks' shapes, and the smallest of each family of the zoo as it is used. */
function runners(quick: boolean): Runner[] {
  const small = TRAINED_NETWORKS.map(({ name, graph }) => ({ name, graph, classes: 10 }))
  if (quick) return small.slice(0, 1)
  const smallest = ZOO_FAMILIES.map((family) => ZOO_NAMES.find((name) => zooNetwork(name).family === family)!)
  return [...small, ...smallest.map((name) => ({ name, graph: zooNetwork(name).graph, classes: 1000 }))]
}

async function raceOf(
  ask: (job: RaceJob) => Promise<RaceResult>,
  python: string,
  { name, graph, classes }: Runner,
  turns: number,
  { note, quick }: Pick<BenchOptions, 'note' | 'quick'>,
): Promise<LatencyRow[]> {
  // The newer exporter alone takes longer than all the rest of a quick call.
  const exporters = quick ? EXPORTERS.slice(0, 1) : EXPORTERS
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-exchange-'))
  try {
    const weights = path.join(folder, 'weights')
    await writeRandomWeights(graph, classes, { weights, shifted: path.join(folder, 'shifted') })
    const job = { document: {}, graph, weights, metadata: {} }
    await writeExport({ ...job, format: 'onnx', options: { softmax: false }, folder: path.join(folder, 'onnx') })
    await writeExport({ ...job, format: 'pytorch', folder: path.join(folder, 'pytorch') })
    const [height = 1, width = 1, channels = 1] = graph.input
    const shape = [channels, height, width] as const
    const args = [script('torch_export.py'), path.join(folder, 'pytorch'), ...shape.map(String), ...exporters]
    const said = execFileSync(python, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    const { torch, problems } = JSON.parse(said) as { torch: string; problems: Record<string, string | null> }
    const rows: LatencyRow[] = []
    for (const exporter of exporters) {
      const problem = problems[`${exporter}.onnx`]
      if (problem !== null) {
        note(`${name}, torch.onnx (${exporter}): ${problem ?? 'not tried'}`)
        continue
      }
      const files = [path.join(folder, 'onnx', 'model.onnx'), path.join(folder, 'pytorch', `${exporter}.onnx`)] as const
      rows.push({ network: name, pixels: height, exporter, torch, ...(await ask({ race: files, shape, turns })) })
    }
    return rows
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** @param ask the process that runs both files @returns no rows where Python has no torch and onnx */
export async function measureLatencies(
  ask: (job: RaceJob) => Promise<RaceResult>,
  { quick, note, keep, hasTime, only, isQuiet }: LatencyOptions,
): Promise<LatencyRow[]> {
  const python = pythonWith('torch', 'onnx')
  if (python === undefined) {
    note('torch.onnx: left out, Python has no torch and onnx')
    return []
  }
  const kept = keptFigures<LatencyRow[]>(quick || keep === null ? null : path.join(keep, 'latency'))
  const turns = quick ? QUICK_TURNS : TURNS
  const rows: LatencyRow[] = []
  const wanted = runners(quick).filter(({ name }) => only.length === 0 || only.some((part) => name.includes(part)))
  for (const runner of wanted) {
    const code = [await codeVersion({ format: 'onnx' }), await codeVersion({ format: 'pytorch' })]
    const decisive = { graph: runner.graph, turns, code, by: isQuiet ? 'clock' : 'processor' }
    const name = runner.name.replace(/[^\w.-]+/g, '-')
    const before = await kept.find(name, decisive)
    if (before === null && !hasTime()) continue
    const own = before ?? (await raceOf(ask, python, runner, turns, { note, quick }))
    if (before === null) await kept.keep(name, decisive, own)
    for (const { exporter, ours, theirs, ratio, clockRatio } of own)
      note(
        `${runner.name}: ${ours.toFixed(2)} ms, torch.onnx (${exporter}) ${theirs.toFixed(2)} ms, ratio ${ratio.toFixed(3)}, by the clock ${clockRatio.toFixed(3)}`,
      )
    rows.push(...own)
  }
  return rows
}

/**
 * @param isQuiet nothing else runs on the machine: the ratio by the clock is held against the bound too
 * @param isWhole every network was wanted
 */
export function latencyChecks(
  rows: readonly LatencyRow[],
  { quick, isQuiet, isWhole }: { readonly quick: boolean; readonly isQuiet: boolean; readonly isWhole: boolean },
): Check[] {
  const apart = rows.map(({ difference }) => difference)
  const checks = [
    atMost('torch.onnx beside ours: largest relative difference of a score', Math.max(0, ...apart), BOUND),
  ]
  // Ten turns on a busy machine show that it works, no ratio.
  if (quick) return checks
  const networks = new Set(rows.map(({ network }) => network)).size
  const worst = Math.max(0, ...rows.map(({ ratio }) => ratio))
  return [
    ...checks,
    atMost(`latency of ours to torch.onnx, worst of ${networks} networks`, worst, MOST),
    ...(isQuiet
      ? [atMost('the same by the clock', Math.max(0, ...rows.map(({ clockRatio }) => clockRatio)), MOST)]
      : []),
    ...(isWhole ? [equal('networks whose latency was not seen', runners(false).length - networks, 0)] : []),
  ]
}

/** @param others lines of the table of networks that were not measured now */
export const latencyTable = (rows: readonly LatencyRow[], others: readonly string[]): string[] => [
  '| network | pixels | exporter | ours, ms | torch.onnx, ms | ratio by the clock | ratio |',
  '|---|---:|---|---:|---:|---:|---:|',
  ...inOrder(
    [
      ...others,
      ...rows.map(
        ({ network, pixels, exporter, ours, theirs, clockRatio, ratio }) =>
          `| ${network} | ${pixels} | ${exporter} | ${ours.toFixed(2)} | ${theirs.toFixed(2)} | ${clockRatio.toFixed(3)} | ${ratio.toFixed(3)} |`,
      ),
    ],
    runners(false).map(({ name }) => name),
  ),
]
