// A build that set-up wants is installed behind a window, and taken up when nothing trains.
import { expect, it } from 'vitest'
import { AppError } from '@shared/errors'
import { createRuntimes } from '../runtimes/runtimes'
import { indexServer, smallBuild } from '../runtimes/testing/small-builds'
import { openStore } from '../storage/store'
import { temporaryFolder } from '../testing/temporary-folder'
import { takeUpAtStart, wantedAtStart } from './runtime-at-start'
import type { Services } from './services'

const { build, wheels } = smallBuild()
const cpu = smallBuild(500, 'cpu').build

async function services(env: Record<string, string> = {}) {
  const server = await indexServer(wheels)
  const cacheFolder = temporaryFolder()
  const runtimes = createRuntimes({
    ...{ cacheFolder, builds: [cpu, build], env: { GPTNAS_PACKAGE_INDEX: server.url, ...env } },
  })
  const store = openStore(temporaryFolder())
  let busy = 2
  let rereads = 0
  const devices = {
    reread: () => {
      if (busy-- > 0) return Promise.reject(new AppError('conflict', 'a compute works'))
      rereads++
      return Promise.resolve()
    },
  }
  const closing = new AbortController()
  const all = { runtimes, store, devices, closing: closing.signal, orchestrator: { live: () => undefined } }
  return {
    all: all as unknown as Services,
    runtimes,
    rereads: () => rereads,
    close: async () => {
      closing.abort()
      await store.close()
      await server.close()
    },
  }
}

it('is taken up once no compute works, and only once', async () => {
  const { all, runtimes, rereads, close } = await services()
  await takeUpAtStart(all, { id: 'cuda12', isAsked: false }, 1)
  expect(await runtimes.view()).toMatchObject({ loads: 'cuda12', chosenBy: 'user' })
  await takeUpAtStart(all, { id: 'cuda12', isAsked: true }, 1)
  expect(rereads()).toBe(1)
  await close()
})

it('leaves an earlier choice alone, unless it was asked for by name', async () => {
  const { all, runtimes, close } = await services()
  await runtimes.choose('cpu', () => Promise.resolve())
  await takeUpAtStart(all, { id: 'cuda12', isAsked: false }, 1)
  expect(await runtimes.view()).toMatchObject({ loads: 'cpu', runtimes: [{}, { state: 'absent' }] })
  await takeUpAtStart(all, { id: 'cuda12', isAsked: true }, 1)
  expect(await runtimes.view()).toMatchObject({ loads: 'cuda12' })
  await close()
})

it('leaves the environment its word', async () => {
  const { all, runtimes, close } = await services({ GPTNAS_RUNTIME: 'cpu' })
  await takeUpAtStart(all, { id: 'cuda12', isAsked: true }, 1)
  expect((await runtimes.view()).runtimes[1]).toMatchObject({ state: 'absent' })
  await close()
})

it.each([
  ['cuda12', { id: 'cuda12', isAsked: false }],
  ['cuda12 asked', { id: 'cuda12', isAsked: true }],
  ['rocm', undefined],
  ['', undefined],
])('"%s" asks for %j', (text, wanted) => expect(wantedAtStart({ GPTNAS_INSTALL_RUNTIME: text })).toEqual(wanted))
