// Every reader of files that come from elsewhere, each with a valid seed: what is damaged for it, and how it is read.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { readArchitecture } from '../../src/cli/architectures'
import { readDefinition } from '../../src/cli/definition'
import { openNamedSpace } from '../../src/cli/spaces'
import { readTrainedWeights } from '../../src/compute/exchange/trained-weights'
import { writeArrayFile } from '../../src/compute/networks/array-file'
import { readCheckpoint } from '../../src/compute/proposer/model/checkpoint'
import { newestCheckpoint, writeBest, writeCheckpoint } from '../../src/compute/training/checkpoint'
import { createDatasets } from '../../src/engine/datasets/datasets'
import { inPlaceDecoders } from '../../src/engine/datasets/testing/in-place-decoders'
import { tarGzOf, tarOf, zipOf } from '../../src/engine/datasets/testing/archives'
import {
  cifarPickle,
  cifarRecords,
  classFolderFiles,
  idxOf,
  JPEG,
  pngOf,
} from '../../src/engine/datasets/testing/small-files'
import { databaseFindings } from '../../src/engine/storage/database-findings'
import { damagedCells } from '../../src/engine/storage/damaged-cells'
import { insertRun, listRuns } from '../../src/engine/storage/runs'
import { DATABASE_FILE, openStore } from '../../src/engine/storage/store'
import { insertGeneration, listTrials } from '../../src/engine/storage/trials'
import { newRun, newTrial } from '../../src/engine/testing/run-fixtures'
import { zooDocument } from '../../src/shared/architecture/document/zoo-document'
import { importRequestSchema } from '../../src/shared/contract/datasets'
import { SAMPLES } from '../../src/shared/search/samples'
import { checkout } from '../../bench/harness'
import { networkReaders } from './network-readers'
import { readersOfOurs } from './readers-of-ours'

export interface Reader {
  readonly name: string
  /** Files by their path below the folder; all are there, one of them is damaged at a time. */
  readonly files: Readonly<Record<string, Buffer>>
  read(folder: string): Promise<void> | void
  /** Passes over what is no file, and goes on with the others. */
  readonly leavesOut?: boolean
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

function importing(name: string, files: Readonly<Record<string, Buffer>>, given = '.'): Reader {
  return {
    leavesOut: given === '.' || given.endsWith('.csv'),
    name: `import of ${name}`,
    files,
    read: async (folder) => {
      const datasets = createDatasets({
        cacheFolder: path.join(folder, '..', 'cache'),
        catalogue: [],
        imports: { folder: path.join(folder, '..', 'datasets'), isReadOnly: false, startDecoders: inPlaceDecoders },
      })
      const request = importRequestSchema.parse({ path: path.join(folder, given), name: 'mine', replace: true })
      for await (const _step of datasets.import(request, new AbortController().signal)) continue
      await datasets.close()
    },
  }
}

const entriesOf = (entries: readonly { readonly name: string; readonly data?: Buffer }[]): Record<string, Buffer> =>
  Object.fromEntries(entries.map(({ name, data }) => [name, data ?? Buffer.alloc(0)]))

async function seedsOfArrays(scratch: string) {
  mkdirSync(scratch, { recursive: true })
  const arrays = [{ name: 'dense/kernel', shape: [4, 4], values: new Float32Array(16).fill(1) }]
  const weights = path.join(scratch, 'best.weights')
  await writeArrayFile(weights, {}, arrays)
  const checkpoints = path.join(scratch, 'trial-1')
  mkdirSync(checkpoints, { recursive: true })
  const epochs = [
    { epoch: 1, learningRate: 1, trainLoss: 1, trainAccuracy: 0, validationLoss: 1, validationAccuracy: 0, seconds: 1 },
  ]
  const best = await writeBest(checkpoints, { epoch: 1, accuracy: 0, meta: {}, weights: arrays })
  await writeCheckpoint(checkpoints, { identity: 'x', batchSize: 1, seconds: 1, epochs, best }, arrays)
  const names = readdirSync(checkpoints)
  return {
    weights: readFileSync(weights),
    checkpoint: Object.fromEntries(names.map((name) => [name, readFileSync(path.join(checkpoints, name))])),
  }
}

async function seedOfDatabase(scratch: string): Promise<Buffer> {
  const store = openStore(scratch)
  for (const id of ['a', 'b', 'c']) {
    await store.write(async (writer) => {
      await insertRun(writer, newRun(id))
      await insertGeneration(writer, id, 0, [newTrial(`${id}1`), newTrial(`${id}2`)])
    })
  }
  await store.close()
  return readFileSync(path.join(scratch, DATABASE_FILE))
}

async function readWorkspace(folder: string): Promise<void> {
  const store = openStore(folder)
  try {
    await databaseFindings(store)
    for (const { id } of await listRuns(store.db)) await listTrials(store.db, id, { onDamage: 'tell' })
    await damagedCells(store.db)
  } finally {
    await store.close()
  }
}

/** @param scratch an empty folder of its own, for making the seeds */
export async function hostileReaders(scratch: string): Promise<Reader[]> {
  const { weights, checkpoint } = await seedsOfArrays(path.join(scratch, 'arrays'))
  const proposer = path.join(checkout, 'resources', 'proposer', 'paper-2')
  const proposerFiles = Object.fromEntries(
    readdirSync(proposer).map((name) => [name, readFileSync(path.join(proposer, name))]),
  )
  const document = zooDocument('resnet18', { input: [32, 32, 3], classes: 10 })
  const images = classFolderFiles(4)
  const labels = Buffer.from(
    `file,label\n${['a.png', 'b.png', 'c.png', 'd.png'].map((name, at) => `${name},${at % 2}`).join('\n')}\n`,
  )
  const pictures = Object.fromEntries(['a.png', 'b.png', 'c.png', 'd.png'].map((name, at) => [name, pngOf(8, 8, at)]))
  return [
    {
      name: 'a design',
      files: { 'net.gptnas.json': json(document) },
      read: async (folder) => void (await readArchitecture(path.join(folder, 'net.gptnas.json'))),
    },
    {
      name: 'a search file',
      files: { 'search.json': json(SAMPLES[0]!.definition) },
      read: (folder) => void readDefinition({ config: path.join(folder, 'search.json') }),
    },
    ...networkReaders(),
    ...userSpaces(),
    ...(await readersOfOurs(path.join(scratch, 'ours'), await seedOfDatabase(path.join(scratch, 'copy')))),
    importing('a zip', { 'images.zip': zipOf(images) }, 'images.zip'),
    importing('a tar', { 'images.tar': tarOf(images) }, 'images.tar'),
    importing('a tar.gz', { 'images.tar.gz': tarGzOf(images) }, 'images.tar.gz'),
    importing('class folders', { ...entriesOf(images), 'left/photo.jpg': JPEG }),
    importing('a table', { ...pictures, 'labels.csv': labels }, 'labels.csv'),
    importing('CIFAR records', { 'data_batch_1.bin': cifarRecords(20), 'test_batch.bin': cifarRecords(20, 2) }),
    importing('CIFAR pickles', { data_batch_1: cifarPickle(20), test_batch: cifarPickle(20, 2) }),
    importing('IDX', {
      'train-images-idx3-ubyte': idxOf([20, 8, 8], (at) => at % 251),
      'train-labels-idx1-ubyte': idxOf([20], (at) => at % 4),
      't10k-images-idx3-ubyte': idxOf([8, 8, 8], (at) => at % 241),
      't10k-labels-idx1-ubyte': idxOf([8], (at) => at % 4),
    }),
    {
      name: 'weights',
      files: { 'best.weights': weights },
      read: async (folder) => void (await readTrainedWeights(path.join(folder, 'best.weights'))),
    },
    {
      name: 'a checkpoint',
      files: checkpoint,
      // A training goes on from an earlier one, or from the beginning.
      leavesOut: true,
      read: async (folder) => void (await newestCheckpoint(folder, 'x')),
    },
    { name: 'a proposer', files: proposerFiles, read: async (folder) => void (await readCheckpoint(folder)) },
    {
      name: 'a database',
      files: { [DATABASE_FILE]: await seedOfDatabase(path.join(scratch, 'database')) },
      read: readWorkspace,
    },
  ]
}

/** The examples of docs/spaces.md: a space with its table, and one whose choices build something. */
function userSpaces(): Reader[] {
  const page = readFileSync(path.join(checkout, 'docs', 'spaces.md'), 'utf8')
  const example = (language: string, at: number): Buffer =>
    Buffer.from([...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))][at]![1]!)
  const read = (folder: string): void => void openNamedSpace(path.join(folder, 'space.json'))
  return [
    {
      name: 'a measured space',
      files: { 'space.json': example('json', 0), 'measured.csv': example('csv', 0) },
      read,
    },
    { name: 'a trained space', files: { 'space.json': example('json', 1) }, read },
  ]
}

/** Lays out a reader's files. */
export function layOut(folder: string, files: Reader['files']): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), content)
  }
}
