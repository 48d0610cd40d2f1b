// The winner by all results of a run, through the contract.
import { expect, it } from 'vitest'
import { spaceSchema } from '@shared/spaces/schema'
import { fetchTiny, follow, openEngine, tinySearch } from '../testing/open-engine'
import { temporaryFolder } from '../testing/temporary-folder'

const space = spaceSchema.parse({ kind: 'nas-bench-201', channels: 4, stacks: 1, cellsPerStack: 1 })

it('is told of a trained run of ten results, the same each time, and not of fewer', async () => {
  const engine = await openEngine(temporaryFolder())
  await fetchTiny(engine)
  const winnerOf = async (generations: number) => {
    const definition = tinySearch({ space, strategy: { name: 'random' }, populationSize: 4, generations })
    const { id } = await engine.client.searches.create({ definition })
    await follow(engine, id)
    return { id, winner: await engine.client.searches.winner({ id }) }
  }
  expect((await winnerOf(2)).winner).toBeNull()
  const { id, winner } = await winnerOf(3)
  const { trials } = await engine.client.trials.list({ id })
  expect(winner).toMatchObject({ results: trials.filter(({ isRepeat }) => !isRepeat).length })
  expect(trials.find((trial) => trial.id === winner?.trialId)).toMatchObject({ fitness: winner?.measured })
  expect(await engine.client.searches.winner({ id })).toEqual(winner)
})
