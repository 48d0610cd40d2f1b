// What a search asks of its data is settled before there is a run.
import { expect, it } from 'vitest'
import { runDefinitionSchema } from '@shared/search/run'
import { fetchTiny, openEngine, tinySearch } from '../testing/open-engine'
import { temporaryFolder } from '../testing/temporary-folder'

it.each([
  [{ trainImages: null, validationImages: 5000 }, /5000 images to validate and at least one to train.*has 60/],
  [{ trainImages: 50, validationImages: 11 }, /11 images to validate and 50 to train/],
  [{ trainImages: 60, validationImages: null }, /1 images to validate and 60 to train/],
])('a search that wants more images than there are (%j) is refused before a run exists', async (data, reason) => {
  const engine = await openEngine(temporaryFolder())
  await fetchTiny(engine)
  const definition = tinySearch({ data: { dataset: 'tiny', ...data } })
  expect((await engine.client.searches.check({ definition })).problems).toEqual([expect.stringMatching(reason)])
  await expect(engine.client.searches.create({ definition })).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringMatching(reason) as string,
  })
  expect(await engine.client.searches.list()).toEqual([])
})

it('a search that says nothing of its images takes a share of what there is, and keeps it as a number', async () => {
  const engine = await openEngine(temporaryFolder())
  await fetchTiny(engine)
  const definition = tinySearch({ data: { dataset: 'tiny' } })
  const { problems, notes } = await engine.client.searches.check({ definition })
  expect(problems).toEqual([])
  expect(notes).toContain('48 images train, 12 validate.')
  const run = await engine.client.searches.create({ definition, start: false })
  expect(run.definition.data).toMatchObject({ trainImages: null, validationImages: 12 })
})

it('a budget of epochs that trains no network is refused before a run exists', async () => {
  const engine = await openEngine(temporaryFolder())
  await fetchTiny(engine)
  const definition = tinySearch({ maxEpochs: 1, recipe: { epochs: 2 } })
  await expect(engine.client.searches.create({ definition })).rejects.toThrow(/1 epochs \(maxEpochs\) has no room/)
})

it('tells what a small data set cannot give before it is trained on', async () => {
  const engine = await openEngine(temporaryFolder())
  await fetchTiny(engine)
  const definition = tinySearch({ data: { dataset: 'tiny', trainImages: 10 }, recipe: { batchSize: 64 } })
  expect((await engine.client.searches.check({ definition })).notes).toContainEqual(
    expect.stringMatching(/^Batches of 64 are more than the 10 images to train/),
  )
})

it('a search of data that are not there yet is refused before a run exists, with the way to them', async () => {
  const engine = await openEngine(temporaryFolder())
  await expect(engine.client.searches.create({ definition: tinySearch() })).rejects.toMatchObject({
    code: 'dataset-missing',
    fix: 'Fetch it under Data sets.',
    commandLine: expect.stringContaining('gpt-nas dataset get tiny') as string,
  })
  expect(await engine.client.searches.list()).toEqual([])
})

it('a definition of before keeps the number of images it had', () => {
  const data = { validationImages: 5000 }
  expect(runDefinitionSchema.parse({ name: 'x', data }).data.validationImages).toBe(5000)
})
