// Settings, benchmark and machine together, with a stand-in for the driver and no process that loads TensorFlow.
import { implement } from '@orpc/server'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { costOf } from '@shared/architecture/cost'
import { zooNetwork } from '@shared/architecture/zoo'
import type { BenchmarkResult } from '@shared/contract/devices'
import type { RuntimeCheck } from '@shared/contract/runtime-check'
import { selfCheckContract } from '@shared/contract/self-check'
import { deviceSettingsSchema } from '@shared/runtime/device-settings'
import { memoryPorts } from '@shared/transport/port'
import { serveRouter } from '@shared/transport/rpc'
import { nvidiaSmi } from '../machine/nvidia-smi'
import { fakeNvidiaSmi, type FakeAnswers } from '../testing/fake-nvidia-smi'
import { temporaryFolder } from '../testing/temporary-folder'
import { createDeviceStore } from './device-store'
import { createDevices, type DevicesOptions } from './devices'
import type { ShapedPool } from './pool'
import type { ProcessStarter } from './process-starter'

const CARDS =
  '0, NVIDIA A, 8192, 10, 50, 550.1, GPU-aa, 40\n1, NVIDIA A, 8192, 10, 50, 550.1, GPU-bb, 2\n2, NVIDIA M, 40960, 0, 33, 550.1, GPU-cc, [N/A]\n'
const LISTING =
  'GPU 0: NVIDIA A (UUID: GPU-aa)\nGPU 1: NVIDIA A (UUID: GPU-bb)\nGPU 2: NVIDIA M (UUID: GPU-cc)\n  MIG 1g.10gb     Device  0: (UUID: MIG-1)\n'

/** A self-check process that finds TensorFlow to use a card, or not; counts what it is asked. */
function checker(device: 'cpu' | 'gpu') {
  const asked: string[] = []
  const start: ProcessStarter = (_kind, env) => {
    const [server, port] = memoryPorts()
    const os = implement(selfCheckContract)
    let end: (code: number | null) => void = () => undefined
    const exited = new Promise<number | null>((resolve) => (end = resolve))
    const told = (what: string): void => void asked.push(`${what} on ${env['CUDA_VISIBLE_DEVICES']}`)
    const selfCheck = { oneDnn: true, groupedConvolution: true, allocator: 'bfc', notices: [] }
    const router = {
      run: os.run.handler(() => (told('kernels'), selfCheck)),
      device: os.device.handler(() => (told('device'), { device })),
    }
    serveRouter(router, server)
    return Promise.resolve({ pid: 1, port, exited, kill: () => end(null) })
  }
  return { asked, start }
}

function machine(options: Partial<DevicesOptions> & { cards?: FakeAnswers; uses?: 'cpu' | 'gpu' } = {}) {
  const { cards = {}, uses = 'cpu', ...rest } = options
  const cacheFolder = temporaryFolder()
  const reported: unknown[] = []
  const { asked, start } = checker(uses)
  const given: DevicesOptions = {
    start,
    cacheFolder,
    report: (thrown) => reported.push(thrown),
    env: {},
    smi: nvidiaSmi(fakeNvidiaSmi(cards)),
    limits: { cores: 4, memoryBytes: 16e9, coresLimitedBy: null },
    build: () => Promise.resolve('tensorflow 1'),
    ...rest,
  }
  return {
    reported,
    asked,
    cacheFolder,
    open: (changes: Partial<DevicesOptions> = {}) => createDevices({ ...given, ...changes }),
  }
}

const settings = (changes: object) => deviceSettingsSchema.parse(changes)
const slotsOf = ({ plan }: Awaited<ReturnType<typeof createDevices>>) =>
  plan().slots.map(({ gpu, threads }) => `${gpu?.id ?? 'cpu'} x${threads}`)

/** What a self-check found: no card by default. */
const checkOf = (key: string, changes: Partial<RuntimeCheck>): RuntimeCheck => ({
  ...{ key, at: '2026-01-02T03:04:05Z', ok: true, tensorflow: '2.21.0', device: 'cpu', oneDnn: true },
  ...{ isCardLate: false, halfPrecision: [], imagesPerSecond: 1, steps: [], fallbacks: [], log: '' },
  ...changes,
})

function benchmarkOf(
  chosen: Partial<BenchmarkResult['chosen']>,
  changes: object,
  key: BenchmarkResult['machine'],
): BenchmarkResult {
  const none = { cpuSlots: null, threadsPerSlot: null, slotsPerGpu: null }
  const rest = { measuredAt: '2026-01-02T03:04:05Z', oneDnn: true, othersBusy: 0, measurements: [], reason: 'measured' }
  return { ...rest, machine: { ...key, ...changes }, chosen: { ...none, ...chosen } }
}

describe('the devices of a processor alone', () => {
  it('gives a training that runs alone all cores, unless a card trains or the user has set the threads', async () => {
    const network = { cost: costOf(zooNetwork('resnet18', { input: [32, 32, 3], classes: 10 }).graph) }
    const devices = await machine().open()
    const alone = devices.threadsAlone(network, 64)
    expect(alone).toEqual({ threads: 4, use: 'within-ops' })
    const [slot] = devices.plan().slots
    expect((await devices.environment(slot!)).env).toMatchObject({
      TF_NUM_INTRAOP_THREADS: '1',
      TF_NUM_INTEROP_THREADS: '1',
    })
    expect((await devices.environment(slot!, alone)).env).toMatchObject({
      TF_NUM_INTRAOP_THREADS: '4',
      TF_NUM_INTEROP_THREADS: '4',
    })
    expect((await devices.environment(slot!, { threads: 4, use: 'across-ops' })).env).toMatchObject({
      TF_NUM_INTRAOP_THREADS: '1',
      TF_NUM_INTEROP_THREADS: '4',
    })
    await devices.configure(settings({ threadsPerSlot: 2 }))
    expect(devices.threadsAlone(network, 64)).toBe('of-slot')
    const onCards = await machine({ cards: { devices: CARDS, listing: LISTING }, uses: 'gpu' }).open()
    expect(onCards.threadsAlone(network, 64)).toBe('of-slot')
  })

  it('are one compute a core by rule, as measured after a benchmark, and as set before both', async () => {
    const { open, asked } = machine()
    const devices = await open()
    expect(slotsOf(devices)).toEqual(['cpu x1', 'cpu x1', 'cpu x1', 'cpu x1'])
    expect(devices.view()).toMatchObject({ source: 'rule', benchmark: null, staleBecause: null })
    await devices.keepBenchmark(benchmarkOf({ cpuSlots: 2, threadsPerSlot: 2 }, {}, devices.machine.key))
    expect([slotsOf(devices), devices.view().source]).toEqual([['cpu x2', 'cpu x2'], 'benchmark'])
    await devices.configure(settings({ cpuSlots: 1 }))
    // The measured threads belong to the measured number of computes.
    expect([slotsOf(devices), devices.view().source]).toEqual([['cpu x4'], 'settings'])
    const again = await open()
    expect([slotsOf(again), again.view().settings.cpuSlots]).toEqual([['cpu x4'], 1])
    const overruled = await open({ env: { GPTNAS_CPU_SLOTS: '3' } })
    expect(slotsOf(overruled)).toEqual(['cpu x1', 'cpu x1', 'cpu x1'])
    await again.configure(settings({}))
    expect(slotsOf(again)).toEqual(['cpu x2', 'cpu x2'])
    expect(asked).toEqual([])
  })

  it.each([
    [{ tensorflowBuild: 'tensorflow 0' }, /TensorFlow has changed/],
    [{ processor: 'Abacus' }, /another processor: Abacus/],
    [{ cores: 64 }, /64 cores; 4/],
    [{ gpus: ['GPU-zz'] }, /cards have changed/],
  ])('are no longer as measured once the machine is another', async (change, why) => {
    const { open } = machine()
    const devices = await open()
    await devices.keepBenchmark(benchmarkOf({ cpuSlots: 1, threadsPerSlot: 4 }, change, devices.machine.key))
    expect(devices.view()).toMatchObject({ source: 'rule', staleBecause: expect.stringMatching(why) as string })
    expect(slotsOf(devices)).toHaveLength(4)
  })

  it('are not as measured while other programs were at work', async () => {
    const devices = await machine().open()
    const disturbed = benchmarkOf({ cpuSlots: 1, threadsPerSlot: 4 }, {}, devices.machine.key)
    await devices.keepBenchmark({ ...disturbed, othersBusy: 0.4 })
    expect(devices.view()).toMatchObject({ source: 'rule', staleBecause: expect.stringContaining('40 %') as string })
    expect(slotsOf(devices)).toHaveLength(4)
  })

  it('refuse what cannot be followed and change nothing, here and in the environment', async () => {
    const { open } = machine()
    const devices = await open()
    for (const wrong of [{ threadsPerSlot: 5 }, { cpuSlots: 0 }])
      await expect(devices.configure(settings(wrong))).rejects.toMatchObject({ code: 'invalid-input' })
    expect(slotsOf(devices)).toHaveLength(4)
    await expect(open({ env: { GPTNAS_THREADS_PER_SLOT: '5' } })).rejects.toMatchObject({ code: 'invalid-input' })
    expect(slotsOf(await open())).toHaveLength(4)
  })

  it('start by rule where what was stored is damaged or of another machine, and say so', async () => {
    const { open, cacheFolder, reported } = machine()
    mkdirSync(path.join(cacheFolder, 'devices'))
    const file = path.join(cacheFolder, 'devices/settings.json')
    writeFileSync(file, '{"cpuSlots": 2')
    expect(slotsOf(await open())).toHaveLength(4)
    expect(String(reported[0])).toContain('settings.json')
    writeFileSync(file, JSON.stringify({ threadsPerSlot: 16 }))
    const { notes } = (await open()).view()
    expect(notes.join()).toMatch(/do not fit this machine.*16 threads/)
  })

  it('give the pool its new slots, and leave everything as it was while a compute works', async () => {
    const { open } = machine()
    const devices = await open()
    const shapes: number[] = []
    let isBusy = true
    const pool = {
      exclusively: (work: () => Promise<unknown>) => (isBusy ? Promise.reject(new Error('busy')) : work()),
      reshape: (slots: number) => Promise.resolve(void shapes.push(slots)),
      statuses: () => [],
    } as unknown as ShapedPool
    devices.watchOver(pool)
    await expect(devices.configure(settings({ cpuSlots: 2 }))).rejects.toThrow('busy')
    expect([slotsOf(devices).length, shapes, devices.view().settings.cpuSlots]).toEqual([4, [], null])
    isBusy = false
    await devices.configure(settings({ cpuSlots: 2 }))
    expect([slotsOf(devices), shapes]).toEqual([['cpu x2', 'cpu x2'], [2]])
    expect(slotsOf(await open())).toHaveLength(2)
  })
})

it('machine, plan and computes stay together where the pool cannot follow', async () => {
  let build = 'tensorflow 1'
  const devices = await machine().open({ build: () => Promise.resolve(build) })
  devices.watchOver({
    exclusively: (work: () => Promise<unknown>) => work(),
    reshape: () => Promise.reject(new Error('cannot')),
    statuses: () => [],
  } as unknown as ShapedPool)
  build = 'tensorflow 2'
  await expect(devices.reread()).rejects.toThrow('cannot')
  expect(devices.machine.key.tensorflowBuild).toBe('tensorflow 1')
})

describe('the devices of a machine with cards', () => {
  const cards = { devices: CARDS, listing: LISTING }

  it('are the cards and the parts of cards, once TensorFlow says that it uses them', async () => {
    const { open, asked } = machine({ cards, uses: 'gpu' })
    const devices = await open()
    expect(slotsOf(devices)).toEqual(['GPU-aa x1', 'GPU-bb x1', 'MIG-1 x1'])
    expect(devices.view().gpus.map(({ name }) => name)).toEqual(['NVIDIA A', 'NVIDIA A', 'NVIDIA M, MIG 1g.10gb'])
    await open()
    expect(asked).toEqual(['device on GPU-aa'])
    const { env } = await devices.environment(devices.plan().slots[1]!)
    expect(env).toMatchObject({ CUDA_VISIBLE_DEVICES: 'GPU-bb', TF_FORCE_GPU_ALLOW_GROWTH: 'true' })
    await devices.environment(devices.plan().slots[0]!)
    // What one card proved says nothing of another, and holds from then on.
    expect(asked).toEqual(['device on GPU-aa', 'kernels on GPU-bb', 'kernels on GPU-aa'])
    await (await open()).environment(devices.plan().slots[0]!)
    expect(asked).toHaveLength(3)
    await open({ build: () => Promise.resolve('tensorflow 2') })
    expect(asked).toHaveLength(4)
  })

  it('are the processor where TensorFlow uses none, cannot be asked, or the user hides them', async () => {
    expect(slotsOf(await machine({ cards }).open())).toHaveLength(4)
    const dying: ProcessStarter = () => Promise.reject(new Error('no TensorFlow here'))
    const { open, reported } = machine({ cards, uses: 'gpu' })
    expect(slotsOf(await open({ start: dying }))).toHaveLength(4)
    expect(reported).toHaveLength(1)
    expect(slotsOf(await open({ env: { CUDA_VISIBLE_DEVICES: '' } }))).toEqual(['cpu x1', 'cpu x1', 'cpu x1', 'cpu x1'])
    expect(slotsOf(await open({ env: { CUDA_VISIBLE_DEVICES: '1' } }))).toEqual(['GPU-bb x4'])
  })

  it('take the measured number of computes a card', async () => {
    const devices = await machine({ cards, uses: 'gpu' }).open()
    await devices.keepBenchmark(benchmarkOf({ slotsPerGpu: 2 }, {}, devices.machine.key))
    expect(slotsOf(devices)).toHaveLength(6)
    expect(devices.view()).toMatchObject({
      source: 'benchmark',
      slots: expect.arrayContaining([expect.objectContaining({ gpuMemoryBytes: 4080218931 })]) as unknown,
    })
  })
})

describe('a card that is taken away', () => {
  const [one, two] = CARDS.split('\n').map((line) => `${line}\n`) as [string, string]
  const both = `${one}${two}`

  it('loses its slot where another card goes on, and becomes a slot of the processor where none does', async () => {
    const program = fakeNvidiaSmi({ devices: both })
    const devices = await machine({ smi: nvidiaSmi(program), uses: 'gpu' }).open()
    expect(slotsOf(devices)).toEqual(['GPU-aa x2', 'GPU-bb x2'])
    expect(await devices.cardLost(0)).toBeNull()
    writeFileSync(path.join(path.dirname(program), 'devices'), two)
    expect(await devices.cardLost(0)).toBe('closed')
    expect(await devices.cardLost(1)).toBeNull()
    expect(devices.view().notes).toEqual([expect.stringContaining('NVIDIA A does not answer any more') as string])
    writeFileSync(path.join(path.dirname(program), 'devices'), '')
    expect(await devices.cardLost(1)).toBe('replaced')
    expect(slotsOf(devices)).toEqual(['cpu x2', 'cpu x2'])
    expect(await devices.cardLost(1)).toBeNull()
  })

  it('keeps its slot while nvidia-smi is slow: that is no loss', async () => {
    const quick = fakeNvidiaSmi({ devices: both })
    const devices = await machine({ smi: nvidiaSmi(quick, 5000, 300), uses: 'gpu' }).open()
    writeFileSync(quick, '#!/bin/sh\nsleep 2\n')
    expect(await devices.cardLost(0)).toBeNull()
    expect(devices.view().notes).toEqual([])
    expect(slotsOf(devices)).toEqual(['GPU-aa x2', 'GPU-bb x2'])
  })

  it('in multi-instance mode without instances is none', async () => {
    const more = '0, 8.0, 50, 400, 210, 1215, Default, Enabled\n'
    const devices = await machine({ cards: { devices: one, more }, uses: 'gpu' }).open()
    expect(slotsOf(devices)).toEqual(['cpu x1', 'cpu x1', 'cpu x1', 'cpu x1'])
  })

  it('is not used where its self-check gave it up, which is remembered with the reason', async () => {
    const { open, asked } = machine({ cards: { devices: one }, uses: 'gpu' })
    let tried = 0
    const why = 'The graphics card is not used: the check ended with code 139.'
    const proveCard = (_env: object, key: string) => (tried++, Promise.resolve(checkOf(key, { fallbacks: [why] })))
    expect((await open({ proveCard })).machine).toMatchObject({ gpus: [], givenUp: why, found: [{ id: 'GPU-aa' }] })
    expect((await open({ proveCard })).machine.givenUp).toBe(why)
    expect({ tried, asked }).toEqual({ tried: 1, asked: [] })
    // Another driver: tried again.
    const newer = nvidiaSmi(fakeNvidiaSmi({ devices: one.replace('550.1', '570.2') }))
    await open({ proveCard, smi: newer })
    expect(tried).toBe(2)
  })

  it('keeps what its first check heard, and is not given up where it did not answer in time', async () => {
    const { open, cacheFolder } = machine({ cards: { devices: one } })
    let found: Partial<RuntimeCheck> = { isCardLate: true, fallbacks: ['no answer within 45 minutes'] }
    const log = 'failed call to cuInit: CUDA_ERROR_UNKNOWN'
    const proveCard = (_env: object, key: string) => Promise.resolve(checkOf(key, { log, ...found }))
    const late = await open({ proveCard })
    expect(late.machine).toMatchObject({ gpus: [], givenUp: 'no answer within 45 minutes' })
    expect(await createDeviceStore(cacheFolder, () => undefined).check(late.machine.fingerprint)).toMatchObject({ log })
    found = { device: 'gpu' }
    expect((await open({ proveCard })).machine).toMatchObject({ gpus: [{ id: 'GPU-aa' }], givenUp: '' })
  })

  it('is tried on in the background where it takes long, and taken up between two jobs', async () => {
    const { open } = machine({ cards: { devices: one } })
    let answer: (check: RuntimeCheck) => void = () => undefined
    let asked = 0
    let key = ''
    const proveCard = (_env: object, fingerprint: string) => {
      asked++
      key = fingerprint
      return new Promise<RuntimeCheck>((resolve) => (answer = resolve))
    }
    const devices = await open({ proveCard, patienceMs: 10 })
    expect(devices.machine.givenUp).toMatch(/tried for the first time/)
    expect(slotsOf(devices)).toHaveLength(4)
    await devices.reread()
    expect(asked).toBe(1)
    answer(checkOf(key, { device: 'gpu' }))
    await expect.poll(() => slotsOf(devices)).toEqual(['GPU-aa x4'])
  })
})
