// What an installation of a runtime is put through: kills, damaged and hostile files, a full disk. Each campaign tells how often a rule was
// broken; all figures but counts of what was tried must be 0.
import { fork } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { unzipSync } from 'fflate'
import { keptPlace, runtimeFolder } from '../../src/engine/runtimes/layout'
import { activeRuntime } from '../../src/engine/runtimes/active'
import { installBuild } from '../../src/engine/runtimes/install'
import { contentDamage, readManifest } from '../../src/engine/runtimes/manifest'
import { createRuntimes } from '../../src/engine/runtimes/runtimes'
import { indexServer, smallBuild, type IndexServer } from '../../src/engine/runtimes/testing/small-builds'
import type { Random } from '../../src/shared/random'
import { mountDisk } from '../../tests/faults/mounted-disk'

/** Large enough that an installation takes a good part of a second and a kill lands in each of its steps. */
const LARGEST_FILE = 4_000_000
export const { build, wheels } = smallBuild(LARGEST_FILE)
export const CHILD = '--install-into'
const signal = new AbortController().signal

export const install = (
  cacheFolder: string,
  index: string | undefined,
  from: readonly string[] = [],
): Promise<string> => installBuild(build, { cacheFolder, from, index, emit: () => undefined, signal, pauseMs: 10 })

/** Installs in a process of its own. @returns null when it was killed, else its exit code */
function installApart(cache: string, index: string, killAfterMs: number | null): Promise<number | null> {
  return new Promise((resolve) => {
    const child = fork(process.argv[1] ?? '', [CHILD, cache, index], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    if (killAfterMs !== null) setTimeout(() => child.kill('SIGKILL'), killAfterMs)
    child.once('exit', (code) => resolve(code))
  })
}

/** What a whole runtime holds, out of the wheels themselves: no list that an installation wrote is asked. */
const PINNED = wheels.flatMap(({ bytes }) =>
  Object.entries(unzipSync(bytes)).flatMap(([name, content]) => {
    const place = keptPlace(name)
    return place === null ? [] : [{ place, content: Buffer.from(content) }]
  }),
)

/** `broken`: it would be loaded and is not what was pinned, to the last byte. */
export async function isSound(cache: string): Promise<'whole' | 'absent' | 'broken'> {
  const folder = runtimeFolder(cache, build)
  const isLoaded = (await activeRuntime(cache, [build], 'cuda12')).id === 'cuda12'
  if (!isLoaded) return 'absent'
  const isWhole = PINNED.every(({ place, content }) => {
    const file = path.join(folder, place)
    return existsSync(file) && readFileSync(file).equals(content)
  })
  return isWhole ? 'whole' : 'broken'
}

const namesIn = (folder: string): string[] => readdirSync(folder).sort()

export interface Kills {
  readonly kills: number
  /** Installations that nobody killed and that ended in an error. */
  readonly failed: number
  readonly broken: number
  readonly notResumed: number
  readonly strays: number
  /** Bytes asked for again after kills, beyond one download of everything, as a part of it. */
  readonly fetchedAgain: number
}

export async function killCampaign(folder: string, wanted: number, random: Random): Promise<Kills> {
  const server = await indexServer(wheels, { pieceBytes: 1 << 18, pieceMs: 15 })
  try {
    const begin = performance.now()
    const code = await installApart(path.join(folder, 'undisturbed'), server.url, null)
    // Or what is killed afterwards would never have come far.
    if (code !== 0) throw new Error(`An installation that nobody killed ended with ${code}`)
    const length = performance.now() - begin
    let [kills, failed, broken, notResumed, strays, extra, installs] = [0, 0, 0, 0, 0, 0, 0]
    while (kills < wanted) {
      const place = path.join(folder, `killed-${installs++}`)
      const cache = path.join(place, 'cache')
      mkdirSync(place)
      server.asked.length = 0
      for (let life = 0; life < 5 && kills < wanted; life++) {
        const code = await installApart(cache, server.url, random.next() * length)
        if (code !== null && code !== 0) failed++
        if (code === null) kills++
        if ((await isSound(cache)) === 'broken') broken++
        if (code === 0) break
      }
      await install(cache, server.url)
      if ((await isSound(cache)) !== 'whole') notResumed++
      if (namesIn(place).join() !== 'cache') strays++
      extra += fetched(server) - build.wheels.reduce((sum, { bytes }) => sum + bytes, 0)
    }
    const all = build.wheels.reduce((sum, { bytes }) => sum + bytes, 0)
    return { kills, failed, broken, notResumed, strays, fetchedAgain: extra / (all * installs) }
  } finally {
    await server.close()
  }
}

function fetched(server: IndexServer): number {
  return server.asked.reduce((sum, { file, range }) => {
    const bytes = build.wheels.find((wheel) => wheel.file === file)?.bytes ?? 0
    return sum + bytes - Number(/\d+/.exec(range ?? '')?.[0] ?? 0)
  }, 0)
}

export interface Damage {
  readonly tried: number
  readonly loadedDamaged: number
  readonly notFound: number
  readonly notMended: number
}

/** Each file of an installed runtime is removed, cut off and changed in a byte. */
export async function damageCampaign(folder: string, random: Random): Promise<Damage> {
  const server = await indexServer(wheels)
  const cache = path.join(folder, 'damaged')
  const place = await install(cache, server.url)
  const manifest = await readManifest(place, build)
  const files = (manifest?.wheels ?? []).flatMap((wheel) => Object.keys(wheel.files)).concat('runtime.json')
  let [tried, loadedDamaged, notFound, notMended] = [0, 0, 0, 0]
  try {
    for (const file of files) {
      for (const how of ['removed', 'cut', 'changed'] as const) {
        tried++
        damage(path.join(place, file), how, random)
        const { id } = await activeRuntime(cache, [build], 'cuda12')
        const left = await readManifest(place, build)
        const found = left === undefined ? file : await contentDamage(place, left, signal)
        // A changed byte is found by the deep check alone, and a changed list may still be one.
        if (how !== 'changed' && id === 'cuda12') loadedDamaged++
        if (found === null && file !== 'runtime.json') notFound++
        await install(cache, server.url)
        if ((await isSound(cache)) !== 'whole') notMended++
      }
    }
  } finally {
    await server.close()
  }
  return { tried, loadedDamaged, notFound, notMended }
}

function damage(file: string, how: 'removed' | 'cut' | 'changed', random: Random): void {
  const { size } = statSync(file)
  if (how === 'removed') rmSync(file)
  else if (how === 'cut') truncateSync(file, random.integer(size))
  else {
    const bytes = readFileSync(file)
    const at = random.integer(size)
    bytes[at] = (bytes[at] ?? 0) ^ (1 + random.integer(255))
    writeFileSync(file, bytes)
  }
}

export interface Hostile {
  readonly tried: number
  readonly refused: number
  readonly broken: number
  readonly strays: number
  readonly bugs: number
}

/** An archive of ours with random bytes changed, pieces cut out, doubled or swapped: refused, or the very same runtime. */
export async function hostileCampaign(folder: string, count: number, random: Random): Promise<Hostile> {
  const server = await indexServer(wheels)
  const first = path.join(folder, 'packed')
  await install(first, server.url)
  await server.close()
  const whole = path.join(folder, 'whole.tar')
  for await (const event of createRuntimes({ cacheFolder: first, env: {}, builds: [build] }).pack(
    'cuda12',
    whole,
    signal,
  ))
    if (event.type === 'finished') break
  const bytes = readFileSync(whole)
  let [refused, broken, strays, bugs] = [0, 0, 0, 0]
  for (let tried = 0; tried < count; tried++) {
    const place = path.join(folder, `hostile-${tried}`)
    mkdirSync(place)
    const file = path.join(place, 'given.tar')
    writeFileSync(file, mutated(bytes, random))
    const cache = path.join(place, 'cache')
    try {
      await install(cache, undefined, [file])
    } catch (thrown) {
      refused++
      if ((thrown as { code?: unknown }).code !== 'invalid-input') bugs++
    }
    if ((await isSound(cache)) === 'broken') broken++
    if (namesIn(place).join() !== 'cache,given.tar') strays++
    rmSync(place, { recursive: true })
  }
  return { tried: count, refused, broken, strays, bugs }
}

function mutated(bytes: Buffer, random: Random): Buffer {
  const at = random.integer(bytes.length)
  const length = 1 + random.integer(2000)
  switch (random.integer(5)) {
    case 0:
      return bytes.subarray(0, at)
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])
    case 2:
      return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)])
    default: {
      // Headers decide over names and sizes: half of the changes hit one.
      const changed = Buffer.from(bytes)
      const place = random.integer(2) === 0 ? at : Math.floor(at / 512) * 512 + random.integer(160)
      const hit = Math.min(place, bytes.length - 1)
      changed[hit] = (changed[hit] ?? 0) ^ (1 + random.integer(255))
      return changed
    }
  }
}

export interface FullDisk {
  readonly tried: number
  readonly untold: number
  readonly broken: number
  readonly notResumed: number
}

/** A disk with room for a part of the runtime alone; then with room again. Needs the right to mount one. */
export async function fullDiskCampaign(folder: string, rounds: number, random: Random): Promise<FullDisk> {
  const server = await indexServer(wheels)
  let [untold, broken, notResumed] = [0, 0, 0]
  try {
    for (let round = 0; round < rounds; round++) {
      const place = path.join(folder, `disk-${round}`)
      const disk = mountDisk(place, 40_000_000)
      try {
        // It fills up under the installation, at a random step of it.
        let told = 0
        const fullAt = random.integer(8)
        const emit = (): void => {
          if (told++ === fullAt) disk.fillUpTo(200_000)
        }
        const code = await installBuild(build, { cacheFolder: place, from: [], index: server.url, emit, signal }).then(
          () => 'installed',
          (thrown: unknown) => (thrown as { code?: unknown }).code,
        )
        if (code !== 'installed' && code !== 'storage-failed') untold++
        if ((await isSound(place)) === 'broken') broken++
        disk.empty()
        await install(place, server.url)
        if ((await isSound(place)) !== 'whole') notResumed++
      } finally {
        disk.unmount()
      }
    }
  } finally {
    await server.close()
  }
  return { tried: rounds, untold, broken, notResumed }
}
