// A real search in rungs of fewer and smaller images, by the built command line on one core: killed in the middle and resumed it comes to
// what it would have come to undisturbed, with every result, and its promotions are verified.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { countTrainedEpochs, readEpochs } from '../src/engine/storage/epochs'
import { readJournal } from '../src/engine/storage/journal'
import { listRuns } from '../src/engine/storage/runs'
import { openStore } from '../src/engine/storage/store'
import { listTrials } from '../src/engine/storage/trials'
import { DATASET, writeDataset } from './faults/dataset'

/** What of scripts/setup/build.mjs is used here; scripts are plain JavaScript without declarations. */
interface Build {
  readonly buildIfStale: (report: { line(text: string): void }) => Promise<boolean>
  readonly cliEntry: () => string
}

/** A whole training has three epochs; a kill is to come in one that began anew. */
const SEARCH = {
  name: 'Rungs',
  seed: 7,
  strategy: 'random',
  ...{ populationSize: 5, generations: 1, computes: 1 },
  space: { kind: 'block-chain', minBlocks: 2, maxBlocks: 3, maxMacs: 2_000_000 },
  data: { dataset: DATASET, trainImages: 160, validationImages: 80 },
  recipe: { epochs: 3, batchSize: 16, learningRate: 0.02, deterministic: true },
}
const RUNGS = ['fidelity.firstRung=1', 'fidelity.reduction=2', 'fidelity.firstImages=0.5', 'fidelity.firstSide=0.5']
const TIMEOUT_MS = 600_000

let folder = ''
let entry = ''

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gptnas-rungs-'))
  const build = (await import(path.resolve(__dirname, '../scripts/setup/build.mjs'))) as Build
  await build.buildIfStale({ line: () => undefined })
  entry = build.cliEntry()
}, 300_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function start(workspace: string, parameters: readonly string[]) {
  const child = spawn(process.execPath, [entry, 'search', ...parameters, '--workspace', workspace], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, GPTNAS_CACHE: path.join(folder, 'cache') },
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
  const ended = new Promise<{ code: number | null; text: string }>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, text }))
  })
  return { child, ended }
}

const named = (name: string): string => {
  const workspace = path.join(folder, name)
  writeDataset(workspace)
  return workspace
}

function begin(workspace: string) {
  const config = path.join(folder, 'search.json')
  writeFileSync(config, JSON.stringify(SEARCH))
  return start(workspace, ['start', '--config', config, ...RUNGS.flatMap((rung) => ['--set', rung])])
}

/** All that may not depend on interruptions or on the speed of the machine. */
async function outcome(workspace: string) {
  const store = openStore(workspace)
  try {
    const [run] = await listRuns(store.db)
    const trials = await listTrials(store.db, run!.id)
    const epochs = await readEpochs(
      store.db,
      trials.map(({ id }) => id),
    )
    const left = await store.db.selectFrom('left_epochs').selectAll().orderBy('trial_id').orderBy('epoch').execute()
    return {
      run: run!,
      lines: (await readJournal(store.db, run!.id)).map(({ message }) => message),
      result: {
        epochs: await countTrainedEpochs(store.db, run!.id),
        trials: trials.map(({ id, number, genotype, state, fitness, bestEpoch, fidelity, weightsSha256 }) => ({
          ...{ number, genotype, state, fitness, bestEpoch, fidelity, weightsSha256 },
          curve: (epochs.get(id) ?? []).map(({ seconds: _, ...epoch }) => epoch),
        })),
        left: left.map(({ seconds: _, ...epoch }) => epoch),
      },
    }
  } finally {
    await store.close()
  }
}

/** By trial, the cell of that column in the table of `search show`. */
function cellsOf(text: string, column: string): Map<string, string> {
  const lines = text.split('\n').map((line) => line.trim().split(/\s{2,}/))
  const heads = lines.find((cells) => cells[0] === 'Trial' && cells.includes(column)) ?? []
  const at = heads.indexOf(column)
  return new Map(lines.filter((cells) => cells.length === heads.length).map((cells) => [cells[0]!, cells[at] ?? '']))
}

/** A checkpoint of a training that began anew is on the disk. */
function hasBegunAnew(workspace: string): boolean {
  const checkpoints = path.join(workspace, 'checkpoints')
  if (!existsSync(checkpoints)) return false
  return readdirSync(checkpoints, { recursive: true }).some((name) => /leg-1.epoch-\d+\.checkpoint$/.test(String(name)))
}

it(
  'trains a first rung on half the images at half their side, and the promoted anew on whole ones; a kill loses nothing',
  async () => {
    const straight = named('straight')
    const whole = await begin(straight).ended
    expect(whole.code, whole.text).toBe(0)
    const undisturbed = await outcome(straight)
    const { trials, epochs, left } = undisturbed.result
    expect(trials.map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => 'finished'))
    // One of two goes on to whole images, where a training has two rungs: after one epoch and after three.
    const anew = trials.filter(({ fidelity }) => fidelity.rungs[0]!.promotedAmong !== null)
    expect(anew.length).toBeGreaterThan(0)
    expect(left.length).toBe(anew.length)
    for (const { curve, fitness, bestEpoch } of trials) expect(curve[bestEpoch! - 1]!.validationAccuracy).toBe(fitness)
    const dropped = trials.filter((trial) => !anew.includes(trial))
    const ofWhole = anew.reduce((sum, { curve }) => sum + curve.length, 0)
    expect(epochs).toBeCloseTo((dropped.length + anew.length) / 8 + ofWhole, 9)
    expect(undisturbed.lines).toContainEqual(
      expect.stringMatching(/reached its rung of 1 epoch on 50 % of the images at 50 % of their side/),
    )

    const listed = await start(straight, ['show', '1']).ended
    for (const { number, fidelity } of trials)
      expect(cellsOf(listed.text, 'Rungs').get(String(number))).toBe(String(fidelity.rungs.length))

    const killed = named('killed')
    const first = begin(killed)
    while (!hasBegunAnew(killed)) {
      if (first.child.exitCode !== null) throw new Error('the search has ended before it could be killed')
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    first.child.kill('SIGKILL')
    await first.ended
    const resumed = await start(killed, ['resume', '1']).ended
    expect(resumed.code, resumed.text).toBe(0)
    expect((await outcome(killed)).result).toEqual(undisturbed.result)
    const verified = await start(killed, ['verify', '1']).ended
    expect(verified.code, verified.text).toBe(0)
    expect(readdirSync(path.join(killed, 'checkpoints'))).toEqual([])
    // Made once, by the first of the two; the second found them.
    expect((await outcome(killed)).lines.filter((line) => line.startsWith('Made the images of'))).toHaveLength(1)
  },
  TIMEOUT_MS,
)
