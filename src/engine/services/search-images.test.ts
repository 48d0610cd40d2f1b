import { expect, it } from 'vitest'
import { fetchTiny, openEngine, tinySearch } from '../testing/open-engine'
import { temporaryFolder } from '../testing/temporary-folder'

it.each([
  [{ trainImages: null, validationImages: 5000 }, /5000 images to validate and at least one to train.*has 60/],
  [{ trainImages: 50, validationImages: 11 }, /11 images to validate and 50 to train/],
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
