// The thread that fine-tunes as it is built: the same weights as in place, an engine that answers meanwhile, and an end when it is told to.
import { writeFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '@shared/random'
import { randomGraph } from '@shared/proposer/corpus/random-graphs'
import { WORKBENCH_FORMAT, type WorkbenchFile } from '@shared/proposer/checkpoint'
import { RelationalGpt } from '@shared/proposer/relational-gpt'
import { nextTurn } from '@node/waiting'
import { inPlaceTuner } from '../testing/in-place-tuner'
import type { TuningJob } from './tune'
import { threadTuner } from './tuner'

const root = path.resolve(import.meta.dirname, '../../..')
const folder = path.join(root, 'node_modules', '.gptnas-test', `fine-tuning-${process.pid}`)
const program = path.join(folder, 'fine-tuning.js')
const STEPS = 4

function job(graphs = 24): TuningJob {
  const random = createRandom(3)
  const gpt = { width: 8, blocks: 1, heads: 2, inner: 8 }
  const weights = RelationalGpt.draw(random, gpt).parameters.write()
  const file: WorkbenchFile = {
    ...{ format: WORKBENCH_FORMAT, preset: 'workbench', name: 'small', gpt, members: 1, metrics: {} },
    training: { seed: 1, steps: 1, shuffleLabels: false, command: '', tableSha256: '', seconds: 1 },
    weights: { sha256: '', sizeBytes: weights.byteLength },
    card: { sha256: '' },
  }
  return {
    ...{ file, weights },
    graphs: Array.from({ length: graphs }, (_, i) => ({ graph: randomGraph(random), fitness: i / 24, group: 'a' })),
    settings: { seed: 1, steps: STEPS, shuffleLabels: false },
  }
}

describe('a thread that fine-tunes', () => {
  beforeAll(async () => {
    await build({
      configFile: false,
      logLevel: 'error',
      resolve: { alias: { '@shared': path.join(root, 'src/shared'), '@node': path.join(root, 'src/node') } },
      ssr: { noExternal: true },
      build: {
        ssr: path.join(import.meta.dirname, 'tuner-thread.ts'),
        outDir: folder,
        target: 'node16.17',
        rollupOptions: { output: { format: 'cjs', entryFileNames: 'fine-tuning.js' } },
      },
    })
    // The repository is a module package; what is built is not.
    writeFileSync(path.join(folder, 'package.json'), '{}')
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const never = new AbortController().signal

  it('comes to what comes in place, and leaves its turns to others', async () => {
    const shares: number[] = []
    let isOver = false
    const tuning = threadTuner(program)(job(), ({ share }) => shares.push(share), never).finally(() => (isOver = true))
    let turns = 0
    for (; !isOver; turns++) await nextTurn()
    const { seconds: _, ...tuned } = await tuning
    const { seconds: __, ...expected } = await inPlaceTuner(job(), () => undefined, never)
    expect(tuned).toEqual(expected)
    expect(tuned.weights).not.toEqual(job().weights)
    expect(shares.at(-1)).toBe(1)
    // In place there is one turn before each step.
    expect(turns).toBeGreaterThan(10 * STEPS)
  })

  it('refuses what it cannot learn from with the reason', async () => {
    await expect(threadTuner(program)(job(3), () => undefined, never)).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('at least 20') as string,
    })
  })

  it('ends where nobody wants it any more', async () => {
    const stopping = new AbortController()
    const told: number[] = []
    const endless = { ...job(), settings: { seed: 1, steps: 100_000, shuffleLabels: false } }
    const tuning = threadTuner(program)(
      endless,
      ({ share }) => {
        told.push(share)
        stopping.abort()
      },
      stopping.signal,
    )
    await expect(tuning).rejects.toMatchObject({ code: 'cancelled' })
    expect(told).toHaveLength(1)
    await expect(threadTuner(program)(job(), () => undefined, stopping.signal)).rejects.toMatchObject({
      code: 'cancelled',
    })
  })

  it('says so where it dies, or is not there', async () => {
    const dying = path.join(folder, 'dying.js')
    writeFileSync(dying, 'process.exit(3)')
    await expect(threadTuner(dying)(job(), () => undefined, never)).rejects.toMatchObject({
      code: 'internal',
      message: 'The fine-tuning ended: code 3. Nothing was written.',
    })
    await expect(threadTuner()(job(), () => undefined, never)).rejects.toMatchObject({ code: 'runtime-missing' })
  })
})
