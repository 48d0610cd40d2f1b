// npm run bench:faults: a compute is lost at random moments of a training, again and again; every training must come to the end
// of an undisturbed one, to the last bit, and no file may be left half-written. What became of each fault is said: one that was
// aimed at a training which was over by then is a missed shot and counts for nothing. Then come the kills, damages, full disks and
// hostile clients of the measurements beside this one; `-- --alone` leaves them out.
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { createRandom } from '../src/shared/random'
import { trainDisturbed, type Disturbed, type Fate, type Hit } from '../tests/faults/disturbed-training'
import { FAULT_KINDS, randomFaults, whyNot, type Fault, type FaultKind } from '../tests/faults/faults'
import { measureOthers } from './faults/others'
import { atMost, checkout, equal, median, runBench, type BenchOptions } from './harness'

/** Leaves out what other measurements of faults do, which follow by themselves. */
const ALONE = '--alone'
const SEED = 2026
const FAULTS = { full: 30, quick: 4 }
/**
 * A new compute answers 2 s after the death of the old one on two idle cores; a stopped clock or a lost message is far more. A
 * machine that is busy with other things may take as many times longer as the first start of a compute took.
 */
const SLOWEST_RETURN_SECONDS = 20
const MOST_RETURNS_PER_START = 10
/**
 * A training of a few seconds that takes so long hangs. Less would do on a quiet machine; one whose cores went to somebody else in
 * the middle made trainings look hung at 90 s.
 */
const HANG_SECONDS = 600
/** One fault in ten or so comes too late; where nearly all do, the aim is at fault and the measurement must not go on for ever. */
const MOST_TRAININGS_PER_FAULT = 3

const programs = join(checkout, 'out', 'main')
const kinds = FAULT_KINDS.filter((kind) => whyNot(kind) === null)

/** One or two kinds: the first in turn, so that each of them comes; a second drawn. A trial is given up after the third death. */
function chooseKinds(seed: number, most: number): FaultKind[] {
  const random = createRandom(seed).fork('kinds')
  const first = kinds[(seed - SEED) % kinds.length]!
  return most > 1 && random.integer(2) === 1 ? [first, kinds[random.integer(kinds.length)]!] : [first]
}

/** The same but for what a death may change: how many attempts it took. */
const isSame = ({ outcome }: Disturbed, undisturbed: Disturbed): boolean =>
  isDeepStrictEqual({ ...outcome, trial: { ...outcome.trial, attempt: 1 } }, undisturbed.outcome)

const hasFigures = ({ outcome: { trial } }: Disturbed): boolean =>
  trial.error?.code === 'out-of-memory' && /\d+ MiB/.test(trial.error.message)

/** Deaths by the kernel's killer that the user read as something else. */
function untold(runs: readonly Disturbed[]): number {
  const untoldIn = ({ hits, journal }: Disturbed): number => {
    const killed = hits.filter(({ kind, fate }) => kind === 'memory-group' && fate === 'died').length
    return Math.max(0, killed - journal.filter((line) => /ran out of memory.*\d+ MiB/.test(line)).length)
  }
  return runs.reduce((sum, run) => sum + untoldIn(run), 0)
}

const words = (hits: readonly Hit[]): string =>
  hits.map(({ kind, fate }) => `${kind} ${fate}`).join(', ') || 'over before its fault came'

/** What a person needs of a training that is not as it should be. */
const story = (seed: number, { hits, outcome, journal }: Disturbed) => ({
  seed,
  faults: words(hits),
  run: outcome.state,
  trial: outcome.trial,
  epochs: outcome.curve.length,
  journal,
})

function countFates(hits: readonly Hit[], kind: FaultKind): Partial<Record<Fate, number>> {
  const counts: Partial<Record<Fate, number>> = {}
  for (const hit of hits) if (hit.kind === kind) counts[hit.fate] = (counts[hit.fate] ?? 0) + 1
  return counts
}

async function measure({ quick, note }: BenchOptions, folder: string) {
  const wanted = quick ? FAULTS.quick : FAULTS.full
  for (const kind of FAULT_KINDS.filter((each) => !kinds.includes(each))) note(`Skips ${kind}: ${whyNot(kind) ?? ''}.`)
  const train = (name: string, faults: readonly Fault[]) =>
    trainDisturbed({ workspace: join(folder, name), programs, faults, limitSeconds: HANG_SECONDS })
  note('An undisturbed training ...')
  const undisturbed = await train('undisturbed', [])
  const slowestReturn = Math.max(SLOWEST_RETURN_SECONDS, MOST_RETURNS_PER_START * undisturbed.startSeconds)
  if (undisturbed.outcome.trial.state !== 'finished')
    throw new Error(`the undisturbed training failed: ${JSON.stringify(story(SEED, undisturbed))}`)
  const runs: { readonly seed: number; readonly run: Disturbed }[] = []
  const endless: { readonly seed: number; readonly message: string }[] = []
  const hits = (): Hit[] => runs.flatMap(({ run }) => run.hits)
  const countFaults = (): number => hits().filter(({ fate }) => fate !== 'missed').length
  for (let seed = SEED; countFaults() < wanted && seed - SEED < MOST_TRAININGS_PER_FAULT * wanted; seed++) {
    try {
      const chosen = chooseKinds(seed, quick ? 1 : wanted - countFaults())
      const run = await train(`seed-${seed}`, randomFaults(seed, chosen))
      runs.push({ seed, run })
      const { attempt, state } = run.outcome.trial
      note(`${countFaults()} of ${wanted}: ${words(run.hits)}; ${state} in attempt ${attempt}`)
      if (!isSame(run, undisturbed) && !hasFigures(run)) note(JSON.stringify(story(seed, run), null, 2))
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown)
      endless.push({ seed, message })
      note(`seed ${seed}: ${message}`)
    }
    rmSync(join(folder, `seed-${seed}`), { recursive: true, force: true })
  }
  const all = runs.map(({ run }) => run)
  const deaths = all.flatMap((run) => run.deaths)
  const died = hits().filter(({ fate }) => fate === 'died').length
  const different = runs.filter(({ run }) => !isSame(run, undisturbed))
  const unlike = different.filter(({ run }) => !hasFigures(run))
  const returns = all.flatMap(({ returnSeconds }) => returnSeconds)
  const slowest = Math.max(0, ...returns)
  return {
    results: {
      trainings: runs.length,
      faults: Object.fromEntries(kinds.map((kind) => [kind, countFates(hits(), kind)])),
      missedShots: hits().filter(({ fate }) => fate === 'missed').length,
      deaths: deaths.length,
      deathsInTheMiddleOfWriting: deaths.filter(({ partial }) => partial > 0).length,
      filesLookedAtAfterDeaths: deaths.reduce((sum, { whole, broken }) => sum + whole + broken.length, 0),
      // Explains a slow return: well above one for each compute, others were at work.
      loadAverage: loadavg()[1],
      startSeconds: undisturbed.startSeconds,
      failedForWantOfMemory: different.length - unlike.length,
      returnSeconds: returns.length === 0 ? null : { median: median(returns), slowest },
      unlike: unlike.map(({ seed, run }) => story(seed, run)),
      endless,
    },
    checks: [
      equal('faults that came', countFaults(), wanted),
      equal('deaths of which the files were looked at, as many as computes died', deaths.length, died),
      equal("deaths by the kernel's killer not told as such, with figures", untold(all), 0),
      equal('trainings that came to no end', endless.length, 0),
      equal('trainings neither as undisturbed nor out of memory with figures', unlike.length, 0),
      equal('broken files after a death', deaths.flatMap(({ broken }) => broken).length, 0),
      equal(
        'files left in the end',
        all.reduce((sum, { left }) => sum + left.whole + left.partial + left.broken.length, 0),
        0,
      ),
      atMost('slowest return after a fault, seconds', slowest, Math.round(slowestReturn)),
    ],
  }
}

void runBench('Faults', async (options) => {
  const folder = mkdtempSync(join(tmpdir(), 'gptnas-bench-faults-'))
  try {
    const own = await measure(options, folder)
    if (process.argv.includes(ALONE)) return own
    const others = await measureOthers(options)
    return { results: { ...own.results, ...others.results }, checks: [...own.checks, ...others.checks] }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
