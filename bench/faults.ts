// npm run bench:faults: a compute is lost at random moments of a training, again and again; every training must come to the end
// of an undisturbed one, to the last bit, and no file may be left half-written.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { createRandom } from '../src/shared/random'
import { trainDisturbed, type Disturbed } from '../tests/faults/disturbed-training'
import { canLimitMemory, FAULT_KINDS, randomFaults, type FaultKind } from '../tests/faults/faults'
import { atMost, checkout, equal, median, runBench, type BenchOptions } from './harness'

const SEED = 2026
const FAULTS = { full: 30, quick: 4 }
/** A new compute answers 2 s after the death of the old one on two idle cores; a stopped clock or a lost message is far more. */
const SLOWEST_RETURN_SECONDS = 20

const programs = join(checkout, 'out', 'main')
const kinds = FAULT_KINDS.filter((kind) => kind !== 'address-space' || canLimitMemory)

/** One or two kinds, drawn: a trial is given up after the third death. */
function drawKinds(seed: number, most: number): FaultKind[] {
  const random = createRandom(seed).fork('kinds')
  const count = Math.min(most, 1 + random.integer(2))
  return Array.from({ length: count }, () => kinds[random.integer(kinds.length)]!)
}

/** The same but for what a death may change: how many attempts it took. */
const isSame = ({ outcome }: Disturbed, undisturbed: Disturbed): boolean =>
  isDeepStrictEqual({ ...outcome, trial: { ...outcome.trial, attempt: 1 } }, undisturbed.outcome)

const hasFigures = ({ outcome: { trial } }: Disturbed): boolean =>
  trial.error?.code === 'out-of-memory' && /\d+ MiB/.test(trial.error.message)

async function measure({ quick, note }: BenchOptions, folder: string) {
  const wanted = quick ? FAULTS.quick : FAULTS.full
  const train = (name: string, seed: number, chosen: readonly FaultKind[]) =>
    trainDisturbed({ workspace: join(folder, name), programs, faults: randomFaults(seed, chosen) })
  note('An undisturbed training ...')
  const undisturbed = await train('undisturbed', SEED, [])
  const runs: Disturbed[] = []
  const countFaults = (): number => runs.reduce((sum, { inflicted }) => sum + inflicted.length, 0)
  for (let seed = SEED; countFaults() < wanted; seed++) {
    const run = await train(`seed-${seed}`, seed, drawKinds(seed, wanted - countFaults()))
    rmSync(join(folder, `seed-${seed}`), { recursive: true })
    runs.push(run)
    const { attempt, state } = run.outcome.trial
    note(
      `${countFaults()} of ${wanted}: ${run.inflicted.join(', ') || 'over before its fault came'}; ${state} in attempt ${attempt}`,
    )
  }
  const deaths = runs.flatMap((run) => run.deaths)
  const inflicted = runs.flatMap((run) => run.inflicted)
  const different = runs.filter((run) => !isSame(run, undisturbed))
  const returns = runs.filter((run) => run.deaths.length > 0).map(({ slowestReturnSeconds }) => slowestReturnSeconds)
  return {
    results: {
      trainings: runs.length,
      faults: Object.fromEntries(kinds.map((kind) => [kind, inflicted.filter((each) => each === kind).length])),
      deaths: deaths.length,
      deathsInTheMiddleOfWriting: deaths.filter(({ partial }) => partial > 0).length,
      filesLookedAtAfterDeaths: deaths.reduce((sum, { whole, broken }) => sum + whole + broken.length, 0),
      failedForWantOfMemory: different.filter(hasFigures).length,
      returnSeconds: { median: median(returns), slowest: Math.max(...returns) },
    },
    checks: [
      equal('faults that came', inflicted.length, wanted),
      equal(
        'trainings neither as undisturbed nor out of memory with figures',
        different.filter((run) => !hasFigures(run)).length,
        0,
      ),
      equal('broken files after a death', deaths.flatMap(({ broken }) => broken).length, 0),
      equal(
        'files left in the end',
        runs.reduce((sum, { left }) => sum + left.whole + left.partial + left.broken.length, 0),
        0,
      ),
      atMost('slowest return after a fault, seconds', Math.max(...returns), SLOWEST_RETURN_SECONDS),
    ],
  }
}

void runBench('Faults', async (options) => {
  const folder = mkdtempSync(join(tmpdir(), 'gptnas-bench-faults-'))
  try {
    return await measure(options, folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
