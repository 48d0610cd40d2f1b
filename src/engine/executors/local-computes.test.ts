import { describe, expect, it } from 'vitest'
import { AppError } from '@shared/errors'
import { memoryPorts } from '@shared/transport/port'
import { LocalComputes } from './local-computes'
import { MemoryKills } from './memory-kills'
import type { ProcessStarter } from './process-starter'
import type { ThreadsWanted } from './threads'
import { environment, memoryProcesses } from './testing/memory-processes'

const never = new AbortController().signal

describe('the pool of local computes', () => {
  it('starts a process only when a job needs it, with the environment of the self-check', async () => {
    const { seen, start } = memoryProcesses()
    const pool = new LocalComputes({ slots: 2, start, environment })
    expect(seen.started).toBe(0)
    expect(await pool.run(async (client) => (await client.info()).pid, never)).toBe(1)
    expect(seen.envs).toEqual([{ TF_ENABLE_ONEDNN_OPTS: '1' }])
    expect(pool.statuses()[0]).toMatchObject({ state: 'idle', pid: 1, device: 'cpu', notice: 'oneDNN is on.' })
    await pool.close()
    expect(seen.live).toBe(0)
  })

  it('starts a compute anew for a job that wants other threads, and not for one that takes any', async () => {
    const { seen, start } = memoryProcesses()
    const withThreads = (_slot: number, threads: ThreadsWanted) =>
      Promise.resolve({ env: { threads: JSON.stringify(threads) }, notices: [] })
    const pool = new LocalComputes({ slots: 1, start, environment: withThreads })
    const pidFor = (threads?: ThreadsWanted) => pool.run(async (client) => (await client.info()).pid, never, threads)
    const all: ThreadsWanted = { threads: 4, use: 'across-ops' }
    expect([await pidFor(), await pidFor('of-slot')]).toEqual([1, 1])
    expect([await pidFor(all), await pidFor({ ...all }), await pidFor()]).toEqual([2, 2, 2])
    expect(await pidFor({ ...all, use: 'within-ops' })).toBe(3)
    expect(await pidFor('of-slot')).toBe(4)
    expect(seen.envs[1]).toEqual({ threads: JSON.stringify(all) })
    expect(pool.statuses()[0]).toMatchObject({ restarts: 0 })
    expect(seen.live).toBe(1)
    await pool.close()
  })

  it('never runs more jobs than slots, and serves who waits in order', async () => {
    const { start } = memoryProcesses()
    const pool = new LocalComputes({ slots: 2, start, environment })
    let running = 0
    let most = 0
    const order: number[] = []
    await Promise.all(
      [1, 2, 3, 4, 5].map((job) =>
        pool.run(async () => {
          most = Math.max(most, ++running)
          order.push(job)
          await new Promise((resolve) => setTimeout(resolve, 5))
          running--
        }, never),
      ),
    )
    expect(most).toBe(2)
    expect(order).toEqual([1, 2, 3, 4, 5])
    await pool.close()
  })

  it('fails the job with compute-died when its process is killed, then starts a new one', async () => {
    const { seen, start } = memoryProcesses()
    const pool = new LocalComputes({ slots: 1, start, environment })
    const job = pool.run((client) => client.proposerInfo({ checkpoint: '' }), never)
    const outcome = expect(job).rejects.toMatchObject({ code: 'compute-died' })
    await expect.poll(() => pool.statuses()[0]?.state).toBe('busy')
    seen.kill[0]?.()
    await outcome
    expect(await pool.run(async (client) => (await client.info()).pid, never)).toBe(2)
    expect(pool.statuses()[0]).toMatchObject({ restarts: 1 })
    await pool.close()
  })

  it('gives the next job a new process after a job has killed its own', async () => {
    const { seen, start } = memoryProcesses()
    const pool = new LocalComputes({ slots: 1, start, environment })
    const hung = pool.run((_client, _slot, kill) => {
      kill()
      return Promise.reject(new AppError('compute-died', 'gave no sign of life'))
    }, never)
    await expect(hung).rejects.toMatchObject({ message: 'gave no sign of life' })
    expect(await pool.run(async (client) => (await client.info()).pid, never)).toBe(2)
    expect(seen.live).toBe(1)
    await pool.close()
  })

  it('does not hold it against a slot that its computes were ended because nobody wants their work', async () => {
    const { seen, start } = memoryProcesses()
    const pool = new LocalComputes({ slots: 1, start, environment })
    for (let stop = 0; stop < 6; stop++) {
      const stopping = new AbortController()
      const stopped = pool.run((_client, _slot, kill) => {
        stopping.abort()
        kill()
        return Promise.reject(new AppError('cancelled', 'was stopped'))
      }, stopping.signal)
      await expect(stopped).rejects.toMatchObject({ code: 'cancelled' })
      // One that was only held has its result, however its process ended.
      expect(await pool.run((_client, _slot, kill) => (kill(), Promise.resolve('held')), never)).toBe('held')
    }
    expect(await pool.run(async (client) => (await client.info()).pid, never)).toBe(13)
    expect(seen.live).toBe(1)
    await pool.close()
  })

  it('calls a process that ends before it has answered a death, and gives the slot up after five', async () => {
    let started = 0
    const start: ProcessStarter = () => {
      started++
      const [server, client] = memoryPorts()
      let end: (code: number | null) => void = () => undefined
      const exited = new Promise<number | null>((resolve) => (end = resolve))
      setTimeout(() => {
        // The port goes first, as with a real process.
        server.close()
        setTimeout(() => end(1), 5)
      }, 1)
      return Promise.resolve({ pid: 1, port: client, exited, kill: () => end(null) })
    }
    const pool = new LocalComputes({ slots: 1, start, environment })
    const ask = () => pool.run((client) => client.info(), never)
    for (let death = 0; death < 5; death++)
      await expect(ask()).rejects.toMatchObject({
        code: 'compute-died',
        message: expect.stringContaining('code 1') as string,
      })
    await expect(ask()).rejects.toMatchObject({ code: 'runtime-missing' })
    expect(started).toBe(5)
  })

  it('gives a slot up after five deaths in a row and says what to do', async () => {
    const { seen, start } = memoryProcesses()
    const pool = new LocalComputes({ slots: 1, start, environment })
    for (let death = 0; death < 5; death++) {
      const job = pool.run((client) => client.proposerInfo({ checkpoint: '' }), never)
      const outcome = expect(job).rejects.toMatchObject({ code: 'compute-died' })
      await expect.poll(() => pool.statuses()[0]?.state).toBe('busy')
      seen.kill[death]?.()
      await outcome
    }
    await expect(pool.run((client) => client.info(), never)).rejects.toMatchObject({ code: 'runtime-missing' })
    expect(pool.statuses()[0]?.state).toBe('dead')
  })

  it('tells a job whose compute the system ended for want of memory so, and does not hold it against the slot', async () => {
    let kills = 0
    const files: Readonly<Record<string, () => string>> = {
      '/sys/fs/cgroup/memory.max': () => String(2 ** 30),
      '/sys/fs/cgroup/memory.events': () => `oom_kill ${kills}`,
    }
    const read = (file: string) => (/^\/proc\/\d+\/cgroup$/.test(file) ? '0::/' : (files[file]?.() ?? null))
    const { seen, start } = memoryProcesses()
    const memoryKills = new MemoryKills(read, 2 ** 32)
    const pool = new LocalComputes({ slots: 1, start, environment, memoryKills })
    for (let death = 0; death < 6; death++) {
      const job = pool.run((client) => client.proposerInfo({ checkpoint: '' }), never)
      const outcome = expect(job).rejects.toMatchObject({
        code: 'out-of-memory',
        message: expect.stringMatching(/^Compute 1 ran out of memory.*1\.0 GiB/) as string,
      })
      await expect.poll(() => pool.statuses()[0]?.state).toBe('busy')
      kills++
      seen.kill[death]?.()
      await outcome
    }
    // One that the engine kills itself is none of them, whatever else happened in the group.
    const hung = pool.run(async (_client, _slot, kill) => {
      kills++
      kill()
      await new Promise(() => undefined)
    }, never)
    await expect(hung).rejects.toMatchObject({ code: 'compute-died' })
    await pool.close()
  })

  it('passes on what the job throws and keeps the process', async () => {
    const { seen, start } = memoryProcesses()
    const pool = new LocalComputes({ slots: 1, start, environment })
    await expect(
      pool.run(
        (client) =>
          client.export({
            format: 'tfjs',
            document: {},
            graph: { input: [1], nodes: [], output: '' },
            weights: '',
            folder: '',
            metadata: {},
          }),
        never,
      ),
    ).rejects.toMatchObject({ code: 'internal' })
    await pool.run((client) => client.info(), never)
    expect(seen.started).toBe(1)
    await pool.close()
  })

  it('cancels a job that still waits', async () => {
    const { start } = memoryProcesses()
    const pool = new LocalComputes({ slots: 1, start, environment })
    let release: () => void = () => undefined
    const first = pool.run(() => new Promise<void>((resolve) => (release = resolve)), never)
    const controller = new AbortController()
    const second = pool.run((client) => client.info(), controller.signal)
    const outcome = expect(second).rejects.toMatchObject({ code: 'cancelled' })
    controller.abort()
    await outcome
    await expect.poll(() => pool.statuses()[0]?.state).toBe('busy')
    release()
    await first
    await pool.close()
  })

  it('lets go of a job that is cancelled while its compute starts, and gives the started compute to the next', async () => {
    const { seen, start } = memoryProcesses()
    let release: () => void = () => undefined
    const checked = new Promise<void>((resolve) => (release = resolve))
    const slow = () => checked.then(environment)
    const pool = new LocalComputes({ slots: 1, start, environment: slow })
    const controller = new AbortController()
    const outcome = expect(pool.run((client) => client.info(), controller.signal)).rejects.toMatchObject({
      code: 'cancelled',
    })
    await expect.poll(() => pool.statuses()[0]?.state).toBe('checking')
    controller.abort()
    await outcome
    const next = pool.run(async (client) => (await client.info()).pid, never)
    release()
    expect(await next).toBe(1)
    expect(seen.started).toBe(1)
    await pool.close()
  })

  it('leaves no process behind that was being started when it closed', async () => {
    const { seen, start } = memoryProcesses()
    let release: () => void = () => undefined
    const forked = new Promise<void>((resolve) => (release = resolve))
    const slow: ProcessStarter = (...args) => forked.then(() => start(...args))
    const pool = new LocalComputes({ slots: 1, start: slow, environment })
    const outcome = expect(pool.run((client) => client.info(), never)).rejects.toMatchObject({ code: 'cancelled' })
    await expect.poll(() => pool.statuses()[0]?.state).toBe('starting')
    await pool.close()
    release()
    await outcome
    expect(seen).toMatchObject({ started: 1, live: 0 })
  })

  it('has no process left when it has closed in the middle of starting one anew', async () => {
    const { seen, start } = memoryProcesses()
    const exits: number[] = []
    const told: ProcessStarter = async (...args) => {
      const process = await start(...args)
      void process.exited.then(() => exits.push(process.pid))
      return process
    }
    const pool = new LocalComputes({ slots: 1, start: told, environment })
    await pool.run((client) => client.info(), never)
    const other = { threads: 2, use: 'within-ops' } as const
    const outcome = expect(pool.run((client) => client.info(), never, other)).rejects.toMatchObject({
      code: 'cancelled',
    })
    await expect.poll(() => seen.live).toBe(0)
    await pool.close()
    expect(exits).toEqual([1])
    await outcome
    expect(seen).toMatchObject({ started: 1, live: 0 })
  })

  it('replaces a compute that could not load what it needs', async () => {
    const { seen, start } = memoryProcesses((pid) => {
      if (pid === 1) throw new AppError('runtime-missing', 'TensorFlow cannot be loaded.', 'Install it.')
    })
    const pool = new LocalComputes({ slots: 1, start, environment })
    await expect(pool.run((client) => client.info(), never)).rejects.toMatchObject({ code: 'runtime-missing' })
    await expect.poll(() => pool.statuses()[0]).toMatchObject({ pid: null, restarts: 1 })
    expect(await pool.run(async (client) => (await client.info()).pid, never)).toBe(2)
    expect(seen.live).toBe(1)
    await pool.close()
  })

  it('ends a compute for a reason, which its job gets, and does not hold it against the slot', async () => {
    const { seen, start } = memoryProcesses()
    const pool = new LocalComputes({ slots: 1, start, environment })
    for (let time = 0; time < 6; time++) {
      const job = pool.run((client) => client.proposerInfo({ checkpoint: '' }), never)
      const outcome = expect(job).rejects.toMatchObject({ code: 'out-of-memory', message: 'too much of the card' })
      await expect.poll(() => pool.statuses()[0]?.state).toBe('busy')
      pool.fail(0, new AppError('out-of-memory', 'too much of the card'))
      await outcome
    }
    expect(seen.live).toBe(0)
    expect(pool.statuses()[0]?.state).toBe('idle')
    pool.fail(0, new AppError('out-of-memory', 'nobody there'))
    await pool.run((client) => client.info(), never)
    await pool.close()
  })

  it('keeps its computes ended while somebody has the machine to himself; jobs wait for it', async () => {
    const { seen, start } = memoryProcesses()
    const pool = new LocalComputes({ slots: 2, start, environment })
    await pool.run((client) => client.info(), never)
    const order: string[] = []
    let job: Promise<void> | undefined
    await pool.exclusively(async () => {
      expect(seen.live).toBe(0)
      job = pool.run(() => Promise.resolve(void order.push('job')), never)
      await expect(pool.exclusively(() => Promise.resolve())).rejects.toMatchObject({ code: 'conflict' })
      await new Promise((resolve) => setTimeout(resolve, 10))
      order.push('measured')
    })
    await job
    expect(order).toEqual(['measured', 'job'])
    await pool.close()
  })

  it('changes the number of slots while nobody works, and each start asks for its slot', async () => {
    const { start } = memoryProcesses()
    const asked: number[] = []
    const pool = new LocalComputes({ slots: 1, start, environment: (slot) => (asked.push(slot), environment()) })
    let release: () => void = () => undefined
    const job = pool.run(() => new Promise<void>((resolve) => (release = resolve)), never)
    await expect.poll(() => pool.statuses()[0]?.state).toBe('busy')
    await expect(pool.reshape(3)).rejects.toMatchObject({
      code: 'conflict',
      fix: expect.stringContaining('pause') as string,
    })
    release()
    await job
    await pool.reshape(3)
    expect(pool.size).toBe(3)
    const together = [1, 2, 3].map(() => pool.run((_client, slot) => Promise.resolve(slot), never))
    expect(await Promise.all(together)).toEqual([0, 1, 2])
    expect(asked).toEqual([0, 0, 1, 2])
    await pool.close()
  })
})
