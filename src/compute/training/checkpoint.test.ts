import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { newestCheckpoint, writeBest, writeCheckpoint, type Progress } from './checkpoint'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoint-'))
})
afterEach(() => rm(folder, { recursive: true }))

const state = [{ name: 'a/kernel', shape: [2], values: Float32Array.of(1, 2) }]
const epoch = {
  epoch: 1,
  learningRate: 0.1,
  trainLoss: 1,
  trainAccuracy: 0,
  validationLoss: 1,
  validationAccuracy: 0.5,
  seconds: 1,
}

async function written(): Promise<Progress> {
  const best = await writeBest(folder, { epoch: 1, accuracy: 0.5, meta: {}, weights: state })
  const progress: Progress = { identity: 'x', batchSize: 2, seconds: 1, epochs: [epoch], best }
  await writeCheckpoint(folder, progress, state)
  return progress
}

it('goes on from a whole checkpoint and sweeps what a process that ended while writing has left', async () => {
  const progress = await written()
  await writeFile(join(folder, 'epoch-00002.checkpoint.4711.part'), 'GPTNAS')
  await writeFile(join(folder, 'best-00002.weights.0123456789ab.partial'), '')
  expect(await newestCheckpoint(folder, 'x')).toEqual({ checkpoint: { progress, state }, notice: null })
  expect((await readdir(folder)).sort()).toEqual(['best-00001.weights', 'epoch-00001.checkpoint'])
})

it('does not go on from weights of a best epoch that are whole but not those it was written with', async () => {
  await written()
  const others = [{ ...state[0]!, values: Float32Array.of(3, 4) }]
  await writeBest(folder, { epoch: 1, accuracy: 0.5, meta: {}, weights: others })
  const { checkpoint, notice } = await newestCheckpoint(folder, 'x')
  expect(checkpoint).toBeNull()
  expect(notice).toContain('best-00001.weights is not the file that epoch-00001.checkpoint was written with')
})
