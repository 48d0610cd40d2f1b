// What exports compute beside the network that they were made of, each run by others in a process without anything of ours. Parts, all of
// them unless some are named: --layers and --networks (random weights, every way out), --trained (CIFAR-10, every test image),
// --latency (beside torch.onnx), --foreign (networks of other programs, in and out again).
// --quiet says that nothing else runs here: latency is held against its bound by the clock, too.
// --quick: the cheapest networks of two families, every sixteenth layer case, a training of seconds. --only=NAME (again and again) and --side=PIXELS look at some
// networks or another input, --without=tfjs-graph leaves a format out. --minutes=N begins nothing new after N minutes; what was measured is kept
// (--keep=FOLDER, else the cache; --fresh measures anew) and taken up by the next call. --docs writes the tables of docs/exchange.md, and
// figures of networks into bench/exchange/seen.csv, from where another machine goes on.
// Python: GPTNAS_PYTHON, or python3, with torch, keras, tensorflow, onnx and onnxruntime.
import path from 'node:path'
import { parseArgs } from 'node:util'
import { keptFolder } from './exchange/code-version'
import { foreignChecks, foreignTable, measureForeign } from './exchange/foreign'
import { latencyChecks, latencyTable, measureLatencies } from './exchange/latency'
import type { Run } from './exchange/measure-case'
import { pythonRuntimes } from './exchange/python'
import { RUNTIME_FLAG, serveRuntime, startRuntime } from './exchange/runtime'
import { seenFigures } from './exchange/seen'
import { otherLines, writeTable, zooTable } from './exchange/table'
import { measureTrained, TRAINED_WAYS, trainedChecks, trainedTable } from './exchange/trained'
import { WAYS, type Way } from './exchange/ways'
import { keepSeen, measureLayers, measureNetworks, zooChecks, type ZooOptions, type ZooRows } from './exchange/zoo'
import { runBench, type BenchOptions, type Check, type Measured } from './harness'

const PARTS = ['layers', 'networks', 'trained', 'latency', 'foreign'] as const
type Part = (typeof PARTS)[number]

function optionsOf() {
  const { values } = parseArgs({
    options: {
      ...{ layers: { type: 'boolean' }, networks: { type: 'boolean' }, trained: { type: 'boolean' } },
      latency: { type: 'boolean' },
      foreign: { type: 'boolean' },
      ...{
        only: { type: 'string', multiple: true },
        side: { type: 'string' },
        without: { type: 'string', multiple: true },
      },
      ...{
        minutes: { type: 'string' },
        keep: { type: 'string' },
        fresh: { type: 'boolean' },
        docs: { type: 'boolean' },
        quiet: { type: 'boolean' },
      },
      ...{ quick: { type: 'boolean' }, json: { type: 'boolean' } },
    },
  })
  const named = PARTS.filter((part) => values[part] === true)
  const parts = new Set<Part>(named.length === 0 ? PARTS : named)
  return { ...values, parts }
}

async function measure(options: BenchOptions): Promise<Measured> {
  const { parts, only = [], side, without = [], minutes, keep, fresh, docs, quiet = false } = optionsOf()
  const python = pythonRuntimes()
  const node = startRuntime()
  const run: Run = (way, job) =>
    way.library === undefined ? node.run({ ...job, format: way.format }) : python.run(way.library, job)
  const isRun = ({ format, library }: Way): boolean =>
    !without.includes(format) && (library === undefined || python.has(library))
  const ways = WAYS.filter(isRun)
  for (const { title } of TRAINED_WAYS.filter((way) => !isRun(way))) options.note(`${title}: left out`)
  const end = minutes === undefined ? Infinity : performance.now() + Number(minutes) * 60_000
  const hasTime = (): boolean => performance.now() < end
  const kept = path.resolve(keep ?? keptFolder())
  const isWhole = !options.quick && only.length === 0 && without.length === 0
  const zooOptions: ZooOptions = {
    ...options,
    only,
    side: side === undefined ? undefined : Number(side),
    ways,
    keep: fresh === true ? null : kept,
    seen: fresh === true || options.quick ? null : await seenFigures(),
    hasTime,
  }
  const results: Record<string, unknown> = {}
  const checks: Check[] = []
  try {
    const layers = parts.has('layers') ? await measureLayers(run, zooOptions) : { layers: [], notSeen: [] }
    const networks = parts.has('networks') ? await measureNetworks(run, zooOptions) : { networks: [], notSeen: [] }
    const rows: ZooRows = { ...layers, ...networks, notSeen: [...layers.notSeen, ...networks.notSeen] }
    if (parts.has('layers') || parts.has('networks')) {
      results['networks'] = rows.networks
      results['layerCases'] = new Set(rows.layers.map(({ name }) => name)).size
      results['failing'] = rows.layers.filter(({ verdict }) => verdict !== 'equal')
      results['notSeen'] = rows.notSeen
      checks.push(...zooChecks(rows, ways, isWhole))
      if (docs === true) {
        await writeTable('networks', zooTable(rows))
        await keepSeen(rows, zooOptions)
      }
    }
    if (parts.has('trained')) {
      const own = { ways: TRAINED_WAYS.filter(isRun), keep: kept, isFresh: fresh === true, hasTime, only }
      const trained = await measureTrained(run, { ...options, ...own })
      results['trained'] = trained
      checks.push(...trainedChecks(trained, isWhole, options.quick))
      if (docs === true)
        await writeTable(
          'trained',
          trainedTable(
            trained,
            await otherLines('trained', new Set(trained.map(({ network, way }) => `${network}, ${way}`)), 2),
          ),
        )
    }
    if (parts.has('latency')) {
      const latencies = await measureLatencies((job) => node.race(job), {
        ...options,
        keep: fresh === true ? null : kept,
        hasTime,
        only,
        isQuiet: quiet,
      })
      results['latency'] = latencies
      checks.push(...latencyChecks(latencies, { quick: options.quick, isQuiet: quiet, isWhole }))
      if (docs === true)
        await writeTable(
          'latency',
          latencyTable(latencies, await otherLines('latency', new Set(latencies.map(({ network }) => network)), 1)),
        )
    }
    if (parts.has('foreign')) {
      const foreign = await measureForeign(run, options)
      results['foreign'] = foreign
      checks.push(...foreignChecks(foreign, options.quick))
      if (docs === true) await writeTable('foreign', foreignTable(foreign))
    }
  } finally {
    node.close()
    python.close()
  }
  return { results, checks }
}

if (process.argv.includes(RUNTIME_FLAG)) void serveRuntime()
else void runBench('exchange', measure)
