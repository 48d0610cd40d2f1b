import { describe, expect, it } from 'vitest'
import type { Devices } from '@shared/contract/devices'
import { NO_DEVICE_SETTINGS } from '@shared/runtime/device-settings'
import { devicesText, settingsFrom } from './devices'

const devices: Devices = {
  processor: 'AMD EPYC',
  cores: 2,
  coresLimitedBy: "the control group's processor quota",
  memoryBytes: 2 ** 34,
  gpus: [],
  settings: { ...NO_DEVICE_SETTINGS, threadsPerSlot: 2 },
  environment: { ...NO_DEVICE_SETTINGS, cpuSlots: 1 },
  slots: [{ device: 'AMD EPYC', threads: 2, gpuMemoryBytes: null }],
  source: 'settings',
  notes: ['Something is unusual.'],
  benchmark: {
    measuredAt: '2026-03-04T10:00:00Z',
    machine: { tensorflowBuild: 'tensorflow 1', processor: 'AMD EPYC', cores: 4, gpus: [] },
    oneDnn: true,
    othersBusy: 0,
    measurements: [
      {
        device: 'cpu',
        slots: 1,
        threads: 2,
        rates: [{ network: 'small', imagesPerSecond: 1234.4 }],
        score: 1,
        problem: null,
      },
      { device: 'cpu', slots: 2, threads: 1, rates: [], score: null, problem: 'ran out of memory' },
    ],
    chosen: { cpuSlots: 1, threadsPerSlot: 2, slotsPerGpu: null },
    reason: 'it was the fastest',
  },
  staleBecause: null,
}

describe('gpt-nas devices', () => {
  it('shows what computes use, who decided it, and what was measured', () => {
    const text = devicesText(devices)
    expect(text).toContain("AMD EPYC: 2 cores (limited by the control group's processor quota), 16.0 GiB")
    expect(text).toMatch(/1 compute, as set:\nSlot +Device +Threads +Card memory\n +0 +AMD EPYC +2/)
    expect(text).toContain('GPTNAS_CPU_SLOTS=1 goes before everything else.\n--threads 2 is set.')
    expect(text).toContain('Something is unusual.')
    expect(text).toMatch(/CPU +1 +2 +small 1234 +1.00\nCPU +2 +1 +ran out of memory/)
    expect(text).toContain('Chosen: it was the fastest')
    expect(devicesText({ ...devices, staleBecause: 'TensorFlow has changed since.' })).toContain(
      'It does not count. Tens',
    )
    expect(devicesText({ ...devices, benchmark: null })).toContain('has not been measured')
  })

  it('changes what is typed, keeps the rest, and refuses what is no number by its option', () => {
    const stored = { cpuSlots: 2, threadsPerSlot: 3, slotsPerGpu: null, gpuMemoryShare: 0.5 }
    expect(settingsFrom({ cpuSlots: '4', gpuMemoryShare: 'auto', json: 'x' }, stored)).toEqual({
      cpuSlots: 4,
      threadsPerSlot: 3,
      slotsPerGpu: null,
      gpuMemoryShare: null,
    })
    expect(settingsFrom({ threads: '1', slotsPerGpu: '2' }, stored)).toMatchObject({
      threadsPerSlot: 1,
      slotsPerGpu: 2,
    })
    expect(() => settingsFrom({ threads: 'many' }, stored)).toThrow(/^--threads: /)
    expect(() => settingsFrom({ slotsPerGpu: '9' }, stored)).toThrow(/^--slots-per-gpu: /)
  })
})
