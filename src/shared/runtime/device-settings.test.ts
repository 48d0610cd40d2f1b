import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  DEVICE_VARIABLES,
  deviceSettingsSchema,
  environmentDeviceSettings,
  NO_DEVICE_SETTINGS,
  parseDeviceSettings,
  withFallback,
} from './device-settings'

describe('device settings', () => {
  it('are all open unless something is set', () => {
    expect(NO_DEVICE_SETTINGS).toEqual({
      cpuSlots: null,
      threadsPerSlot: null,
      slotsPerGpu: null,
      gpuMemoryShare: null,
    })
    expect(environmentDeviceSettings({ GPTNAS_CPU_SLOTS: '', PATH: '/bin' })).toEqual(NO_DEVICE_SETTINGS)
  })

  it('come from the environment by name', () => {
    const env = { GPTNAS_CPU_SLOTS: ' 3 ', GPTNAS_GPU_MEMORY_SHARE: '0.25', GPTNAS_SLOTS_PER_GPU: '2' }
    expect(environmentDeviceSettings(env)).toEqual({
      cpuSlots: 3,
      threadsPerSlot: null,
      slotsPerGpu: 2,
      gpuMemoryShare: 0.25,
    })
  })

  it.each([
    ['GPTNAS_CPU_SLOTS', 'many'],
    ['GPTNAS_CPU_SLOTS', '-1'],
    ['GPTNAS_THREADS_PER_SLOT', '0'],
    ['GPTNAS_THREADS_PER_SLOT', '1.5'],
    ['GPTNAS_SLOTS_PER_GPU', '9'],
    ['GPTNAS_GPU_MEMORY_SHARE', '1.01'],
  ])('%s=%s is refused by its name, with what is allowed', (variable, text) => {
    expect(() => environmentDeviceSettings({ [variable]: text })).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message: expect.stringContaining(variable) as string,
        fix: expect.stringContaining('1 to 8') as string,
      }),
    )
  })

  it('refuse what they do not know', () => {
    expect(() => parseDeviceSettings({ cpuSlot: 2 })).toThrow(/cpuSlot/)
    expect(() => parseDeviceSettings('two')).toThrow(/Device settings/)
  })

  it('survive the environment, and the first set value wins', () => {
    const settings = fc.record({
      cpuSlots: fc.option(fc.integer({ min: 0, max: 64 })),
      threadsPerSlot: fc.option(fc.integer({ min: 1, max: 256 })),
      slotsPerGpu: fc.option(fc.integer({ min: 1, max: 8 })),
      gpuMemoryShare: fc.option(fc.double({ min: 0.05, max: 1, noNaN: true })),
    })
    fc.assert(
      fc.property(settings, settings, (first, second) => {
        const keys = Object.keys(first) as (keyof typeof first)[]
        const env = Object.fromEntries(keys.map((key) => [DEVICE_VARIABLES[key], first[key]?.toString()]))
        expect(environmentDeviceSettings(env)).toEqual(first)
        const both = withFallback(first, second)
        for (const key of keys) expect(both[key]).toBe(first[key] ?? second[key])
        expect(deviceSettingsSchema.parse(both)).toEqual(both)
      }),
    )
  })
})
