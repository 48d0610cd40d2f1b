// Readers of files that this program itself has written: data sets, exports, what a machine and a workspace remember. What a disk, a
// copy or a stranger has made of them since is no less hostile than what people bring.
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import * as plain from '@tensorflow/tfjs'
import { readArchitecture } from '../../src/cli/architectures'
import { readRecords } from '../../src/cli/commands/space-import'
import { readIndices, readRows } from '../../src/compute/data/split-data'
import { predictTfjsLayers } from '../../src/compute/exchange/tfjs-layers/predict'
import { readState, writeState, type TrainingState } from '../../src/compute/proposer/learning/training-state'
import { createDatasets } from '../../src/engine/datasets/datasets'
import { fetchPackage } from '../../src/engine/datasets/fetch-package'
import { registryOf } from '../../src/engine/datasets/npm-registry'
import { inPlaceDecoders } from '../../src/engine/datasets/testing/in-place-decoders'
import { readPrepared } from '../../src/engine/datasets/manifest'
import { previewDataset } from '../../src/engine/datasets/preview'
import { createDeviceStore } from '../../src/engine/executors/device-store'
import { openStore } from '../../src/engine/storage/store'
import { restoreDatabase } from '../../src/engine/storage/restore'
import { makeTinyDataset } from '../../src/engine/testing/tiny-dataset'
import { saveText } from '../../src/main/save-text'
import { zooDocument } from '../../src/shared/architecture/document/zoo-document'
import { importRequestSchema } from '../../src/shared/contract/datasets'
import { AppError } from '../../src/shared/errors'
import { OfficialTable } from '../../src/shared/spaces/nas-bench-101/official/table'
import records from '../fixtures/nas-bench-101-records.json'
import { CLASSES, DATASET, SHAPE, writeDataset } from './dataset'
import type { Reader } from './readers'

const SPLIT = { count: 40, shape: [...SHAPE] as [number, number, number], classes: CLASSES, mean: [0, 0, 0] }
const splitIn = (folder: string) => ({
  ...SPLIT,
  deviation: [1, 1, 1],
  images: path.join(folder, 'test/images.u8'),
  labels: path.join(folder, 'test/labels.u8'),
})

/** Every file below a folder, by its path. */
function filesBelow(folder: string): Record<string, Buffer> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const places = names.map((entry) => path.join(entry.parentPath, entry.name))
  return Object.fromEntries(places.map((place) => [path.relative(folder, place), readFileSync(place)]))
}

function seedOfDataset(scratch: string): Record<string, Buffer> {
  writeDataset(scratch)
  return filesBelow(path.join(scratch, 'datasets', DATASET))
}

/** A layers model of one dense layer, as our exports lie on a disk. */
async function seedOfExport(): Promise<Record<string, Buffer>> {
  const model = plain.sequential({
    layers: [
      plain.layers.flatten({ inputShape: [...SHAPE] }),
      plain.layers.dense({ units: CLASSES }),
      plain.layers.activation({ activation: 'softmax' }),
    ],
  })
  const files: Record<string, Buffer> = {}
  await model.save({
    save: (artefacts) => {
      const { modelTopology, weightSpecs, weightData } = artefacts
      files['weights.bin'] = Buffer.from(weightData as ArrayBuffer)
      const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }]
      files['model.json'] = Buffer.from(JSON.stringify({ format: 'layers-model', modelTopology, weightsManifest }))
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } })
    },
  })
  return files
}

async function seedOfState(scratch: string): Promise<Record<string, Buffer>> {
  const array = { name: 'now/gpt', shape: [4], values: new Float32Array(4) }
  const state: TrainingState = { phase: 0, epoch: 1, seconds: 1, losses: [], measurements: [], arrays: [array] }
  await writeState(scratch, 'x', state)
  return filesBelow(scratch)
}

/** Raises what a lenient reader has told instead of throwing it. */
function raise(told: readonly unknown[]): void {
  if (told.length > 0) throw new AppError('invalid-input', String(told[0]))
}

async function importPrepared(folder: string): Promise<void> {
  const datasets = createDatasets({
    cacheFolder: path.join(folder, '..', 'cache'),
    catalogue: [],
    imports: { folder: path.join(folder, '..', 'datasets'), isReadOnly: false, startDecoders: inPlaceDecoders },
  })
  const request = importRequestSchema.parse({ path: folder, name: 'mine', replace: true, resize: 8 })
  for await (const _step of datasets.import(request, new AbortController().signal)) continue
  await datasets.close()
}

/**
 * @param scratch an empty folder of its own
 * @param copy of a database
 */
export async function readersOfOurs(scratch: string, copy: Buffer): Promise<Reader[]> {
  mkdirSync(scratch, { recursive: true })
  const dataset = seedOfDataset(scratch)
  const tiny = makeTinyDataset(path.join(scratch, 'tiny'))
  const indices = Buffer.from(Int32Array.from([0, 1, 2, 39]).buffer)
  const metadata = { document: zooDocument('resnet18', { input: [32, 32, 3], classes: 10 }) }
  return [
    {
      name: 'an export, opened as a design',
      files: { 'metadata.json': Buffer.from(JSON.stringify(metadata)) },
      read: async (folder) => void (await readArchitecture(folder)),
    },
    {
      name: 'an export, run again',
      files: {
        ...(await seedOfExport()),
        'test/images.u8': dataset['test/images.u8']!,
        'test/labels.u8': dataset['test/labels.u8']!,
      },
      read: async (folder) => {
        const random = { seed: 1, count: 1 }
        const job = { folder, data: splitIn(folder), indices: [0, 1], random }
        await predictTfjsLayers(plain, job)
      },
    },
    {
      name: 'an archive of a data set, brought by hand',
      files: { 'tiny-1.0.0.tgz': readFileSync(tiny.archive) },
      read: async (folder) => {
        const given = path.join(folder, 'tiny-1.0.0.tgz')
        const { signal } = new AbortController()
        const cacheFolder = path.join(folder, '..', 'cache')
        rmSync(cacheFolder, { recursive: true, force: true })
        await fetchPackage(tiny.source, { cacheFolder, from: given, report: () => undefined, signal })
      },
    },
    {
      name: "npm's settings",
      files: { '.npmrc': Buffer.from('registry=http://127.0.0.1:9\n') },
      // Any text may be one: a line that is no setting is passed over.
      leavesOut: true,
      read: async (folder) => void (await registryOf({ env: {}, folders: [folder] })),
    },
    {
      name: 'a data set that is trained with',
      files: {
        'rows.i32': indices,
        'test/images.u8': dataset['test/images.u8']!,
        'test/labels.u8': dataset['test/labels.u8']!,
      },
      read: async (folder) => {
        await readRows(splitIn(folder), await readIndices(path.join(folder, 'rows.i32')))
      },
    },
    {
      name: 'a data set that is shown',
      files: dataset,
      read: async (folder) => {
        const state = await readPrepared(folder)
        if (state.state === 'damaged') raise([state.problem])
        if (state.state === 'absent') raise(['absent'])
        if (state.state === 'ready') await previewDataset(folder, state.manifest, 9, 1)
      },
    },
    { name: 'import of a prepared data set', files: dataset, read: importPrepared },
    {
      name: "a proposer's training",
      files: await seedOfState(path.join(scratch, 'state')),
      read: async (folder) => {
        const { notice } = await readState(folder, 'x')
        raise(notice === undefined ? [] : [notice])
      },
    },
    {
      name: 'settings of a machine',
      files: { 'devices/settings.json': Buffer.from('{"computes": 1}') },
      read: async (folder) => {
        const told: unknown[] = []
        await createDeviceStore(folder, (thrown) => told.push(thrown)).settings()
        raise(told)
      },
    },
    {
      name: 'a copy of a database',
      files: { 'copy.sqlite': copy },
      read: async (folder) => {
        const root = path.join(folder, 'workspace')
        await openStore(root).close()
        await restoreDatabase(root, path.join(folder, 'copy.sqlite'))
      },
    },
    {
      name: 'a file that a save may replace',
      files: { 'net.gptnas.json': Buffer.from(JSON.stringify(metadata.document)) },
      read: async (folder) => {
        await saveText(path.join(folder, 'net.gptnas.json'), JSON.stringify(metadata.document))
      },
    },
    {
      name: "a benchmark's records",
      files: { 'records.tfrecord': Buffer.from(records.tfrecord, 'base64') },
      read: async (folder) => {
        await readRecords(path.join(folder, 'records.tfrecord'), new OfficialTable(108), () => undefined)
      },
    },
  ]
}
