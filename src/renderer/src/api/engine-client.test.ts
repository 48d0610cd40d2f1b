// The connection over real ports: waits for the first one, survives a new one, repeats only what is harmless.
import { describe, expect, it } from 'vitest'
import { createEngineConnection } from './engine-client'
import { isRepeatable, repeatablePaths } from './repeatable'
import { createFakeEngine } from '@/testing/fake-engine'
import { emptyState } from '@/testing/fake-state'
import { sampleRun } from '@/testing/samples'
import { engineContract } from '@shared/contract'
import { AppError } from '@shared/errors'
import { memoryPorts } from '@shared/transport/port'

const withRun = () => createFakeEngine(emptyState({ runs: [sampleRun()] }))

describe('engine connection', () => {
  it('holds calls until the first port comes', async () => {
    const connection = createEngineConnection()
    const answer = connection.client.searches.list()
    expect(connection.generation.value).toBe(0)
    connection.accept(withRun().port())
    expect((await answer).map((run) => run.id)).toEqual(['run-1'])
  })

  it('asks again on the new port what the dead engine never answered, if that is harmless', async () => {
    const connection = createEngineConnection()
    const [deaf] = memoryPorts()
    connection.accept(deaf)
    const answer = connection.client.searches.list()
    await Promise.resolve()
    connection.accept(withRun().port())
    expect(await answer).toHaveLength(1)
    expect(connection.generation.value).toBe(2)
  })

  it('rejects what would happen twice, with a code and a way out', async () => {
    const connection = createEngineConnection()
    const [deaf] = memoryPorts()
    connection.accept(deaf)
    const answer = connection.client.searches.create({ definition: sampleRun().definition })
    await new Promise((resolve) => setTimeout(resolve))
    const second = withRun()
    connection.accept(second.port())
    await expect(answer).rejects.toMatchObject({
      code: 'engine-restarted',
      fix: expect.stringContaining('present state') as string,
    })
    expect(second.calls).toEqual([])
  })

  it('gives up on a call that every engine dies of', async () => {
    const connection = createEngineConnection()
    const deafPort = () => memoryPorts()[0]
    connection.accept(deafPort())
    const answer = connection.client.searches.list().catch((thrown: unknown) => thrown)
    for (let restart = 0; restart < 3; restart += 1) {
      await new Promise((resolve) => setTimeout(resolve))
      connection.accept(deafPort())
    }
    expect(await answer).toMatchObject({ code: 'engine-restarted' })
  })

  it('hands on an expected failure with code and fix', async () => {
    const connection = createEngineConnection()
    const engine = withRun()
    engine.state.failures.set(
      'searches.create',
      new AppError('dataset-missing', 'CIFAR-10 is not here.', 'Get it under Data.'),
    )
    connection.accept(engine.port())
    await expect(connection.client.searches.create({ definition: sampleRun().definition })).rejects.toMatchObject({
      code: 'dataset-missing',
      message: 'CIFAR-10 is not here.',
      fix: 'Get it under Data.',
    })
  })

  it('frees a call that is broken off before any engine came', async () => {
    const controller = new AbortController()
    const answer = createEngineConnection().client.searches.list(undefined, { signal: controller.signal })
    controller.abort()
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe('repeatable calls', () => {
  it('name procedures that the contract has', () => {
    for (const path of repeatablePaths) {
      const [service = '', procedure = ''] = path.split('.')
      expect((engineContract as Record<string, Record<string, unknown>>)[service]?.[procedure], path).toBeDefined()
    }
  })

  it('leave out whatever would be done twice', () => {
    expect(isRepeatable(['searches', 'create'])).toBe(false)
    expect(isRepeatable(['exports', 'create'])).toBe(false)
    expect(isRepeatable(['designs', 'save'])).toBe(false)
  })
})
