// Steps run once, in order, resumed where they stopped, and say why they failed.
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SetupFailure } from './failure.mjs'
import { runSteps } from './run.mjs'

const silent = { line: () => undefined, progress: () => undefined }

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'set-up-test-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('runSteps', () => {
  const fileStep = (id, work = async () => undefined) => ({
    id,
    title: id,
    isDone: () =>
      stat(path.join(folder, id)).then(
        () => true,
        () => false,
      ),
    run: async (report) => {
      await work(report)
      await writeFile(path.join(folder, id), '')
    },
  })

  it('does nothing the second time and goes on where it stopped', async () => {
    let isBroken = true
    const second = fileStep('second', async () => {
      if (isBroken) throw new SetupFailure('No network.', 'Plug it in.')
    })
    const steps = [fileStep('first'), second]
    await expect(runSteps(steps, silent, folder)).rejects.toMatchObject({
      message: expect.stringMatching(/"second" failed. No network/),
      fix: 'Plug it in.',
    })
    isBroken = false
    expect(await runSteps(steps, silent, folder)).toBe(1)
    expect(await runSteps(steps, silent, folder)).toBe(0)
  })

  it('does the work once when two set-ups start together', async () => {
    let times = 0
    const slow = fileStep('slow', async () => {
      times += 1
      await new Promise((resolve) => setTimeout(resolve, 100))
    })
    const ran = await Promise.all([runSteps([slow], silent, folder), runSteps([slow], silent, folder)])
    expect(times).toBe(1)
    expect(ran.sort()).toEqual([0, 1])
  })

  it('calls a step that left nothing a failure, and says what to do about a full disk', async () => {
    const empty = { id: 'empty', title: 'empty', isDone: async () => false, run: async () => undefined }
    await expect(runSteps([empty], silent, folder)).rejects.toThrow(/its result is not there/)
    const full = fileStep('full', async () => {
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
    })
    await expect(runSteps([full], silent, folder)).rejects.toMatchObject({ fix: expect.stringMatching(/disk space/) })
  })

  it('sweeps what an interrupted set-up left', async () => {
    await mkdir(path.join(folder, '.tensorflow.abc.partial'))
    await runSteps([fileStep('any')], silent, folder)
    expect(await readdir(folder)).toEqual(['any'])
  })
})
