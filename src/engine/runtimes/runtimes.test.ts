// Choosing and removing runtimes: what is loaded is always whole, and what is in use stays.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { InstallEvent } from '@shared/contract/runtimes'
import { temporaryFolder } from '../testing/temporary-folder'
import { createRuntimes, type Runtimes } from './runtimes'
import { indexServer, smallBuild, type IndexServer } from './testing/small-builds'

const { build, wheels } = smallBuild()
const cpu = { ...smallBuild(500, 'cpu').build }
let folder: string
let server: IndexServer
beforeEach(async () => {
  folder = temporaryFolder()
  server = await indexServer(wheels)
})
afterEach(() => server.close())

const open = (env: Record<string, string> = {}): Runtimes =>
  createRuntimes({ cacheFolder: folder, env: { GPTNAS_PACKAGE_INDEX: server.url, ...env }, builds: [cpu, build] })
const wish = { id: 'cuda12', from: [], index: null } as const
const signal = new AbortController().signal
async function all(stream: AsyncIterable<InstallEvent>): Promise<InstallEvent[]> {
  const events: InstallEvent[] = []
  for await (const event of stream) events.push(event)
  return events
}
const nothing = (): Promise<void> => Promise.resolve()
const stateOf = async (runtimes: Runtimes, id = 'cuda12') =>
  (await runtimes.view()).runtimes.find((each) => each.id === id)
const place = (name: string): string => path.join(folder, 'runtimes', 'cuda12-1.0', name)

describe('runtimes', () => {
  it('tell what is there, and what it takes', async () => {
    const runtimes = open()
    // The processor build of this checkout comes from its set-up.
    expect(await stateOf(runtimes, 'cpu')).toMatchObject({ state: 'shipped', isChosen: true, diskBytes: 0 })
    expect(await stateOf(runtimes)).toMatchObject({ state: 'absent', isChosen: false, diskBytes: 0 })
    await all(runtimes.install(wish, signal))
    expect(await stateOf(runtimes)).toMatchObject({
      state: 'installed',
      isForCards: false,
      folder: place('').replace(/\/$/, ''),
    })
    const { diskBytes, installing } = await runtimes.view()
    expect(diskBytes).toBeGreaterThan(build.wheels.reduce((sum, { keptBytes }) => sum + keptBytes, 0))
    expect(installing).toBeNull()
  })

  it('are installed once where two ask, and go on when one breaks off', async () => {
    const runtimes = open()
    for await (const event of runtimes.install(wish, signal)) {
      expect(event.type).toBe('progress')
      break
    }
    expect((await runtimes.view()).installing?.id).toBe('cuda12')
    const other = runtimes.install({ ...wish, id: 'cpu' }, signal)
    await expect(other.next()).rejects.toMatchObject({ code: 'conflict' })
    const [first, second] = await Promise.all([
      all(runtimes.install(wish, signal)),
      all(runtimes.install(wish, signal)),
    ])
    expect(first.at(-1)?.type).toBe('finished')
    expect(second.at(-1)?.type).toBe('finished')
    for (const { file } of server.asked) expect(server.asked.filter((each) => each.file === file)).toHaveLength(1)
  })

  it('tell who joins an installation whose line has stalled how far it is', async () => {
    server.fault = (_file, _request, response, bytes) => {
      response.writeHead(200, { 'content-length': bytes.length }).write(bytes.subarray(0, 100))
      return 'handled'
    }
    const runtimes = open()
    const first = runtimes.install(wish, signal)
    await first.next()
    const joined = await runtimes.install(wish, signal).next()
    expect(joined.value).toMatchObject({ type: 'progress', step: 'downloading', doneBytes: 100 })
    await runtimes.close()
  })

  it('refuse an installation while another program installs into the same folder', async () => {
    mkdirSync(path.join(folder, 'runtimes'))
    const owner = { pid: process.ppid, host: hostname(), token: 'x' }
    writeFileSync(path.join(folder, 'runtimes', 'install.lock'), JSON.stringify(owner))
    await expect(all(open().install(wish, signal))).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(String(process.ppid)) as string,
    })
    writeFileSync(path.join(folder, 'runtimes', 'install.lock'), JSON.stringify({ ...owner, pid: 2 ** 22 + 1 }))
    expect((await all(open().install(wish, signal))).at(-1)?.type).toBe('finished')
  })

  it('are chosen when they are whole, and the choice outlives the engine', async () => {
    const runtimes = open()
    await expect(runtimes.choose('cuda12', nothing)).rejects.toMatchObject({ code: 'not-found' })
    await all(runtimes.install(wish, signal))
    await runtimes.choose('cuda12', nothing)
    const { id, binding, note } = await open().active()
    expect({ id, note }).toEqual({ id: 'cuda12', note: '' })
    expect(binding).toMatch(/cuda12-1\.0\/lib\/napi-v8\/tfjs_binding-[0-9a-f]{12}\.node$/)
  })

  it('stay as they were where the computes cannot follow', async () => {
    const runtimes = open()
    await all(runtimes.install(wish, signal))
    await expect(runtimes.choose('cuda12', () => Promise.reject(new Error('busy')))).rejects.toThrow('busy')
    expect((await runtimes.active()).id).toBe('cpu')
    // As before the first choice, and not one for what came with the program.
    expect((await runtimes.view()).chosenBy).toBe('default')
    await runtimes.choose('cuda12', nothing)
    await expect(runtimes.choose('cpu', () => Promise.reject(new Error('busy')))).rejects.toThrow('busy')
    expect(await runtimes.view()).toMatchObject({ chosenBy: 'user', loads: 'cuda12' })
  })

  it('load no binding that has another content than its name says', async () => {
    const runtimes = open()
    await all(runtimes.install(wish, signal))
    await runtimes.choose('cuda12', nothing)
    const { binding } = await runtimes.active()
    const own = readFileSync(binding!)
    writeFileSync(binding!, Buffer.alloc(own.length, 1))
    expect((await runtimes.active()).binding).toBe(binding)
    expect(readFileSync(binding!)).toEqual(own)
  })

  it('are not removed while they are being chosen, nor chosen while they are removed', async () => {
    const runtimes = open()
    await all(runtimes.install(wish, signal))
    const owner = { pid: process.ppid, host: hostname(), token: 'x' }
    writeFileSync(path.join(folder, 'runtimes', 'choice.lock'), JSON.stringify(owner))
    await expect(runtimes.remove('cuda12')).rejects.toMatchObject({ code: 'conflict' })
    await expect(runtimes.choose('cuda12', nothing)).rejects.toMatchObject({ code: 'conflict' })
    expect(await stateOf(runtimes)).toMatchObject({ state: 'installed', isChosen: false })
  })

  it.each(['deps/lib/libtensorflow_cc.so.2', 'runtime.json'])('never load one without %s, and say so', async (name) => {
    const runtimes = open()
    await all(runtimes.install(wish, signal))
    await runtimes.choose('cuda12', nothing)
    rmSync(place(name))
    const { id, binding, note } = await runtimes.active()
    expect({ id, binding }).toEqual({ id: 'cpu', binding: null })
    expect(note).toMatch(/The runtime cuda12 is .*; the one that came with the program is used/)
    expect((await stateOf(runtimes))?.state).toMatch(/damaged|partial/)
    await all(runtimes.install(wish, signal))
    expect((await runtimes.active()).id).toBe('cuda12')
  })

  it('are named by the environment first', async () => {
    const runtimes = open()
    await all(runtimes.install(wish, signal))
    const named = open({ GPTNAS_RUNTIME: 'cuda12' })
    expect((await named.active()).id).toBe('cuda12')
    expect((await named.view()).chosenBy).toBe('environment')
    await expect(named.choose('cpu', nothing)).rejects.toMatchObject({ code: 'conflict' })
    await expect(open({ GPTNAS_RUNTIME: 'rocm' }).active()).rejects.toMatchObject({ code: 'invalid-input' })
  })

  it('are removed with their halves, unless they are in use or came with the program', async () => {
    const runtimes = open()
    await expect(runtimes.remove('cuda12')).rejects.toMatchObject({ code: 'not-found' })
    await expect(runtimes.remove('cpu')).rejects.toMatchObject({ code: 'not-found' })
    await all(runtimes.install(wish, signal))
    await runtimes.choose('cuda12', nothing)
    await expect(runtimes.remove('cuda12')).rejects.toMatchObject({ code: 'conflict' })
    await runtimes.choose('cpu', nothing)
    mkdirSync(path.join(folder, 'runtimes', 'downloads'), { recursive: true })
    writeFileSync(path.join(folder, 'runtimes', 'downloads', `${build.wheels[0]!.file}.part`), 'half')
    await runtimes.remove('cuda12')
    expect(await stateOf(runtimes)).toMatchObject({ state: 'absent', diskBytes: 0 })
  })
})
