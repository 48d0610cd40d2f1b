// A training step against Keras's on the same TensorFlow and against PyTorch's at its best: the same networks, data and optimizer,
// in turns; the same step inside Electron; then the throughput of many small candidates. Planned for 25 minutes on two quiet cores.
// --only NAME, again for more: networks whose name contains it, or "throughput". --keep FOLDER: figures of a run that was cut off
// are taken up again. --quick: one network, one turn and a second a side; for seeing that it works.
// First, as in every program that Electron runs.
import '../src/compat/node16'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { hasDisplay, startVirtualDisplay } from '../scripts/setup/display.mjs'
import { runBench, type BenchOptions, type Measured } from './harness'
import { becomeMain, takeJob } from './train/electron'
import { rateChecks, rowOf, stepChecks, type Ratios, type Row } from './train/figures'
import { NETWORKS } from './train/networks'
import { preparePython } from './train/python'
import { Rounds, type Length } from './train/rounds'
import { ELECTRON, KERAS_DEFAULTS, KERAS_OFF, KERAS_ON, OURS_OFF, OURS_ON, PYTORCH, type Side } from './train/sides'
import { throughput } from './train/throughput'

interface Plan {
  readonly length: Length
  readonly turns: number
  readonly sides: readonly Side[]
  readonly ratios: readonly (keyof Ratios)[]
}
const WHOLE: Plan = {
  length: { warmUp: 5, seconds: 5, images: 512 },
  turns: 2,
  // What is compared in the narrowest terms stands side by side.
  sides: [OURS_OFF, KERAS_OFF, KERAS_DEFAULTS, KERAS_ON, ELECTRON, OURS_ON, ...PYTORCH],
  ratios: ['kerasOff', 'kerasOn', 'kerasDefaults', 'pytorch', 'electron'],
}
const QUICK: Plan = {
  length: { warmUp: 3, seconds: 1, images: 64 },
  turns: 1,
  sides: [OURS_ON, ELECTRON, KERAS_ON, ...PYTORCH.filter(({ channelsLast }) => !channelsLast)],
  ratios: ['kerasOn', 'pytorch', 'electron'],
}
const THROUGHPUT = 'throughput'
/** Few turns: each one has up to eight processes, and a rate is the sum of steady medians. */
const RATE_TURNS = 2

function optionsOf() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true },
      keep: { type: 'string' },
      quick: { type: 'boolean' },
      json: { type: 'boolean' },
    },
  })
  const { only, keep } = values
  const isWanted = (name: string): boolean => only === undefined || only.some((part) => name.includes(part))
  return { isWanted, keepFolder: keep === undefined ? null : resolve(keep) }
}

async function measure(options: BenchOptions): Promise<Measured> {
  const { isWanted, keepFolder } = optionsOf()
  const plan = options.quick ? QUICK : WHOLE
  preparePython('keras', options.note)
  preparePython('pytorch', options.note)
  const display = hasDisplay() ? null : await startVirtualDisplay()
  try {
    const rounds = new Rounds(plan.length, display === null ? {} : { DISPLAY: display.name }, options, keepFolder)
    const networks = (options.quick ? NETWORKS.slice(0, 1) : NETWORKS).filter(({ name }) => isWanted(name))
    const rows: Row[] = []
    const skipped = new Set<string>()
    const small = NETWORKS[0]!
    for (const network of networks) {
      const measured = await rounds.run(network, plan.sides, plan.turns)
      for (const [side, one] of measured) if ('problem' in one && network === small) skipped.add(side.name)
      rows.push(rowOf(network.name, measured))
    }
    const many = !options.quick && isWanted(THROUGHPUT) ? await throughput(rounds, small, RATE_TURNS, skipped) : null
    if (rows.length === 0 && many === null)
      throw new Error(
        `--only must be part of "${THROUGHPUT}" or of a network's name: ${NETWORKS.map(({ name }) => name).join(', ')}`,
      )
    const checks = [...stepChecks(rows, plan.ratios), ...(many === null ? [] : rateChecks(many.rates))]
    return { results: { steps: rows, throughput: many }, checks }
  } finally {
    display?.stop()
  }
}

/** The child's part, in plain Node or in Electron. */
async function ours(): Promise<void> {
  const { job, answer } = await takeJob()
  // Loaded only here: the parent must not take TensorFlow's threads and memory.
  const { measureOurs } = await import('./train/ours')
  answer(measureOurs(job))
}

function fail(thrown: unknown): void {
  process.stderr.write(`${String(thrown instanceof Error ? thrown.stack : thrown)}\n`)
  process.exit(1)
}

if (process.argv.includes('--ours')) ours().catch(fail)
else if (process.argv.includes('--electron')) becomeMain().catch(fail)
else void runBench("A training step against Keras's and PyTorch's", measure)
