// A process that is killed in the middle of writing a checkpoint: what was there before is whole and found, what is half is gone.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { PARTIAL_SUFFIX } from '../../src/node/whole-file'
import { newestCheckpoint } from '../../src/compute/training/checkpoint'
import { temporaryFolder } from '../../src/engine/testing/temporary-folder'
import { createRandom } from '../../src/shared/random'
import { checkpointFiles } from './checkpoint-files'
import { bundlePrograms } from './programs'

const KILLS = 5
let programs = ''
beforeAll(async () => {
  programs = await bundlePrograms({ writer: path.join(__dirname, 'endless-checkpoints.ts') })
}, 60_000)

const partialsIn = (folder: string) => readdirSync(folder).filter((name) => name.endsWith(PARTIAL_SUFFIX))

it('loses nothing that was whole, whichever of its files was being written', async () => {
  const random = createRandom(3)
  let halves = 0
  for (let kill = 0; kill < KILLS; kill++) {
    const checkpoints = temporaryFolder()
    const folder = path.join(checkpoints, 'trial-1')
    mkdirSync(folder)
    const writer = spawn(process.execPath, [path.join(programs, 'writer.js'), folder], { stdio: 'inherit' })
    onTestFinished(() => void writer.kill('SIGKILL'))
    const exited = once(writer, 'exit')
    await expect
      .poll(() => readdirSync(folder).filter((name) => name.endsWith('.checkpoint')).length, { timeout: 20_000 })
      .toBe(2)
    await new Promise((resolve) => setTimeout(resolve, random.integer(100)))
    await expect.poll(() => partialsIn(folder).length, { timeout: 20_000, interval: 1 }).toBe(1)
    writer.kill('SIGKILL')
    await exited
    const left = await checkpointFiles(checkpoints)
    expect(left.broken).toEqual([])
    halves += left.partial
    const { checkpoint, notice } = await newestCheckpoint(folder, 'x')
    expect(notice).toBeNull()
    const epoch = checkpoint!.progress.epochs.length
    expect(epoch).toBeGreaterThanOrEqual(2)
    expect(new Set(checkpoint!.state[0]!.values)).toEqual(new Set([epoch]))
    expect(partialsIn(folder)).toEqual([])
  }
  // Otherwise no kill came in the middle.
  expect(halves).toBeGreaterThan(0)
}, 120_000)
