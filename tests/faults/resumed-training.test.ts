// A trial that goes on in the middle, in another session or after a pause, with a real compute: the curve and the weights are
// those of a training that nothing disturbed, to the last bit; what it took of the machine adds up.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Trial } from '../../src/shared/search/trial'
import { temporaryFolder } from '../../src/engine/testing/temporary-folder'
import { checkpointFiles } from './checkpoint-files'
import { writeDataset } from './dataset'
import { bundlePrograms } from './programs'
import { definition, EPOCHS, openWorkbench, outcomeOf, type Outcome, type Workbench } from './workbench'

/** Most of it is the start of computes on a machine that may be busy. */
const TIMEOUT_MS = 120_000
/** In the middle: epochs before it are not trained again, epochs after it are. */
const MIDDLE = 3

let programs = ''
let undisturbed: Outcome

async function open(workspace: string): Promise<Workbench> {
  const workbench = await openWorkbench({ workspace, programs })
  onTestFinished(() => workbench.close())
  return workbench
}

async function untilEpoch({ client }: Workbench, id: string, epoch: number): Promise<void> {
  for await (const { activities } of await client.searches.watch({ id }))
    if ((activities[0]?.epoch ?? 0) >= epoch) return
}

const firstTrial = async ({ client }: Workbench, id: string): Promise<Trial> =>
  (await client.trials.list({ id })).trials[0]!

/** A compute of one thread; only Linux tells. A busy machine gives it less of a core, TensorFlow's helpers a little more. */
function expectMeasured({ device, usage }: Trial): void {
  expect(device).toMatch(/^CPU .*, 1 thread$/)
  if (process.platform !== 'linux') return
  expect(usage?.cores).toBeGreaterThan(0.02)
  expect(usage?.cores).toBeLessThan(4)
  // TensorFlow alone takes some hundred megabytes.
  expect(usage?.peakMemoryBytes).toBeGreaterThan(100e6)
  expect(usage?.peakMemoryBytes).toBeLessThan(4e9)
  expect(usage).toMatchObject({ cardUtilisation: null, cardReadings: 0, peakCardMemoryBytes: null })
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false // there is no such process
  }
}

beforeAll(async () => {
  programs = await bundlePrograms({ engine: path.join(__dirname, 'engine-process.ts') })
}, TIMEOUT_MS)

describe('a trial that goes on in the middle', () => {
  it(
    'has something to be compared with',
    async () => {
      const workspace = temporaryFolder()
      writeDataset(workspace)
      const workbench = await open(workspace)
      const { id } = await workbench.client.searches.create({ definition: definition() })
      undisturbed = await outcomeOf(workbench, workspace, id)
      expect(undisturbed).toMatchObject({ state: 'finished', trial: { state: 'finished', attempt: 1 } })
      const trial = await firstTrial(workbench, id)
      expectMeasured(trial)
      // It begins when there is a compute, whose start is the larger part here.
      expect(trial.usage?.countedSeconds ?? 0).toBeLessThanOrEqual(trial.seconds!)
    },
    TIMEOUT_MS,
  )

  it(
    'after a pause: the compute has stopped when the run is paused, and what it wrote is whole',
    async () => {
      const workspace = temporaryFolder()
      writeDataset(workspace)
      const workbench = await open(workspace)
      const { client } = workbench
      const { id } = await client.searches.create({ definition: definition() })
      await untilEpoch(workbench, id, MIDDLE)
      await client.searches.pause({ id })
      const paused = await outcomeOf(workbench, workspace, id)
      expect(paused).toMatchObject({ state: 'paused', trial: { state: 'waiting', attempt: 1 } })
      expect(paused.curve.length).toBeGreaterThanOrEqual(MIDDLE - 1)
      expect(paused.curve.length).toBeLessThan(EPOCHS)
      const folder = path.join(workspace, 'checkpoints')
      const before = await checkpointFiles(folder)
      expect(before).toMatchObject({ broken: [], partial: 0 })
      // An epoch takes a fraction of this.
      await new Promise((resolve) => setTimeout(resolve, 1000))
      expect(await checkpointFiles(folder)).toEqual(before)

      const held = await firstTrial(workbench, id)
      expectMeasured(held)
      await client.searches.resume({ id })
      expect(await outcomeOf(workbench, workspace, id)).toEqual(undisturbed)
      const ended = await firstTrial(workbench, id)
      expectMeasured(ended)
      expect(ended.usage?.countedSeconds ?? 1).toBeGreaterThan(held.usage?.countedSeconds ?? 0)
    },
    TIMEOUT_MS,
  )

  it(
    'after the engine was killed: its compute ends by itself, the next engine goes on',
    async () => {
      const workspace = temporaryFolder()
      const child = fork(path.join(programs, 'engine.js'), [workspace, programs], { stdio: 'inherit', execArgv: [] })
      onTestFinished(() => void child.kill('SIGKILL'))
      const exited = once(child, 'exit')
      const { id, compute } = await new Promise<{ id: string; compute: number }>((resolve) => {
        child.on('message', (told: { id: string; compute: number; epoch: number }) => {
          if (told.epoch >= MIDDLE) resolve(told)
        })
      })
      child.kill('SIGKILL')
      await exited
      await expect.poll(() => isAlive(compute), { timeout: 20_000 }).toBe(false)
      expect((await checkpointFiles(path.join(workspace, 'checkpoints'))).broken).toEqual([])

      const workbench = await open(workspace)
      const interrupted = await outcomeOf(workbench, workspace, id)
      expect(interrupted).toMatchObject({ state: 'interrupted', trial: { state: 'waiting' } })
      expect(interrupted.curve.length).toBeGreaterThanOrEqual(MIDDLE - 1)
      await workbench.client.searches.resume({ id })
      expect(await outcomeOf(workbench, workspace, id)).toEqual(undisturbed)
    },
    TIMEOUT_MS,
  )
})
