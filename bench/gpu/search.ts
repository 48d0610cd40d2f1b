// The sample search with all its trials exported and proven, through the product's own command line: on a card as it comes, on a
// processor with few images and small networks.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Export } from '../../src/shared/contract/exports'
import type { Run } from '../../src/shared/search/run'
import type { Trial } from '../../src/shared/search/trial'
import { checkout } from '../harness'
import { searchLines } from './judge'
import type { Lines } from './seen'

const SMALL = [
  'data.trainImages=1000',
  'data.validationImages=200',
  'recipe.epochs=1',
  'space.maxMacs=4000000',
  'space.maxBlocks=11',
].flatMap((setting) => ['--set', setting])
/** Of one command; a sample search on a card takes a minute or two. */
const LIMIT_MS = 10 * 60_000

function command<T>(workspace: string, words: readonly string[]): T {
  const cli = join(checkout, 'out', 'main', 'cli.js')
  const { stdout, stderr, status } = spawnSync(process.execPath, [cli, ...words, '--workspace', workspace, '--json'], {
    encoding: 'utf8',
    timeout: LIMIT_MS,
    maxBuffer: 2 ** 28,
  })
  try {
    return JSON.parse(stdout) as T
  } catch {
    throw new Error(`gpt-nas ${words.slice(0, 2).join(' ')} ended with code ${status}: ${stderr.trim().slice(-500)}`)
  }
}

/** @throws Error where a command fails */
export function searchAndExport(
  isCard: boolean,
  note: (line: string) => void,
): Promise<Lines & { readonly results: unknown }> {
  const folder = mkdtempSync(join(tmpdir(), 'gptnas-bench-gpu-'))
  try {
    const begun = performance.now()
    command<unknown>(folder, ['search', 'start', '--sample', 'first-light', ...(isCard ? [] : SMALL)])
    const searchSeconds = (performance.now() - begun) / 1000
    const { run, trials } = command<{ run: Run; trials: Trial[] }>(folder, ['search', 'show'])
    // What repeats an architecture takes its result: no trial of its own (docs/rules.md#order).
    const finished = trials.filter(({ state, isRepeat }) => state === 'finished' && !isRepeat)
    note(`${finished.length} trials in ${searchSeconds.toFixed(0)} s; exporting each`)
    const exports = finished.map(({ id }) =>
      command<Export>(folder, ['export', String(run.number), '--trial', String(id)]),
    )
    return Promise.resolve({
      results: {
        searchSeconds,
        seconds: (performance.now() - begun) / 1000,
        best: run.bestFitness,
        repeats: trials.filter(({ isRepeat }) => isRepeat).length,
        devices: [...new Set(finished.map(({ device }) => device))],
        largestDifference: Math.max(...exports.map(({ proof }) => proof?.largestDifference ?? NaN)),
      },
      ...searchLines(trials, exports, isCard),
    })
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
