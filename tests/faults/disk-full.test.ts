// A disk that fills up, for real: what could not be stored says how much it needed and how much there is, nothing that was there
// before is damaged, nothing half-written stays, and the work goes on once there is room.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { BUILT_IN_BLOCKS } from '@shared/architecture/blocks'
import { zooDocument } from '@shared/architecture/document/zoo-document'
import { expandDocument } from '@shared/architecture/expand'
import { writeExport } from '../../src/compute/exchange/write-export'
import { downloadPackage } from '../../src/engine/datasets/download-package'
import { fetchPackage } from '../../src/engine/datasets/fetch-package'
import { importHarness } from '../../src/engine/datasets/testing/import-harness'
import { registryServer } from '../../src/engine/datasets/testing/registry-server'
import { pngOf } from '../../src/engine/datasets/testing/small-files'
import { createArtefacts } from '../../src/engine/storage/artefacts'
import { openStore } from '../../src/engine/storage/store'
import { temporaryFolder } from '../../src/engine/testing/temporary-folder'
import { makeTinyDataset } from '../../src/engine/testing/tiny-dataset'
import { importRequestSchema } from '../../src/shared/contract/datasets'
import { checkpointFiles } from './checkpoint-files'
import { writeDataset } from './dataset'
import { bundlePrograms } from './programs'
import { canMount, smallDisk } from './small-disk'
import { definition, EPOCHS, openWorkbench, outcomeOf } from './workbench'

const MEBIBYTE = 1024 ** 2
/** Needed and free, both in figures. */
const FIGURES = /it needs [\d.]+ [KMGT]?i?B and the disk is full \([\d.]+ [KMGT]?i?B are free\)/
const refusal = {
  code: 'storage-failed',
  message: expect.stringMatching(FIGURES) as string,
  fix: expect.stringContaining('Free some space') as string,
}

describe.skipIf(!canMount)('a full disk', () => {
  it('during a checkpoint ends the search with its reason; with room it goes on to the undisturbed result', async () => {
    const programs = await bundlePrograms()
    const train = async (workspace: string) => {
      writeDataset(workspace)
      const workbench = await openWorkbench({ workspace, programs })
      const { id } = await workbench.client.searches.create({ definition: definition() })
      return { id, workbench, outcome: await outcomeOf(workbench, workspace, id) }
    }
    const undisturbed = await train(temporaryFolder())
    await undisturbed.workbench.close()

    const workspace = temporaryFolder()
    const folder = path.join(workspace, 'checkpoints')
    // Room for two of the three megabytes of a state, its predecessor and the best weights that an epoch leaves.
    const disk = smallDisk(folder, 3 * MEBIBYTE)
    const { id, workbench, outcome } = await train(workspace)
    expect(outcome).toMatchObject({ state: 'interrupted', trial: { state: 'waiting' } })
    expect((await workbench.client.searches.get({ id })).error).toMatchObject(refusal)
    expect(outcome.curve.length).toBeLessThan(EPOCHS)
    const left = await checkpointFiles(folder)
    expect(left).toMatchObject({ broken: [], partial: 0 })

    disk.resize(64 * MEBIBYTE)
    await workbench.client.searches.resume({ id })
    expect(await outcomeOf(workbench, workspace, id)).toEqual(undisturbed.outcome)
    await workbench.close()
  }, 180_000)

  it('refuses an artefact and keeps those that are there', async () => {
    const workspace = temporaryFolder()
    const disk = smallDisk(path.join(workspace, 'artefacts'), MEBIBYTE)
    const store = openStore(workspace)
    const artefacts = createArtefacts(store)
    const small = await artefacts.put('weights', Buffer.alloc(4096, 1))
    await expect(artefacts.put('weights', Buffer.alloc(2 * MEBIBYTE, 2))).rejects.toMatchObject(refusal)
    expect(readFileSync(artefacts.path(small.sha256))).toEqual(Buffer.alloc(4096, 1))
    expect(disk.freeBytes()).toBeGreaterThan(MEBIBYTE / 2)
    // From another disk, as where the checkpoints are on one of their own.
    const file = path.join(workspace, 'trained.weights')
    const adopt = (bytes: number, value: number) => {
      const content = Buffer.alloc(bytes, value)
      writeFileSync(file, content)
      return artefacts.adopt('weights', file, createHash('sha256').update(content).digest('hex'))
    }
    await expect(adopt(2 * MEBIBYTE, 4)).rejects.toMatchObject(refusal)
    expect(statSync(file).size).toBe(2 * MEBIBYTE)
    const adopted = await adopt(MEBIBYTE / 4, 5)
    expect(readFileSync(artefacts.path(adopted.sha256))).toEqual(Buffer.alloc(MEBIBYTE / 4, 5))
    expect(existsSync(file)).toBe(false)
    await store.close()
  })

  describe('in an import', () => {
    const SIDE = 64
    const IMAGES = 60
    const source = (): string => {
      const folder = temporaryFolder()
      for (let image = 0; image < IMAGES; image++) {
        const label = path.join(folder, image % 2 === 0 ? 'left' : 'right')
        mkdirSync(label, { recursive: true })
        writeFileSync(path.join(label, `${image}.png`), pngOf(SIDE, SIDE, image))
      }
      return folder
    }
    const request = (change: object = {}) => importRequestSchema.parse({ path: source(), name: 'mine', ...change })
    const drain = async (steps: AsyncIterable<unknown>): Promise<void> => {
      for await (const _step of steps) continue
    }
    const never = new AbortController().signal

    it('is told before an image is written, and nothing is left', async () => {
      const folder = path.join(temporaryFolder(), 'datasets')
      smallDisk(folder, (IMAGES * SIDE * SIDE * 3) / 2)
      const { datasets } = importHarness({ folder })
      const stages: string[] = []
      const importing = (async () => {
        for await (const { stage } of datasets.import(request(), never)) stages.push(stage)
      })()
      await expect(importing).rejects.toMatchObject(refusal)
      expect(stages).not.toContain('writing')
      expect(readdirSync(folder)).toEqual([])
    })

    it('that fills up meanwhile leaves the data set that was to be replaced', async () => {
      const folder = path.join(temporaryFolder(), 'datasets')
      const disk = smallDisk(folder, 4 * MEBIBYTE)
      const { datasets } = importHarness({ folder })
      await drain(datasets.import(request(), never))
      const before = (await datasets.ready('mine')).fingerprint
      const replacing = (async () => {
        for await (const { stage } of datasets.import(request({ replace: true, seed: 9 }), never))
          if (stage === 'writing' && !existsSync(path.join(folder, '.filler'))) disk.fillUpTo(16_384)
      })()
      await expect(replacing).rejects.toMatchObject(refusal)
      expect(readdirSync(folder).sort()).toEqual(['.filler', 'mine'])
      expect((await datasets.ready('mine')).fingerprint).toBe(before)
      expect(await datasets.check('mine')).toEqual({ ok: true, problems: [] })
      rmSync(path.join(folder, '.filler'))
      await drain(datasets.import(request({ replace: true, seed: 9 }), never))
      expect((await datasets.ready('mine')).fingerprint).not.toBe(before)
    })
  })

  describe('in a download of a data set', () => {
    // Images of noise, which no archive makes smaller: 0.9 MB.
    const fetching = async (cacheFolder: string, fault?: () => void) => {
      const tiny = makeTinyDataset(temporaryFolder(), undefined, 64)
      const server = await registryServer(tiny.archive)
      onTestFinished(() => server.close())
      server.fault = () => (fault?.(), undefined)
      const { signal } = new AbortController()
      const options = { cacheFolder, from: null, report: () => undefined, signal }
      return {
        server,
        fetch: () => fetchPackage(tiny.source, { ...options, download: downloadPackage(server.settings) }),
      }
    }

    it('is told before anything is asked for', async () => {
      const cache = path.join(temporaryFolder(), 'cache')
      smallDisk(cache, MEBIBYTE)
      const { server, fetch } = await fetching(cache)
      await expect(fetch()).rejects.toMatchObject(refusal)
      expect(server.asked).toEqual([])
      expect(readdirSync(path.join(cache, 'downloads'))).toEqual([])
    })

    it('that fills up meanwhile keeps what came, and goes on with it', async () => {
      const cache = path.join(temporaryFolder(), 'cache')
      const disk = smallDisk(cache, 8 * MEBIBYTE)
      let isFull = false
      const { server, fetch } = await fetching(cache, () => {
        if (!isFull) disk.fillUpTo(128 * 1024)
        isFull = true
      })
      await expect(fetch()).rejects.toMatchObject(refusal)
      const [half] = readdirSync(path.join(cache, 'downloads'))
      expect(half).toBe('tiny-1.0.0.tgz.part')
      disk.empty()
      await fetch()
      expect(server.asked[1]).toMatch(/^bytes=\d+-$/)
      expect(readdirSync(path.join(cache, 'datasets'))).toEqual(['tiny-1.0.0'])
    })
  })

  it('during an export keeps the export of before', async () => {
    const folder = path.join(temporaryFolder(), 'exports')
    smallDisk(folder, MEBIBYTE)
    const target = path.join(folder, 'model')
    const document = zooDocument('resnet18', { input: [32, 32, 3], classes: 10 })
    const { graph } = expandDocument(document, BUILT_IN_BLOCKS)
    const write = (version: number, filling: number) => {
      const metadata = { version, filling: 'x'.repeat(filling) }
      return writeExport({ format: 'architecture-json', document, graph, weights: null, folder: target, metadata })
    }
    const written = await write(1, 4000)
    await expect(write(2, 4 * MEBIBYTE)).rejects.toMatchObject(refusal)
    expect(readdirSync(folder)).toEqual(['model'])
    expect(readdirSync(target).sort()).toEqual(written.map(({ name }) => name).sort())
    expect(JSON.parse(readFileSync(path.join(target, 'metadata.json'), 'utf8'))).toMatchObject({ version: 1 })
  })
})
