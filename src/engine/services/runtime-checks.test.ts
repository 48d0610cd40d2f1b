// Which build a check asked for by name really loads, whatever computes load at that moment.
import { expect, it } from 'vitest'
import { BINDING_VARIABLE } from '@shared/runtime/compute-environment'
import { TENSORFLOW_BUILDS, type BuildId } from '@shared/runtime/tensorflow-builds'
import { createDevices } from '../executors/devices'
import type { ProcessStarter } from '../executors/process-starter'
import { nvidiaSmi } from '../machine/nvidia-smi'
import { openStore } from '../storage/store'
import { fakeComputes } from '../testing/fake-computes'
import { temporaryFolder } from '../testing/temporary-folder'
import { checkNamed } from './runtime-checks'
import type { Services } from './services'

const BINDINGS: Readonly<Record<BuildId, string | null>> = { cpu: null, cuda12: '/runtimes/cuda12/tfjs_binding.node' }

/** The bindings that the processes of a check were started with, after those of the build in use. */
async function loadedBy(id: BuildId, inUse: BuildId): Promise<Set<string | undefined>> {
  const bindings = new Set<string | undefined>()
  const startProcess: ProcessStarter = (_kind, env) => {
    const own = BINDINGS[inUse]
    bindings.add({ ...(own !== null && { [BINDING_VARIABLE]: own }), ...env }[BINDING_VARIABLE])
    return Promise.reject(new Error('no process in this test'))
  }
  const cacheFolder = temporaryFolder()
  const store = openStore(temporaryFolder())
  const devices = await createDevices({
    ...{ start: startProcess, cacheFolder, report: () => undefined, env: {}, smi: nvidiaSmi('/nowhere/nvidia-smi') },
    build: () => Promise.resolve('tensorflow 1'),
  })
  const services = {
    ...{ store, devices, startProcess, pool: fakeComputes() },
    runtimes: {
      active: () => Promise.resolve({ id: inUse, binding: BINDINGS[inUse], note: '' }),
      binding: (other: BuildId) => Promise.resolve(BINDINGS[other]),
      build: (named: BuildId) => TENSORFLOW_BUILDS.find((build) => build.id === named),
    },
  } as unknown as Services
  for await (const event of checkNamed(services, { id, files: false }, new AbortController().signal))
    if (event.type === 'finished') expect(event).toMatchObject({ id, check: { ok: false } })
  devices.close()
  await store.close()
  return bindings
}

it.each<[BuildId, BuildId, string]>([
  ['cpu', 'cuda12', ''],
  ['cuda12', 'cpu', BINDINGS.cuda12!],
  ['cuda12', 'cuda12', BINDINGS.cuda12!],
])('a check of %s loads that build while computes load %s', async (id, inUse, binding) => {
  expect([...(await loadedBy(id, inUse))]).toEqual([binding])
})
