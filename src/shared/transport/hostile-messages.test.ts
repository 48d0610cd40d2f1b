// Whoever holds the other end of a port may send anything: it is dropped and reported, the next call is answered, and nothing is left
// for the process to die of.
import { implement } from '@orpc/server'
import { eventIterator, oc } from '@orpc/contract'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { memoryPorts } from './port'
import { createClient, serveRouter } from './rpc'

const contract = {
  add: oc.input(z.object({ a: z.number(), b: z.number() })).output(z.number()),
  count: oc.input(z.object({ to: z.number().max(5) })).output(eventIterator(z.number())),
}
const os = implement(contract)
const router = os.router({
  add: os.add.handler(({ input }) => input.a + input.b),
  count: os.count.handler(async function* ({ input }) {
    for (let i = 1; i <= input.to; i++) yield await Promise.resolve(i)
  }),
})

const unhandled: unknown[] = []
const note = (thrown: unknown) => unhandled.push(thrown)
beforeEach(() => {
  unhandled.length = 0
  process.on('unhandledRejection', note)
})
afterEach(() => process.off('unhandledRejection', note))

/** Everything that was set off has run: microtasks, then what Node tells about rejections. */
const settled = async () => {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}

function serve() {
  const reported: unknown[] = []
  const [server, port] = memoryPorts()
  serveRouter(router, server, (thrown) => reported.push(thrown))
  return { reported, port, client: createClient<typeof contract>(port) }
}

const HOSTILE: readonly unknown[] = [
  undefined,
  null,
  7,
  {},
  [],
  { i: '1', p: { u: '/add' } },
  new Uint8Array([255, 255, 1]),
  new ArrayBuffer(4),
  '',
  'x',
  '{',
  'null',
  '[]',
  '{}',
  '{"i":1,"p":{"u":"/add"}}',
  '{"i":"1"}',
  '{"i":"1","p":null}',
  '{"i":"1","p":{}}',
  '{"i":"1","p":{"u":1}}',
  '{"i":"1","p":{"u":"add"}}',
  '{"i":"1","p":{"u":"http://["}}',
  '{"i":"1","p":{"u":"/add","h":7}}',
  '{"i":"1","p":{"u":"/add","h":{"content-disposition":7}}}',
  '{"t":4}',
  '{"t":3,"i":"1"}',
  '{"t":9,"i":"1","p":{}}',
  `{"i":"${'9'.repeat(5000)}","p":{"u":"/add"}}`,
]

/** Of the right form: the contract refuses them, and the caller is told. */
const WRONG_CALLS: readonly string[] = [
  '{"i":"w","p":{"u":"/nothing/like/it"}}',
  '{"i":"w","p":{"u":"/__proto__/constructor"}}',
  '{"i":"w","p":{"u":"/%"}}',
  '{"i":"w","p":{"u":"//////"}}',
  '{"i":"w","p":{"u":"/add"}}',
  '{"i":"w","p":{"u":"/add","b":7}}',
  '{"i":"w","p":{"u":"/add","b":{"json":{"a":1},"meta":7}}}',
  '{"i":"w","p":{"u":"/add","b":{"json":{"a":1},"meta":[[1,"__proto__","x"]]}}}',
  '{"i":"w","p":{"u":"/add","b":{"json":{},"maps":[["__proto__"]],"blobs":[]}}}',
  '{"i":"w","p":{"u":"/add","h":{"content-disposition":"attachment; filename=x"}}}',
  '{"i":"w","p":{"u":"/count","h":{"content-type":"text/event-stream"}}}',
  '{"i":"w","p":{"u":"/add","m":"GET"}}',
]

describe('a server behind a port', () => {
  it.each(HOSTILE.map((message) => [String(message).slice(0, 60), message]))(
    'drops and reports %s',
    async (_, message) => {
      const { reported, port, client } = serve()
      port.postMessage(message)
      await settled()
      expect(reported).toEqual([expect.objectContaining({ code: 'invalid-input' })])
      expect((reported[0] as Error).message.length).toBeLessThan(300)
      expect(await client.add({ a: 1, b: 2 })).toBe(3)
      expect(unhandled).toEqual([])
    },
  )

  it.each(WRONG_CALLS)('lives through the call %s', async (message) => {
    const { port, client } = serve()
    const answers: unknown[] = []
    port.onMessage((answer) => answers.push(answer))
    port.postMessage(message)
    await settled()
    expect(answers.some((answer) => String(answer).includes('"i":"w"'))).toBe(true)
    expect(await client.add({ a: 1, b: 2 })).toBe(3)
    expect(unhandled).toEqual([])
    expect(Object.keys(Object.getPrototypeOf({}) as object)).toEqual([])
  })

  it('drops and reports a body that is not what its headers say', async () => {
    const { reported, port, client } = serve()
    port.postMessage('{"i":"w","p":{"u":"/add","h":{"content-type":"multipart/form-data"}}}')
    await expect.poll(() => reported).toHaveLength(1)
    expect(await client.add({ a: 1, b: 2 })).toBe(3)
    expect(unhandled).toEqual([])
  })

  it('lives through 300 messages that are nearly right', async () => {
    const part = fc.oneof(
      fc.constantFrom('1', '2', '/add', '/count', 'POST', 3, 4, 1, null, '__proto__'),
      fc.jsonValue(),
    )
    const nearly = fc.record(
      {
        i: part,
        t: part,
        p: fc.record({ u: part, b: part, h: part, m: part, e: part, d: part }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    )
    const { port, client } = serve()
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          nearly.map((value) => JSON.stringify(value)),
          fc.string(),
          fc.anything(),
        ),
        async (message) => {
          port.postMessage(message)
          await settled()
          expect(unhandled).toEqual([])
        },
      ),
      { numRuns: 300 },
    )
    expect(await client.add({ a: 1, b: 2 })).toBe(3)
  })

  it('is not stopped for others by an abort that names no call', async () => {
    const { port, client } = serve()
    const stream = await client.count({ to: 3 })
    port.postMessage('{"t":4}')
    const received: number[] = []
    for await (const value of stream) received.push(value)
    expect(received).toEqual([1, 2, 3])
  })
})

describe('a client behind a port', () => {
  it.each(['{', 'null', '{"i":"0","p":{"s":"x"}}', '{"i":"0","p":{"s":9999}}', '{"i":"0","t":3}', 7])(
    'drops the answer %s and takes the next one',
    async (message) => {
      const reported: unknown[] = []
      const [far, port] = memoryPorts()
      const client = createClient<typeof contract>(port, (thrown) => reported.push(thrown))
      const answer = client.add({ a: 1, b: 2 })
      await settled()
      far.postMessage(message)
      serveRouter(router, far)
      await settled()
      expect(reported).toHaveLength(1)
      expect(await Promise.race([answer, client.add({ a: 2, b: 2 })])).toBe(4)
      expect(unhandled).toEqual([])
    },
  )
})
