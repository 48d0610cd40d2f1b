// An engine as its clients see it: the whole contract over a port, with a real workspace and data set, without processes.
import path from 'node:path'
import { onTestFinished } from 'vitest'
import type { EngineContract } from '@shared/contract'
import type { RunUpdate } from '@shared/contract/searches'
import { runDefinitionSchema, type RunDefinition, type RunDefinitionInput } from '@shared/search/run'
import { chainSpaceSchema, type ChainSpaceDefinition } from '@shared/spaces/block-chain/schema'
import { memoryPorts } from '@shared/transport/port'
import { createClient, serveRouter, type CallGuard, type Client } from '@shared/transport/rpc'
import { createDatasets } from '../datasets/datasets'
import type { ProofClient } from '../executors/pool'
import { createEngine, type EngineOptions } from '../host'
import { fakeComputes, predictions, type FakeComputes, type TrainScript } from './fake-computes'
import { makeTinyDataset } from './tiny-dataset'

export interface Opened {
  readonly client: Client<EngineContract>
  readonly pool: FakeComputes
  readonly close: () => Promise<void>
}

/** An engine on a workspace and a tiny data set below `folder`, closed when the running test has finished. */
export async function openEngine(
  folder: string,
  options: { train?: TrainScript; proofChange?: number; guard?: CallGuard } & Partial<EngineOptions> = {},
): Promise<Opened> {
  const tiny = makeTinyDataset(path.join(folder, 'source'))
  const cacheFolder = path.join(folder, 'cache')
  const pool = fakeComputes(options.train)
  const engine = await createEngine({
    workspaceFolder: path.join(folder, 'workspace'),
    cacheFolder,
    resourcesFolder: path.join(folder, 'resources'),
    appVersion: '0.0.0-test',
    autoResume: false,
    startProcess: () => Promise.reject(new Error('no processes in this test')),
    computes: pool,
    datasets: createDatasets({ cacheFolder, catalogue: [tiny.source], download: tiny.download }),
    startProof: () =>
      Promise.resolve({
        client: {
          predict: ({ indices }: { indices: number[] }) =>
            Promise.resolve({
              ...predictions(indices, options.proofChange),
              runtime: 'plain tfjs',
              latency: { median: 1, p95: 2, runs: 3 },
            }),
          firstDifference: ({ index }: { index: number }) =>
            Promise.resolve({ layer: `layer ${index}`, difference: 1 }),
        } as unknown as ProofClient,
        close: () => Promise.resolve(),
      }),
    ...options,
  })
  const [server, port] = memoryPorts()
  serveRouter(engine.router, server, undefined, options.guard)
  let isOpen = true
  const close = async (): Promise<void> => {
    if (!isOpen) return
    isOpen = false
    port.close()
    await engine.close()
  }
  onTestFinished(close)
  return { client: createClient<EngineContract>(port), pool, close }
}

/** Chains that cost next to nothing. */
export function tinyChains(change: Partial<ChainSpaceDefinition> = {}): ChainSpaceDefinition {
  return chainSpaceSchema.parse({
    minBlocks: 2,
    maxBlocks: 3,
    stemWidth: 8,
    maxWidth: 16,
    blocks: ['resnet-basic', 'common-conv', 'common-relu'],
    ...change,
  })
}

/** Two generations of three small chains. */
export function tinySearch(change: Partial<RunDefinitionInput> = {}): RunDefinition {
  return runDefinitionSchema.parse({
    name: 'tiny',
    strategy: { name: 'ga' },
    populationSize: 3,
    generations: 2,
    space: tinyChains(),
    data: { dataset: 'tiny', trainImages: 30, validationImages: 15 },
    recipe: { epochs: 2 },
    ...change,
  })
}

export async function fetchTiny({ client }: Opened): Promise<void> {
  for await (const _progress of await client.datasets.get({ name: 'tiny' })) continue
}

/** Every update of a run until it ends. */
export async function follow({ client }: Opened, id: string): Promise<RunUpdate[]> {
  const updates: RunUpdate[] = []
  for await (const update of await client.searches.watch({ id })) updates.push(update)
  return updates
}
