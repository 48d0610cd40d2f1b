// What a client that is broken or taken over may send: malformed calls of every procedure, and raw messages that are no calls.
import { createRandom, type Random } from '../../src/shared/random'
import { engineContract, type EngineContract } from '../../src/shared/contract'
import { AppError } from '../../src/shared/errors'
import { createClient, type Client } from '../../src/shared/transport/rpc'
import type { OpenEngine } from './engine'

/** Not called: these do not come back, need a compute, or belong to the machine rather than to the workspace. */
const LEFT_OUT = new Set([
  'proposer.info',
  'proposer.report',
  'runtime.watch',
  'searches.watchAll',
  'runtime.benchmark',
  'runtime.doctor',
])

/** `service.procedure` of the whole contract. */
export const PROCEDURES: readonly string[] = Object.entries(engineContract)
  .flatMap(([service, procedures]) => Object.keys(procedures).map((name) => `${service}.${name}`))
  .filter((name) => !LEFT_OUT.has(name))

const LONG = 'x'.repeat(100_000)
const nested = (depth: number): unknown => (depth === 0 ? 0 : { a: nested(depth - 1) })

/** Values that no field expects, or that look like what it expects. */
const ODD: readonly ((random: Random) => unknown)[] = [
  () => null,
  () => undefined,
  () => Number.NaN,
  () => -1,
  () => 2 ** 60,
  () => '',
  () => LONG,
  () => '../../../etc/passwd',
  () => '\u0000\u001b[2J',
  () => [],
  () => ({}),
  () => nested(500),
  () => ({ __proto__: { polluted: true }, constructor: 1 }),
  (random) => Array.from({ length: 1000 }, () => random.integer(10)),
]
const FIELDS = [
  'id',
  'name',
  'definition',
  'trialId',
  'path',
  'document',
  'key',
  'kind',
  'folder',
  'format',
  'limit',
  'request',
  'genotype',
]

/** Input of a malformed call. */
export function oddInput(random: Random): unknown {
  const odd = (): unknown => ODD[random.integer(ODD.length)]!(random)
  if (random.integer(4) === 0) return odd()
  const count = 1 + random.integer(4)
  return Object.fromEntries(Array.from({ length: count }, () => [FIELDS[random.integer(FIELDS.length)]!, odd()]))
}

/** A message as no client sends it; strings and bytes are what the port carries. */
export function rawMessage(seed: number): unknown {
  const random = createRandom(seed).fork('raw')
  const call = { i: String(seed), p: { u: '/searches/list', m: 'POST', b: '{"json":{}}' } }
  const text = JSON.stringify(call)
  const kinds: (() => unknown)[] = [
    () => text.slice(0, random.integer(text.length)),
    () => text.replaceAll('/searches/list', '/searches/__proto__/constructor'),
    () => Buffer.from(Array.from({ length: random.integer(200) }, () => random.integer(256))),
    () => Array.from({ length: random.integer(200) }, () => String.fromCharCode(random.integer(0xffff))).join(''),
    () => '[{"a":'.repeat(5000),
    () => JSON.stringify({ ...call, p: ODD[random.integer(ODD.length)]!(random) }),
    () => JSON.stringify({ ...call, t: random.integer(9), i: ODD[random.integer(ODD.length)]!(random) }),
    () => ODD[random.integer(ODD.length)]!(random),
    () => call,
    () => new Error('not a message'),
  ]
  return kinds[seed % kinds.length]!()
}

export interface Abuse {
  readonly accepted: number
  readonly refused: number
  /** Faults of the program: calls that ended as `internal`, and those without an end. */
  readonly faults: readonly string[]
  /** Rejections that nobody handled: each would end an engine. */
  readonly unhandled: readonly string[]
  /** Afterwards the engine still answers, and with what it answered before. */
  readonly isSame: boolean
}

const MOST_MS = 5000

/** @param engine with something in it that could be lost */
export async function abuse(engine: OpenEngine, calls: number, messages: number): Promise<Abuse> {
  const unhandled: string[] = []
  const onUnhandled = (thrown: unknown): void => void unhandled.push(String(thrown))
  process.on('unhandledRejection', onUnhandled)
  process.on('uncaughtException', onUnhandled)
  const before = JSON.stringify(await engine.client.searches.list())
  const counts = { accepted: 0, refused: 0 }
  const faults: string[] = []
  try {
    const client = createClient<EngineContract>(engine.connect())
    for (let call = 0; call < calls; call++) {
      const procedure = PROCEDURES[call % PROCEDURES.length]!
      const end = await endOf(client, procedure, oddInput(createRandom(call).fork('call')))
      if (end === 'accepted' || end === 'refused') counts[end]++
      else faults.push(`call ${call}, ${procedure}: ${end}`)
    }
    for (let seed = 0; seed < messages; seed++) engine.connect().postMessage(rawMessage(seed))
    // What they set off ends in later turns.
    await new Promise((resolve) => setTimeout(resolve, 200))
    const isSame = JSON.stringify(await engine.client.searches.list()) === before
    return { ...counts, faults, unhandled, isSame }
  } finally {
    process.off('unhandledRejection', onUnhandled)
    process.off('uncaughtException', onUnhandled)
  }
}

async function endOf(client: Client<EngineContract>, procedure: string, input: unknown): Promise<string> {
  const [service = '', name = ''] = procedure.split('.')
  const called = (client as unknown as Record<string, Record<string, (input: unknown) => Promise<unknown>>>)[service]?.[
    name
  ]
  if (called === undefined) return 'there is no such procedure'
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>(
    (resolve) => (timer = setTimeout(() => resolve(`no answer in ${MOST_MS} ms`), MOST_MS)),
  )
  const answer = (async (): Promise<string> => {
    try {
      const output = await called(input)
      if (typeof output === 'object' && output !== null && Symbol.asyncIterator in output) {
        for await (const _value of output as AsyncIterable<unknown>) break
      }
      return 'accepted'
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.code !== 'internal') return 'refused'
      return thrown instanceof Error ? thrown.message.slice(0, 300) : String(thrown)
    }
  })()
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
