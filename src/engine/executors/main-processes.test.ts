// Processes that main starts for the engine, with main played by the test.
import { expect, it } from 'vitest'
import type { EngineToMain } from '@shared/transport/supervision'
import type { MainPortLike } from '@shared/transport/port'
import { mainProcesses } from './main-processes'

const port = { on: () => undefined, start: () => undefined, postMessage: () => undefined, close: () => undefined }

it('hears what a process writes, until its end', async () => {
  const sent: EngineToMain[] = []
  const processes = mainProcesses((message) => sent.push(message))
  const starting = processes.start('self-check', { A: '1' })
  expect(sent).toMatchObject([{ type: 'start-process', kind: 'self-check', env: { A: '1' } }])
  processes.receive({ type: 'process-started', id: 1, pid: 7 }, [port as unknown as MainPortLike])
  const process = await starting
  processes.receive({ type: 'process-wrote', id: 1, text: 'failed call to cuInit: ' }, [])
  processes.receive({ type: 'process-wrote', id: 2, text: 'of another' }, [])
  processes.receive({ type: 'process-wrote', id: 1, text: 'CUDA_ERROR_NO_DEVICE' }, [])
  expect(process.errors?.()).toBe('failed call to cuInit: CUDA_ERROR_NO_DEVICE')
  processes.receive({ type: 'process-wrote', id: 1, text: 'x'.repeat(10_000) }, [])
  expect(process.errors?.()).toHaveLength(4000)
  processes.receive({ type: 'process-exited', id: 1, code: 139 }, [])
  expect(await process.exited).toBe(139)
})

it('a process that ends before it was reached says so', async () => {
  const processes = mainProcesses(() => undefined)
  const starting = processes.start('compute', {})
  processes.receive({ type: 'process-exited', id: 1, code: 1 }, [])
  await expect(starting).rejects.toMatchObject({ code: 'compute-died' })
})
