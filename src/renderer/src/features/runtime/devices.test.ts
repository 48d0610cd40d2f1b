// The part of Runtime that decides what computes use: settings and benchmark, with an engine that answers what the test says.
import { afterEach, describe, expect, it } from 'vitest'
import { clickById, eventually, untilText } from '@/testing/until'
import { testIds } from '@/lib/ids'
import { mountWithEngine, type Mounted } from '@/testing/mount-with-engine'
import { sampleDevices, sampleReadOnlyStatus } from '@/testing/samples'
import { AppError } from '@shared/errors'
import type { BenchmarkEvent, BenchmarkResult } from '@shared/contract/devices'
import RuntimeView from './RuntimeView.vue'

let mounted: Mounted
afterEach(() => mounted.wrapper.unmount())

const panel = () => mounted.wrapper.find(`[data-testid="${testIds.devices}"]`)
const field = (key: string) => mounted.wrapper.find<HTMLInputElement>(`[data-testid="${testIds.deviceSetting(key)}"]`)
const calls = (path: string) => mounted.engine.calls.filter((call) => call.path === path)

const measurement = (slots: number, threads: number, rates: readonly [number, number], score: number) => ({
  device: 'cpu' as const,
  slots,
  threads,
  rates: [
    { network: 'small', imagesPerSecond: rates[0] },
    { network: 'middle', imagesPerSecond: rates[1] },
  ],
  score,
  problem: null,
})
const wide = measurement(1, 2, [1200, 300], 1)
const narrow = measurement(2, 1, [2100.4, 330], 1.4)
const result: BenchmarkResult = {
  measuredAt: '2026-03-04T10:00:00Z',
  machine: { tensorflowBuild: 'tensorflow 1', processor: 'AMD EPYC', cores: 2, gpus: [] },
  oneDnn: true,
  othersBusy: 0.02,
  measurements: [wide, narrow],
  chosen: { cpuSlots: 2, threadsPerSlot: 1, slotsPerGpu: null },
  reason: '',
}
const trying: BenchmarkEvent = { type: 'progress', message: 'Measuring 2 computes with 1 thread each', fraction: 0.5 }

describe('what computes use', () => {
  it('is told in words, and set by hand where it makes sense', async () => {
    mounted = mountWithEngine(RuntimeView, { devices: sampleDevices({ notes: ['Memory is short.'] }) })
    await untilText(mounted.wrapper, '2 computes on AMD EPYC, 1 thread each')
    expect(panel().text()).toContain('By rule: no measurement of this machine counts.')
    expect(panel().text()).toContain('Memory is short.')
    expect(field('slotsPerGpu').exists()).toBe(false)
    const save = () => mounted.wrapper.find(`[data-testid="${testIds.saveDevices}"]`)
    expect(save().attributes('disabled')).toBeDefined()
    await field('threadsPerSlot').setValue('0')
    expect(save().attributes('disabled')).toBeDefined()
    await field('threadsPerSlot').setValue('2')
    await field('cpuSlots').setValue('1')
    await panel().find('form').trigger('submit')
    await untilText(mounted.wrapper, 'As you set it below.')
    const settings = { cpuSlots: 1, threadsPerSlot: 2, slotsPerGpu: null, gpuMemoryShare: null }
    expect(calls('runtime.configureDevices').map(({ input }) => input)).toEqual([settings])
  })

  it('shows why settings were refused, and which of them the environment holds', async () => {
    const environment = { cpuSlots: 4, threadsPerSlot: null, slotsPerGpu: null, gpuMemoryShare: null }
    mounted = mountWithEngine(RuntimeView, {
      devices: sampleDevices({ environment, gpus: [{ id: 'GPU-1', name: 'Card', memoryBytes: null }] }),
      failures: new Map([['runtime.configureDevices', new AppError('conflict', 'Run 3 is running.', 'Pause it.')]]),
    })
    await untilText(mounted.wrapper, 'set by GPTNAS_CPU_SLOTS')
    expect(field('cpuSlots').exists()).toBe(false)
    await field('slotsPerGpu').setValue('2')
    await panel().find('form').trigger('submit')
    await untilText(mounted.wrapper, 'Run 3 is running.')
  })
})

describe('in a window whose workspace another program holds', () => {
  it('settings can be changed and it is said what they are; a measurement beside somebody who trains cannot be made', async () => {
    mounted = mountWithEngine(RuntimeView, { status: sampleReadOnlyStatus() })
    await untilText(mounted.wrapper, 'Another program holds this workspace')
    expect(mounted.wrapper.find(`[data-testid="${testIds.runBenchmark}"]`).attributes('disabled')).toBeDefined()
    await field('cpuSlots').setValue('1')
    await panel().find('form').trigger('submit')
    await eventually(() => expect(calls('runtime.configureDevices')).toHaveLength(1))
  })
})

describe('the benchmark', () => {
  it('shows what it does and what came of it', async () => {
    mounted = mountWithEngine(RuntimeView, { benchmark: [trying, { type: 'measured', measurement: wide }] })
    await untilText(mounted.wrapper, 'By rule')
    await clickById(testIds.runBenchmark)
    await untilText(mounted.wrapper, 'Measuring 2 computes with 1 thread each')
    await eventually(() => expect(panel().findAll('tbody tr')).toHaveLength(1))
    // Whoever breaks it off sees no error.
    await clickById(testIds.cancelBenchmark)
    await eventually(() => expect(calls('runtime.benchmark broken off')).toHaveLength(1))
    await eventually(() => expect(panel().find(`[data-testid="${testIds.runBenchmark}"]`).exists()).toBe(true))
    expect(panel().find('[role="alert"]').exists()).toBe(false)

    mounted.engine.state.benchmark = [trying, { type: 'measured', measurement: narrow }, { type: 'finished', result }]
    mounted.engine.state.devices = sampleDevices({ source: 'benchmark', benchmark: result })
    await clickById(testIds.runBenchmark)
    await untilText(mounted.wrapper, 'As measured here on')
    expect(panel().find('tr.chosen').text()).toMatch(/2\s*1\s*2,100\s*330\s*1\.40\s*Chosen/)
  })

  it('says when a measurement does not count, and marks no choice of it', async () => {
    mounted = mountWithEngine(RuntimeView, {
      devices: sampleDevices({ benchmark: result, staleBecause: 'TensorFlow has changed since.' }),
    })
    await untilText(mounted.wrapper, 'The measurement does not count. TensorFlow has changed since.')
    expect(panel().find('tr.chosen').exists()).toBe(false)
  })

  it('says why it was refused', async () => {
    const refused = new AppError('conflict', 'Run 3 is running.', 'Pause it.')
    mounted = mountWithEngine(RuntimeView, { failures: new Map([['runtime.benchmark', refused]]) })
    await untilText(mounted.wrapper, 'By rule')
    await clickById(testIds.runBenchmark)
    await untilText(mounted.wrapper, 'The measurement ended early')
    expect(panel().text()).toContain('Run 3 is running.')
  })
})
