import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deviceSettingsSchema, type DeviceSettings } from '@shared/runtime/device-settings'
import { AppError } from '@shared/errors'
import { deviceEnvironment, planDevices, visibleGpus, visibleParts, type PlannedMachine } from './device-plan'

const settings = (changes: Partial<DeviceSettings> = {}): DeviceSettings => deviceSettingsSchema.parse(changes)
const card = { id: 'GPU-1', name: 'Card', memoryBytes: 8e9 }
const processor: PlannedMachine = { cores: 8, memoryBytes: 32e9, gpus: [] }

describe('the plan of devices', () => {
  it('is one compute with one thread for every core on a processor', () => {
    const { slots, notes } = planDevices(processor, settings())
    expect(slots).toHaveLength(8)
    expect(slots[0]).toEqual({ threads: 1, gpu: null, gpuMemoryBytes: null })
    expect(notes).toEqual([])
  })

  it('has fewer, wider computes where memory is short', () => {
    const { slots } = planDevices({ ...processor, memoryBytes: 5e9 }, settings())
    expect(slots.map(({ threads }) => threads)).toEqual([4, 4])
    expect(planDevices({ ...processor, memoryBytes: 1e9 }, settings()).slots).toHaveLength(1)
  })

  it('has as many computes of a chosen width as the cores hold', () => {
    expect(planDevices(processor, settings({ threadsPerSlot: 3 })).slots).toHaveLength(2)
    expect(planDevices(processor, settings({ cpuSlots: 3 })).slots.map(({ threads }) => threads)).toEqual([2, 2, 2])
  })

  it('is one compute per card beside cards, and none on the processor unless asked for', () => {
    const machine = { ...processor, gpus: [card, { ...card, id: 'GPU-2' }] }
    expect(planDevices(machine, settings()).slots.map(({ gpu }) => gpu?.id)).toEqual(['GPU-1', 'GPU-2'])
    const shared = planDevices(machine, settings({ slotsPerGpu: 2, cpuSlots: 1 })).slots
    expect(shared.map(({ gpu }) => gpu?.id ?? 'cpu')).toEqual(['GPU-1', 'GPU-1', 'GPU-2', 'GPU-2', 'cpu'])
    expect(shared[0]!.gpuMemoryBytes).toBe(3.8e9)
    const { slots } = planDevices({ ...processor, gpus: [{ ...card, memoryBytes: null }] }, settings())
    expect(slots[0]!.gpuMemoryBytes).toBeNull()
  })

  it.each([
    [settings({ cpuSlots: 0 }), /No compute would be left/],
    [settings({ threadsPerSlot: 9 }), /9 threads per slot.*8 cores/],
    [settings({ slotsPerGpu: 4, gpuMemoryShare: 0.3 }), /more than the card/],
  ])('refuses what the machine cannot follow', (given, message) => {
    expect(() => planDevices(processor, given)).toThrow(message)
  })

  it('says what is unusual', () => {
    const { notes } = planDevices(processor, settings({ cpuSlots: 20, threadsPerSlot: 2, slotsPerGpu: 2 }))
    expect(notes.join(' ')).toMatch(/40 threads.*8 cores.*32.0 GB.*graphics cards has no effect/)
  })

  it('never plans no slot, no thread or more of a card than there is, and follows what is set', () => {
    const gpus = fc.array(
      fc.record({
        id: fc.uuid(),
        name: fc.string(),
        memoryBytes: fc.option(fc.integer({ min: 1e9, max: 80e9 })),
      }),
      { maxLength: 4 },
    )
    const machine = fc.record({
      cores: fc.integer({ min: 1, max: 256 }),
      memoryBytes: fc.integer({ min: 5e8, max: 1e12 }),
      gpus,
    })
    const given = fc.record({
      cpuSlots: fc.option(fc.integer({ min: 0, max: 64 })),
      threadsPerSlot: fc.option(fc.integer({ min: 1, max: 256 })),
      slotsPerGpu: fc.option(fc.integer({ min: 1, max: 8 })),
      gpuMemoryShare: fc.option(fc.double({ min: 0.05, max: 1, noNaN: true })),
    })
    let planned = 0
    fc.assert(
      fc.property(machine, given, (where, set) => {
        let plan
        try {
          plan = planDevices(where, set)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(AppError)
          return
        }
        planned++
        const { slots } = plan
        expect(slots.length).toBeGreaterThan(0)
        for (const { threads } of slots) {
          expect(threads).toBe(set.threadsPerSlot ?? threads)
          expect(threads).toBeGreaterThanOrEqual(1)
          expect(threads).toBeLessThanOrEqual(where.cores)
        }
        if (set.cpuSlots !== null) expect(slots.filter(({ gpu }) => gpu === null)).toHaveLength(set.cpuSlots)
        for (const gpu of where.gpus) {
          const on = slots.filter((slot) => slot.gpu === gpu)
          expect(on).toHaveLength(set.slotsPerGpu ?? 1)
          const held = on.reduce((sum, { gpuMemoryBytes }) => sum + (gpuMemoryBytes ?? 0), 0)
          expect(held).toBeLessThanOrEqual(gpu.memoryBytes ?? 0)
        }
        // Unless someone asks for more, threads do not outnumber cores, but for one thread that every slot needs.
        if (set.cpuSlots === null && set.threadsPerSlot === null)
          expect(slots.reduce((sum, { threads }) => sum + threads, 0)).toBeLessThanOrEqual(
            Math.max(where.cores, slots.length),
          )
      }),
    )
    expect(planned).toBeGreaterThan(20)
  })
})

describe("a slot's environment", () => {
  it('keeps a compute on the processor away from every card', () => {
    expect(deviceEnvironment({ threads: 1, gpu: null, gpuMemoryBytes: null })).toEqual({ CUDA_VISIBLE_DEVICES: '-1' })
  })

  it('shows a compute its card alone, lets its memory grow and limits it where the driver can', () => {
    expect(deviceEnvironment({ threads: 1, gpu: card, gpuMemoryBytes: 2 ** 30 })).toEqual({
      CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
      CUDA_VISIBLE_DEVICES: 'GPU-1',
      TF_FORCE_GPU_ALLOW_GROWTH: 'true',
      CUDA_CACHE_MAXSIZE: '4294967296',
      CUDA_MPS_PINNED_DEVICE_MEM_LIMIT: '0=1024M',
    })
    expect(deviceEnvironment({ threads: 1, gpu: card, gpuMemoryBytes: null })).not.toHaveProperty(
      'CUDA_MPS_PINNED_DEVICE_MEM_LIMIT',
    )
  })
})

describe("a user's CUDA_VISIBLE_DEVICES", () => {
  const gpus = [
    { index: 0, uuid: 'GPU-aa' },
    { index: 1, uuid: 'GPU-ab' },
    { index: 2, uuid: null },
  ]
  it.each([
    [undefined, [0, 1, 2]],
    ['', []],
    ['-1', []],
    ['NoDevFiles', []],
    ['2, 0', [2, 0]],
    ['GPU-ab,0', [1, 0]],
    ['1,7,0', [1]],
    ['0,0', [0]],
  ])('%s leaves cards %j', (variable, expected) => {
    expect(visibleGpus(gpus, variable).map(({ index }) => index)).toEqual(expected)
  })
})

describe('CUDA_VISIBLE_DEVICES and parts of cards', () => {
  const gpus = [
    { index: 0, uuid: 'GPU-aa' },
    { index: 1, uuid: 'GPU-bb' },
  ]
  const parts = [
    { card: 1, uuid: 'MIG-11' },
    { card: 1, uuid: 'MIG-12' },
  ]

  it.each([
    [undefined, [0, 1]],
    ['', []],
    ['-1', []],
    ['0,-1,1', [0]],
    ['MIG-12', [1]],
    ['MIG-11,MIG-12,0', [1, 0]],
    ['MIG-11,MIG-11,0', [1]],
    ['MIG-99,0', []],
  ])('%j leaves the cards %j', (variable, expected) => {
    expect(visibleGpus(gpus, variable, parts).map(({ index }) => index)).toEqual(expected)
  })

  it('leaves the parts that it names, or all of a card that it names', () => {
    expect(visibleParts(parts, 'MIG-12')).toEqual([parts[1]])
    expect(visibleParts(parts, '1')).toEqual(parts)
    expect(visibleParts(parts, undefined)).toEqual(parts)
  })
})
