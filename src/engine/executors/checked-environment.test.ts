import { implement } from '@orpc/server'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SelfCheck } from '@shared/contract/compute'
import { selfCheckContract } from '@shared/contract/self-check'
import { memoryPorts } from '@shared/transport/port'
import { serveRouter } from '@shared/transport/rpc'
import { checkedEnvironment, ON_PROCESSOR } from './checked-environment'
import type { ProcessStarter } from './process-starter'

const GOOD: SelfCheck = { oneDnn: true, groupedConvolution: true, allocator: 'bfc', notices: [] }

/** A self-check process in memory that answers, or dies when `answer` is undefined. */
function checker(answer: SelfCheck | undefined) {
  const seen = { started: 0 }
  const start: ProcessStarter = () => {
    seen.started++
    const [server, port] = memoryPorts()
    const os = implement(selfCheckContract)
    let end: (code: number | null) => void = () => undefined
    const exited = new Promise<number | null>((resolve) => (end = resolve))
    const router = { run: os.run.handler(() => answer ?? new Promise<never>(() => end(139))) }
    serveRouter(router, server)
    return Promise.resolve({ pid: 1, port, exited, kill: () => end(null) })
  }
  return { seen, start }
}

describe('the environment of computes', () => {
  let cacheFolder = ''
  beforeEach(() => {
    cacheFolder = mkdtempSync(join(tmpdir(), 'gptnas-environment-'))
  })
  afterEach(() => rmSync(cacheFolder, { recursive: true, force: true }))

  it('is checked once for a processor and a TensorFlow build', async () => {
    const { seen, start } = checker(GOOD)
    const options = { start, cacheFolder, runtime: 'tensorflow 2.21.0', threads: 1, device: ON_PROCESSOR }
    expect((await checkedEnvironment(options)).env).toMatchObject({
      TF_ENABLE_ONEDNN_OPTS: '1',
      TF_NUM_INTRAOP_THREADS: '1',
    })
    expect((await checkedEnvironment(options)).env).toMatchObject({ TF_ENABLE_ONEDNN_OPTS: '1' })
    expect(seen.started).toBe(1)
    await checkedEnvironment({ ...options, runtime: 'tensorflow 2.22.0' })
    expect(seen.started).toBe(2)
  })

  it('is checked once more for ops that several threads share, whose kernels are others', async () => {
    const { seen, start } = checker(GOOD)
    const options = { start, cacheFolder, runtime: 'tensorflow 2.21.0', threads: 2, device: ON_PROCESSOR }
    await checkedEnvironment({ ...options, threads: 1 })
    await checkedEnvironment({ ...options, use: 'across-ops' })
    expect(seen.started).toBe(1)
    await checkedEnvironment(options)
    await checkedEnvironment({ ...options, threads: 4 })
    expect(seen.started).toBe(2)
  })

  it('is checked for each kind of device, on that device alone', async () => {
    const { seen, start } = checker(GOOD)
    const envs: Readonly<Record<string, string>>[] = []
    const noted: ProcessStarter = (kind, env) => (envs.push(env), start(kind, env))
    const options = { start: noted, cacheFolder, runtime: 'x', threads: 1 }
    const card = { name: 'gpu', env: { CUDA_VISIBLE_DEVICES: 'GPU-1' } }
    for (const device of [ON_PROCESSOR, card, ON_PROCESSOR, card]) {
      expect((await checkedEnvironment({ ...options, device })).env).toMatchObject(device.env)
    }
    expect(seen.started).toBe(2)
    expect(envs.map((env) => env['CUDA_VISIBLE_DEVICES'])).toEqual(['-1', 'GPU-1'])
  })

  it('falls back to the safe kernels with a notice when the check dies, and tries again next time', async () => {
    const dying = checker(undefined)
    const options = { start: dying.start, cacheFolder, runtime: 'tensorflow 2.21.0', threads: 2, device: ON_PROCESSOR }
    const { env, notices } = await checkedEnvironment(options)
    expect(env).toMatchObject({ TF_ENABLE_ONEDNN_OPTS: '0' })
    expect(notices.join()).toContain('139')
    const working = checker(GOOD)
    expect((await checkedEnvironment({ ...options, start: working.start })).env).toMatchObject({
      TF_ENABLE_ONEDNN_OPTS: '1',
    })
  })

  it('ignores a stored result it cannot read', async () => {
    writeFileSync(join(cacheFolder, 'self-check.json'), '{"key":')
    const { start } = checker({ ...GOOD, oneDnn: false, notices: ['oneDNN gave a wrong gradient.'] })
    const result = await checkedEnvironment({ start, cacheFolder, runtime: 'x', threads: 1, device: ON_PROCESSOR })
    expect(result.notices).toEqual(['oneDNN gave a wrong gradient.'])
    expect(JSON.parse(readFileSync(join(cacheFolder, 'self-check.json'), 'utf8'))).toMatchObject({
      selfCheck: { oneDnn: false },
    })
  })
})
