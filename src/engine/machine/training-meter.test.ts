import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder'
import { fakeNvidiaSmi } from '../testing/fake-nvidia-smi'
import { createGpuMeter, type GpuReading } from './gpu-meter'
import { NOTHING_MORE, nvidiaSmi } from './nvidia-smi'
import { forgetPeakMemory, residentMemory } from './process-usage'
import { measureTraining, type TrainingMeterOptions } from './training-meter'

const MEBIBYTE = 2 ** 20
/** Samples are taken when asked for: no test waits for the pace. */
const NEVER = 10 ** 6

/** A procfs with process 7 in it, and a clock. */
function fakeProcess() {
  const proc = temporaryFolder()
  const folder = path.join(proc, '7')
  mkdirSync(folder)
  const clock = { ms: 0 }
  const tell = (seconds: number, mebibytes: number, peakMebibytes: number): void => {
    const before = Array.from({ length: 10 }, (_, index) => index).join(' ')
    writeFileSync(path.join(folder, 'stat'), `7 (node) S ${before} ${seconds * 60} ${seconds * 40} 0 0 20 0 9 0\n`)
    writeFileSync(
      path.join(folder, 'status'),
      `Name:\tnode\nVmHWM:\t${peakMebibytes * 1024} kB\nVmRSS:\t${mebibytes * 1024} kB\n`,
    )
  }
  const measure = (options: TrainingMeterOptions = {}) => {
    const meter = measureTraining(7, { proc, now: () => clock.ms, everyMs: NEVER, ...options })
    onTestFinished(() => meter.stop())
    return meter
  }
  return { proc, folder, clock, tell, measure }
}

describe('what a training takes', () => {
  it('is the processor time since its begin, exact whenever it is asked, and fixed by its end', () => {
    const { clock, tell, measure } = fakeProcess()
    tell(100, 500, 900)
    clock.ms = 5000
    const meter = measure()
    expect(meter.usage()).toMatchObject({ cores: null, countedSeconds: 0 })
    clock.ms = 5010
    tell(100.02, 500, 900)
    expect(meter.usage()?.cores).toBeCloseTo(2)
    clock.ms = 15_000
    tell(115, 500, 900)
    expect(meter.usage()).toMatchObject({ cores: 1.5, countedSeconds: 10 })
    meter.stop()
    clock.ms = 60_000
    tell(160, 700, 1200)
    expect(meter.usage()).toMatchObject({ cores: 1.5, countedSeconds: 10, peakMemoryBytes: 500 * MEBIBYTE })
  })

  it('has the peak between two samples where the one of before is passed or was reset, else the largest sample', () => {
    type Held = [resident: number, peak: number]
    const cases: readonly { begun: Held; middle: Held; end: Held; peak: number }[] = [
      // Reset to what it holds, then risen and fallen again.
      { begun: [400, 400], middle: [450, 700], end: [420, 700], peak: 700 },
      // Not reset, an older and larger peak.
      { begun: [400, 900], middle: [450, 900], end: [420, 900], peak: 450 },
      // Not reset, the older one passed.
      { begun: [400, 900], middle: [450, 950], end: [420, 950], peak: 950 },
    ]
    for (const { begun, middle, end, peak } of cases) {
      const { tell, measure } = fakeProcess()
      tell(1, ...begun)
      const meter = measure()
      tell(2, ...middle)
      meter.usage()
      tell(3, ...end)
      expect(meter.usage()?.peakMemoryBytes).toBe(peak * MEBIBYTE)
    }
  })

  it('asks the system to forget the peak of the training before', () => {
    const { folder, tell, measure } = fakeProcess()
    tell(1, 400, 900)
    writeFileSync(path.join(folder, 'clear_refs'), '')
    measure()
    expect(readFileSync(path.join(folder, 'clear_refs'), 'utf8')).toBe('5')
  })

  it('is kept up to its last sample when the process goes, also when another gets its number', async () => {
    const { folder, clock, tell, measure } = fakeProcess()
    tell(10, 500, 500)
    const meter = measure({ everyMs: 5 })
    clock.ms = 4000
    tell(14, 600, 650)
    await expect.poll(() => meter.usage()?.cores).toBeCloseTo(1)
    clock.ms = 9000
    tell(0.5, 30, 40)
    expect(meter.usage()).toMatchObject({ cores: 1, countedSeconds: 4, peakMemoryBytes: 650 * MEBIBYTE })
    rmSync(folder, { recursive: true })
    meter.stop()
    expect(meter.usage()).toMatchObject({ cores: 1, countedSeconds: 4, peakMemoryBytes: 650 * MEBIBYTE })
  })

  it('is not known where there is no procfs and no card: null, not 0', () => {
    const { measure } = fakeProcess()
    expect(measure({ proc: '/nowhere' }).usage()).toBeNull()
  })

  it('has the mean of what its card told since the begin, each reading once, and its own part of the memory', () => {
    const { clock, measure } = fakeProcess()
    let reading: GpuReading = { askedAt: -Infinity, devices: [], processes: [] }
    const card = { id: 'GPU-2', gpus: { latest: () => reading } }
    const told = (askedAt: number, utilisation: number | null, mebibytes: number): void => {
      const facts = {
        name: 'Card',
        memoryBytes: null,
        usedBytes: null,
        temperature: null,
        driver: null,
        ...NOTHING_MORE,
      }
      reading = {
        askedAt,
        devices: [
          { ...facts, index: 0, uuid: 'GPU-1', utilisation: 1 },
          { ...facts, index: 1, uuid: 'GPU-2', utilisation },
        ],
        processes: [
          { pid: 8, uuid: 'GPU-2', usedBytes: 9000 * MEBIBYTE },
          { pid: 7, uuid: 'GPU-2', usedBytes: mebibytes * MEBIBYTE },
        ],
      }
    }
    clock.ms = 10_000
    told(9000, 0.9, 5000)
    const meter = measure({ proc: '/nowhere', card })
    expect(meter.usage()).toBeNull()
    told(11_000, 0.4, 3000)
    meter.usage()
    meter.usage()
    told(16_000, null, 3500)
    meter.usage()
    told(21_000, 0.7, 3200)
    expect(meter.usage()).toEqual({
      cores: null,
      countedSeconds: 0,
      peakMemoryBytes: null,
      cardUtilisation: expect.closeTo(0.55) as unknown,
      cardReadings: 2,
      peakCardMemoryBytes: 3500 * MEBIBYTE,
    })
  })
})

describe.skipIf(process.platform === 'win32')('a card that a program tells of', () => {
  it('is read in the background, first after the begin, whether it goes by UUID or by index', async () => {
    const devices = '0, Card, 8192, 900, 60, 550.1, GPU-1, 65\n1, Card, 8192, 100, 50, 550.1, [N/A], 25\n'
    const processes = '7, GPU-1, 800\n8, GPU-1, 50\n'
    for (const [id, cardUtilisation] of [
      ['GPU-1', 0.65],
      ['1', 0.25],
    ] as const) {
      const { clock, measure } = fakeProcess()
      const gpus = createGpuMeter(nvidiaSmi(fakeNvidiaSmi({ devices, processes })), () => clock.ms)
      await gpus.read()
      clock.ms = 1000
      const meter = measure({ proc: '/nowhere', card: { id, gpus } })
      expect(meter.usage()).toBeNull() // what was read before it began is not its own
      clock.ms = 6000
      await expect.poll(() => meter.usage()).toMatchObject({ cardReadings: 1 })
      expect(meter.usage()).toMatchObject({ cardUtilisation, cardReadings: 1, peakCardMemoryBytes: 800 * MEBIBYTE })
    }
  })
})

describe.runIf(process.platform === 'linux')('a real process', () => {
  /** Holds 200 MiB for a moment, lets go of it, then spins. */
  const program = `
    let held = Buffer.alloc(200 * 2 ** 20, 1)
    held = undefined
    globalThis.gc()
    process.stdout.write('ready')
    setTimeout(() => { for (;;); }, 50)`

  it('keeps a core busy, and its peak of before the training does not count where the system lets it be reset', async () => {
    const child = spawn(process.execPath, ['--expose-gc', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    await new Promise((resolve) => child.stdout.once('data', resolve))
    const pid = child.pid!
    expect(residentMemory(pid).peakBytes).toBeGreaterThan(200 * MEBIBYTE)
    forgetPeakMemory(pid)
    const isReset = residentMemory(pid).peakBytes! < 150 * MEBIBYTE
    const meter = measureTraining(pid)
    await new Promise((resolve) => setTimeout(resolve, 700))
    meter.stop()
    const usage = meter.usage()!
    // A loaded machine may give it less than a whole core.
    expect(usage.cores).toBeGreaterThan(0.05)
    expect(usage.cores).toBeLessThan(1.5)
    expect(usage.countedSeconds).toBeGreaterThan(0.6)
    expect(usage.peakMemoryBytes).toBeGreaterThan(10 * MEBIBYTE)
    expect(usage.peakMemoryBytes).toBeLessThan((isReset ? 150 : 260) * MEBIBYTE)
  })
})
