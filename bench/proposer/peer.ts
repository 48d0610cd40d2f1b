// Training of preset `paper` against a straightforward GPT of the same sizes in PyTorch, in turns: other work on the machine falls on both.
// GPTNAS_PYTHON names a Python that has it, else python3; without one nothing is compared, and that is said.
import { cpus } from 'node:os'
import path from 'node:path'
import { nextLayerObjective } from '../../src/compute/proposer/learning/objectives'
import { createTrainer } from '../../src/compute/proposer/learning/trainer'
import { WINDOW_ROW } from '../../src/compute/proposer/learning/corpus'
import { gptParameters, paperGpt } from '../../src/compute/proposer/model/gpt'
import { initialArrays } from '../../src/compute/proposer/model/parameters'
import { pythonWith } from '../../src/compute/exchange/testing/python'
import { createRandom } from '../../src/shared/random'
import { startLines } from '../exchange/runtime'
import { checkout, median } from '../harness'

interface Peer {
  readonly version: string
  readonly parameters: number
  /** Tokens a second of the median step and of the quickest. */
  readonly ours: Speed
  /** With the number of threads that made its median step quicker. */
  readonly theirs: Speed & { readonly threads: number }
}

interface Speed {
  readonly median: number
  readonly best: number
}

/** Steps of each in a turn; the first turn warms both up and does not count. */
const STEPS = 10

/** @returns null where no Python with torch is found */
export async function trainInTurns(batch: number, turns: number): Promise<Peer | null> {
  const python = pythonWith('torch')
  if (python === undefined) return null
  const { vocabulary, window, layers, heads, width } = paperGpt
  // Threads that wait for each other suffer most on a busy machine: PyTorch has the number that is better for it.
  const children = [...new Set([1, cpus().length])].map((threads) => ({
    threads,
    lines: startLines(python, [path.join(checkout, 'bench', 'proposer', 'torch_gpt.py')]),
    times: [] as number[],
  }))
  const trainer = createTrainer(nextLayerObjective(paperGpt), initialArrays(gptParameters(paperGpt), 1), batch)
  try {
    const sizes = { batch, vocabulary, window, layers, heads, width }
    let about = { version: '', parameters: 0 }
    for (const { threads, lines } of children) about = (await lines.ask({ ...sizes, threads })) as typeof about
    const random = createRandom(1).fork('peer')
    const ours: number[] = []
    for (let turn = 0; turn <= turns; turn++) {
      for (let step = 0; step < STEPS; step++) {
        const rows = Int32Array.from({ length: batch * WINDOW_ROW }, () => random.integer(vocabulary))
        const start = performance.now()
        trainer.step(rows, 1e-4)
        if (turn > 0) ours.push(performance.now() - start)
      }
      for (const { lines, times } of children) {
        const { milliseconds } = (await lines.ask({ steps: STEPS })) as { readonly milliseconds: number[] }
        if (turn > 0) times.push(...milliseconds)
      }
    }
    const perSecond = (times: readonly number[]): Speed => ({
      median: Math.round((1000 * batch * window) / median(times)),
      best: Math.round((1000 * batch * window) / Math.min(...times)),
    })
    const [theirs] = children
      .map(({ threads, times }) => ({ threads, ...perSecond(times) }))
      .sort((a, b) => b.median - a.median)
    return { version: about.version, parameters: about.parameters, ours: perSecond(ours), theirs: theirs! }
  } finally {
    trainer.dispose()
    for (const { lines } of children) lines.close()
  }
}
