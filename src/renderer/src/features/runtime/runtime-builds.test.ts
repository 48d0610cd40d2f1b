// The part of Runtime that installs, chooses, removes and tries builds of TensorFlow, with an engine that answers what the test says.
import { afterEach, describe, expect, it } from 'vitest'
import { testIds } from '@/lib/ids'
import { mountWithEngine, type Mounted } from '@/testing/mount-with-engine'
import { sampleRuntimes } from '@/testing/samples'
import { clickById, eventually, untilText } from '@/testing/until'
import { AppError } from '@shared/errors'
import type { InstallEvent, RuntimeBuild, Runtimes } from '@shared/contract/runtimes'
import RuntimeView from './RuntimeView.vue'

let mounted: Mounted
afterEach(() => mounted.wrapper.unmount())

const panel = () => mounted.wrapper.find(`[data-testid="${testIds.runtimeBuilds}"]`)
const find = (id: string) => mounted.wrapper.find(`[data-testid="${id}"]`)
const calls = (path: string) => mounted.engine.calls.filter((call) => call.path === path)
const withCard = (changes: Partial<RuntimeBuild>): Runtimes => {
  const [cpu, cuda] = sampleRuntimes().runtimes
  return sampleRuntimes({ runtimes: [cpu!, { ...cuda!, ...changes }] })
}
const progress: InstallEvent = {
  ...{ type: 'progress', step: 'downloading', file: 'tensorflow.whl', index: 0, files: 13 },
  ...{ doneBytes: 50_000_000, totalBytes: 572_000_000, fraction: 0.01 },
}

describe('the builds of TensorFlow', () => {
  it('are listed with what they take, and the one in use is marked', async () => {
    mounted = mountWithEngine(RuntimeView, {})
    await untilText(mounted.wrapper, 'TensorFlow for NVIDIA cards')
    expect(find(testIds.runtimeBuild('cpu')).text()).toMatch(/In use.*Came with the program/s)
    expect(find(testIds.runtimeBuild('cuda12')).text()).toContain('3.1 GiB to download, 5.3 GiB on the disk')
    expect(find(testIds.chooseRuntime('cuda12')).exists()).toBe(false)
    expect(find(testIds.removeRuntime('cpu')).exists()).toBe(false)
  })

  it('are installed with progress, which can be ended without an error', async () => {
    mounted = mountWithEngine(RuntimeView, { installing: [progress] })
    await untilText(mounted.wrapper, 'Not installed')
    await clickById(testIds.installRuntime('cuda12'))
    await untilText(mounted.wrapper, 'File 1 of 13. Downloading tensorflow.whl')
    expect(calls('runtimes.install').map(({ input }) => input)).toEqual([{ id: 'cuda12', from: [], index: null }])
    await clickById(testIds.cancelRuntime)
    await eventually(() => expect(find(testIds.installRuntime('cuda12')).exists()).toBe(true))
    expect(panel().find('[role="alert"]').exists()).toBe(false)
  })

  it('can be chosen and removed once they are there', async () => {
    const installed = withCard({ state: 'installed', diskBytes: 5_672_683_708 })
    mounted = mountWithEngine(RuntimeView, { installing: [progress, { type: 'finished', runtimes: installed }] })
    await untilText(mounted.wrapper, 'Not installed')
    await clickById(testIds.installRuntime('cuda12'))
    await eventually(() => expect(find(testIds.chooseRuntime('cuda12')).exists()).toBe(true))
    expect(find(testIds.removeRuntime('cuda12')).exists()).toBe(true)
    mounted.engine.state.runtimes = installed
    await clickById(testIds.chooseRuntime('cuda12'))
    await eventually(() => expect(find(testIds.runtimeBuild('cuda12')).text()).toContain('In use'))
    expect(find(testIds.removeRuntime('cuda12')).exists()).toBe(false)
  })

  it('say why an installation failed, and offer to go on', async () => {
    const failed = new AppError('runtime-missing', 'It could not be downloaded.', 'Check the network.')
    mounted = mountWithEngine(RuntimeView, {
      runtimes: withCard({ state: 'partial', diskBytes: 9 }),
      failures: new Map([['runtimes.install', failed]]),
    })
    await untilText(mounted.wrapper, 'Go on installing')
    await clickById(testIds.installRuntime('cuda12'))
    await untilText(mounted.wrapper, 'It could not be downloaded.')
    expect(panel().text()).toContain('The runtime was not installed')
  })

  it('are tried, with what was given up and why', async () => {
    const why = 'The graphics card is not used: TensorFlow sees no card.'
    const check = {
      ...{ key: 'k', at: '2026-01-02T03:04:05Z', ok: true, tensorflow: '2.21.0', device: 'cpu' as const, oneDnn: true },
      ...{ isCardLate: false, halfPrecision: [], imagesPerSecond: 1234.5, steps: [], fallbacks: [why], log: '' },
    }
    mounted = mountWithEngine(RuntimeView, { runtimeCheck: [{ type: 'finished', id: 'cpu', check }] })
    await untilText(mounted.wrapper, 'Not installed')
    await clickById(testIds.checkRuntime)
    await untilText(mounted.wrapper, why)
    expect(panel().text()).toMatch(/It trains on the processor, about 1,23[45] images a second/)
  })

  it('are tried one by one, also one that computes do not load', async () => {
    mounted = mountWithEngine(RuntimeView, { runtimes: withCard({ state: 'installed', diskBytes: 9 }) })
    await untilText(mounted.wrapper, 'TensorFlow for NVIDIA cards')
    await clickById(testIds.tryRuntime('cuda12'))
    await eventually(() => expect(calls('runtimes.check')).toHaveLength(1))
    expect(calls('runtimes.check')[0]?.input).toMatchObject({ id: 'cuda12' })
    await clickById(testIds.checkRuntime)
    await eventually(() => expect(calls('runtimes.check')).toHaveLength(2))
    expect(calls('runtimes.check')[1]?.input).toMatchObject({ id: null })
  })

  it('are packed into a folder that a dialog returned, while nothing else can be begun', async () => {
    const half = { type: 'progress' as const, doneBytes: 1, totalBytes: 2 }
    mounted = mountWithEngine(RuntimeView, {
      runtimes: withCard({ state: 'installed', diskBytes: 9 }),
      packing: [half],
    })
    await untilText(mounted.wrapper, 'TensorFlow for NVIDIA cards')
    const { version } = mounted.engine.state.runtimes.runtimes[1]!
    await clickById(testIds.packRuntime('cuda12'))
    await untilText(mounted.wrapper, 'Packing')
    const file = `/home/ada/models/gpt-nas-runtime-cuda12-${version}.tar`
    expect(calls('runtimes.pack').map(({ input }) => input)).toEqual([{ id: 'cuda12', file }])
    for (const id of [testIds.chooseRuntime('cuda12'), testIds.removeRuntime('cuda12'), testIds.tryRuntime('cpu')])
      expect(find(id).attributes('disabled') ?? find(id).attributes('aria-disabled'), id).toBeDefined()
  })

  it('say where the archive is', async () => {
    const done = { type: 'finished' as const, file: '/home/ada/models/x.tar', sizeBytes: 3 * 1024 ** 3 }
    mounted = mountWithEngine(RuntimeView, {
      runtimes: withCard({ state: 'installed', diskBytes: 9 }),
      packing: [done],
    })
    await untilText(mounted.wrapper, 'TensorFlow for NVIDIA cards')
    await clickById(testIds.packRuntime('cuda12'))
    await untilText(mounted.wrapper, 'Packed into /home/ada/models/x.tar, 3.0 GiB.')
  })

  it.each([
    ['file', '/home/ada/pictures.zip'],
    ['folder', '/home/ada/models'],
  ] as const)('are installed from a %s that a dialog returned', async (kind, place) => {
    mounted = mountWithEngine(RuntimeView, { installing: [progress] })
    await untilText(mounted.wrapper, 'Not installed')
    await clickById(testIds.installRuntimeFrom('cuda12', kind))
    await untilText(mounted.wrapper, 'File 1 of 13')
    expect(calls('runtimes.install').map(({ input }) => input)).toEqual([{ id: 'cuda12', from: [place], index: null }])
  })
})
