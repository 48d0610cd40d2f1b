import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder'
import { createUsageMeter } from './process-usage'

/** A procfs with process 7 in it, and a clock; both are set by the test. */
function fakeProcess() {
  const proc = temporaryFolder()
  mkdirSync(path.join(proc, '7'))
  const clock = { ms: 0 }
  const tell = (user: number, system: number): void => {
    const before = Array.from({ length: 10 }, (_, index) => index).join(' ')
    writeFileSync(path.join(proc, '7/stat'), `7 (a ) b (c) S ${before} ${user} ${system} 0 0 20 0 9 0\n`)
    writeFileSync(path.join(proc, '7/status'), 'Name:\tnode\nVmRSS:\t    2048 kB\n')
  }
  return { proc, clock, tell, now: () => clock.ms }
}

describe('what a process takes', () => {
  it('is told as busy cores between two readings, however it is called', () => {
    const { proc, clock, tell, now } = fakeProcess()
    tell(1000, 100)
    const usage = createUsageMeter(7, proc, now)
    expect(usage()).toEqual({ cores: null, memoryBytes: 2048 * 1024 })
    clock.ms = 2000
    tell(1250, 150)
    expect(usage().cores).toBeCloseTo(1.5)
    clock.ms = 2100
    tell(9999, 150)
    expect(usage().cores).toBeCloseTo(1.5) // too soon to tell anything new
    clock.ms = 3000
    tell(1250, 150)
    expect(usage().cores).toBe(0)
  })

  it('is unknown where there is no procfs or the process is gone', () => {
    expect(createUsageMeter(7, '/nowhere')()).toEqual({ cores: null, memoryBytes: null })
    const { proc, clock, tell, now } = fakeProcess()
    tell(1, 1)
    const usage = createUsageMeter(7, proc, now)
    clock.ms = 1000
    writeFileSync(path.join(proc, '7/stat'), '')
    expect(usage().cores).toBeNull()
  })

  it.runIf(process.platform === 'linux')('is about one core for a process that spins', async () => {
    const child = spawn(process.execPath, ['-e', 'for (;;);'])
    onTestFinished(() => void child.kill('SIGKILL'))
    const usage = createUsageMeter(child.pid!)
    await new Promise((resolve) => setTimeout(resolve, 700))
    const { cores, memoryBytes } = usage()
    // A loaded machine may give it less than a whole core.
    expect(cores).toBeGreaterThan(0.05)
    expect(cores).toBeLessThan(2.5)
    expect(memoryBytes).toBeGreaterThan(10 * 2 ** 20)
  })
})
