import { implement } from '@orpc/server'
import { eventIterator, oc } from '@orpc/contract'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { AppError } from '../errors'
import { memoryPorts } from './port'
import { createClient, serveRouter } from './rpc'

const contract = {
  add: oc.input(z.object({ a: z.number(), b: z.number() })).output(z.number()),
  fail: oc.output(z.number()),
  bug: oc.output(z.number()),
  never: oc.output(z.number()),
  count: oc.input(z.object({ to: z.number() })).output(eventIterator(z.number())),
  failLater: oc.input(z.object({ bug: z.boolean() })).output(eventIterator(z.number())),
}

function connect() {
  const seen = { aborted: false, finished: 0, reported: [] as unknown[] }
  const os = implement(contract)
  const router = os.router({
    add: os.add.handler(({ input }) => input.a + input.b),
    fail: os.fail.handler(() => {
      throw new AppError('diverged', 'Loss became NaN at step 3.', 'Lower the learning rate.')
    }),
    bug: os.bug.handler(() => {
      throw new TypeError('x is undefined')
    }),
    never: os.never.handler(
      ({ signal }) =>
        new Promise<number>((_, reject) => {
          signal?.addEventListener('abort', () => {
            seen.aborted = true
            reject(new Error('aborted'))
          })
        }),
    ),
    count: os.count.handler(async function* ({ input }) {
      try {
        for (let i = 1; i <= input.to; i++) {
          await new Promise((resolve) => setTimeout(resolve, 1))
          yield i
        }
      } finally {
        seen.finished++
      }
    }),
    failLater: os.failLater.handler(async function* ({ input }) {
      yield await Promise.resolve(1)
      if (input.bug) throw new TypeError('x is undefined')
      throw new AppError('time-limit', 'Training took too long.', 'Raise the limit.')
    }),
  })
  const [server, client] = memoryPorts()
  serveRouter(router, server, (thrown) => seen.reported.push(thrown))
  return { seen, server, client: createClient<typeof contract>(client), port: client }
}

describe('a contract served over a port', () => {
  it('answers calls', async () => {
    expect(await connect().client.add({ a: 2, b: 3 })).toBe(5)
  })

  it('carries an AppError with code, message and fix', async () => {
    await expect(connect().client.fail()).rejects.toMatchObject({
      name: 'AppError',
      code: 'diverged',
      message: 'Loss became NaN at step 3.',
      fix: 'Lower the learning rate.',
    })
  })

  it('carries an AppError that a stream ends with, after its values', async () => {
    const stream = await connect().client.failLater({ bug: false })
    expect(await stream.next()).toMatchObject({ done: false, value: 1 })
    await expect(stream.next()).rejects.toMatchObject({
      name: 'AppError',
      code: 'time-limit',
      message: 'Training took too long.',
      fix: 'Raise the limit.',
    })
  })

  it('reports a bug that a stream ends with', async () => {
    const { client, seen } = connect()
    const stream = await client.failLater({ bug: true })
    await stream.next()
    await expect(stream.next()).rejects.toMatchObject({ name: 'AppError', code: 'internal' })
    expect(seen.reported).toHaveLength(1)
  })

  it('reports a bug on the serving side and sends it as internal', async () => {
    const { client, seen } = connect()
    await expect(client.bug()).rejects.toMatchObject({ code: 'internal' })
    expect(seen.reported).toHaveLength(1)
  })

  it('names the field of an invalid input', async () => {
    const { client } = connect()
    await expect(client.add({ a: 1, b: 'x' as unknown as number })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('b:') as string,
    })
  })

  it('streams, and runs the finally of the server when the client breaks off', async () => {
    const { client, seen } = connect()
    const received: number[] = []
    for await (const value of await client.count({ to: 1000 })) {
      received.push(value)
      if (value === 3) break
    }
    expect(received).toEqual([1, 2, 3])
    await expect.poll(() => seen.finished).toBe(1)
  })

  it('rejects pending calls and aborts their procedures when the port closes', async () => {
    const { client, seen, server } = connect()
    const pending = client.never()
    const outcome = expect(pending).rejects.toThrow()
    await new Promise((resolve) => setTimeout(resolve, 5))
    server.close()
    await outcome
    await expect.poll(() => seen.aborted).toBe(true)
  })
})
