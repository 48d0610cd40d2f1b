import { describe, expect, it, onTestFinished } from 'vitest'
import { nvidiaSmi } from '../machine/nvidia-smi'
import { createGpuMeter } from '../machine/gpu-meter'
import { fakeNvidiaSmi } from '../testing/fake-nvidia-smi'
import { outgrown, watchGpuShares } from './gpu-share'

const MEBIBYTE = 2 ** 20

describe('the share of a card', () => {
  const slot = { slot: 1, pid: 42, card: 'Card', limit: 3.8e9 }

  it('is outgrown by what a process holds on the card in all', () => {
    const held = (...mebibytes: number[]) =>
      mebibytes.map((size) => ({ pid: 42, uuid: 'GPU-1', usedBytes: size * MEBIBYTE }))
    expect(outgrown([slot], held(3000))).toEqual([])
    expect(outgrown([slot], [{ pid: 43, uuid: 'GPU-1', usedBytes: 9e9 }])).toEqual([])
    expect(outgrown([slot], [])).toEqual([])
    expect(outgrown([slot], held(3000, 1000))).toEqual([
      {
        slot: 1,
        error: expect.objectContaining({
          code: 'out-of-memory',
          message: 'Compute 2 held 4.2 GB of Card; its part is 3.8 GB.',
        }) as unknown,
      },
    ])
  })

  it('ends the compute that outgrows it, as the program tells, and looks only while there is one', async () => {
    const smi = nvidiaSmi(fakeNvidiaSmi({ processes: '42, GPU-1, 5000\n41, GPU-1, 100\n' }))
    let asked = 0
    const failed: number[] = []
    const slots: (typeof slot)[] = []
    const stop = watchGpuShares(
      () => slots,
      () => (asked++, smi.processes()),
      (index) => failed.push(index),
      5,
    )
    onTestFinished(stop)
    await new Promise((resolve) => setTimeout(resolve, 40))
    expect(asked).toBe(0)
    slots.push({ ...slot, slot: 0, pid: 41 }, slot)
    await expect.poll(() => failed.length).toBeGreaterThan(0)
    expect(new Set(failed)).toEqual(new Set([1]))
  })
})

describe('the meter of cards', () => {
  it('reads at most every five seconds, and only when asked', async () => {
    const clock = { ms: 0 }
    let reads = 0
    const smi = nvidiaSmi(fakeNvidiaSmi({ devices: '0, Card, 8192, 10, 50, 1.2, GPU-1, 40\n' }))
    const counted = { ...smi, devices: () => (reads++, smi.devices()) }
    const meter = createGpuMeter(counted, () => clock.ms)
    expect(meter.latest().devices).toEqual([])
    await expect.poll(() => meter.latest().devices).toMatchObject([{ utilisation: 0.4 }])
    expect(reads).toBe(1)
    clock.ms = 4999
    meter.latest()
    expect(reads).toBe(1)
    clock.ms = 5001
    meter.latest()
    meter.latest()
    expect(reads).toBe(2)
  })
})
