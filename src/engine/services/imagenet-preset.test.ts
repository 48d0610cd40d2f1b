// The ImageNet preset on a small folder of the same layout (train and val, a folder for each class): a tenth of the images in the search,
// 120 epochs at the end on all of them.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { PAPER_IMAGENET } from '@shared/search/presets'
import { runDefinitionSchema } from '@shared/search/run'
import { pngOf } from '../datasets/testing/small-files'
import { inPlaceDecoders } from '../datasets/testing/in-place-decoders'
import { createDatasets } from '../datasets/datasets'
import { follow, openEngine } from '../testing/open-engine'
import { temporaryFolder } from '../testing/temporary-folder'

/** 100 images of 64 pixels to train and 10 to test in each of three classes. */
function layout(): string {
  const folder = temporaryFolder()
  for (const [split, count] of [
    ['train', 100],
    ['val', 10],
  ] as const)
    for (const [label, synset] of ['n01440764', 'n01443537', 'n01484850'].entries()) {
      const place = path.join(folder, split, synset)
      mkdirSync(place, { recursive: true })
      for (let i = 0; i < count; i++)
        writeFileSync(
          path.join(place, `${synset}_${i}.png`),
          pngOf(64, 64, 1000 * label + i + (split === 'val' ? 500 : 0)),
        )
    }
  return folder
}

it('searches on a tenth of the training images and trains the best for 120 epochs on all', async () => {
  const folder = temporaryFolder()
  const datasets = createDatasets({
    cacheFolder: path.join(folder, 'cache'),
    imports: { folder: path.join(folder, 'workspace', 'datasets'), isReadOnly: false, startDecoders: inPlaceDecoders },
  })
  const engine = await openEngine(folder, { datasets })
  const { client } = engine
  for await (const _step of await client.datasets.import({ path: layout(), name: 'imagenet' })) continue
  // Everything is the preset's but the strategy, whose GPT is in a compute, and the number of networks.
  const definition = runDefinitionSchema.parse({
    ...PAPER_IMAGENET.definition,
    ...{ strategy: { name: 'random' }, populationSize: 2, generations: 1 },
  })
  const { problems, notes } = await client.searches.check({ definition })
  expect(problems).toEqual([])
  expect(notes.join(' ')).toContain('30 images train')
  const { id } = await client.searches.create({ definition })
  await follow(engine, id)
  const run = await client.searches.get({ id })
  expect(run).toMatchObject({ state: 'finished', counts: { finished: 2 } })
  expect(run.definition.data).toMatchObject({ trainShare: 0.1, trainImages: 30 })
  const wish = { schedule: 'paper-imagenet', images: 'all' } as const
  const last = await client.searches.finish({ id, wish })
  await follow(engine, last.id)
  const finished = await client.searches.get({ id: last.id })
  expect(finished).toMatchObject({ state: 'finished' })
  expect(finished.reported).not.toBeNull()
  expect(finished.definition.recipe).toMatchObject({ epochs: 120, batchSize: 128, milestones: [0.25, 0.5, 0.75] })
  expect(finished.definition.data).toMatchObject({ trainImages: null, trainShare: null })
}, 120_000)
