// Client of the engine's contract that outlives the engine: calls go through whatever port is current.
// Leaves to port-source.ts where ports come from, and to shared/transport how a call crosses one.
import { createORPCClient, type ClientLink, type ClientOptions } from '@orpc/client'
import type { EngineContract } from '@shared/contract'
import { AppError } from '@shared/errors'
import type { Port } from '@shared/transport/port'
import { createClient, type Client } from '@shared/transport/rpc'
import { shallowReadonly, shallowRef, type Ref } from 'vue'
import { isRepeatable } from './repeatable'

export type EngineClient = Client<EngineContract>

export interface EngineConnection {
  /** Stable for the window's life; calls made before the first port wait for it. */
  readonly client: EngineClient
  /** Counts ports: 0 before the first. Streams reopen when it grows. */
  readonly generation: Readonly<Ref<number>>
  /** Takes a new engine's port; what was pending on the old one is asked again where that is harmless, else rejected. */
  accept(port: Port): void
}

type Context = Record<never, never>
type Procedure = (input: unknown, options: { signal?: AbortSignal | undefined }) => Promise<unknown>

/** A call is asked again at most this often: an engine that dies of a call must not be asked for ever. */
const MAX_REPEATS = 2

/** One engine's port. `died` rejects when the next one has come: whatever is then unanswered never will be. */
interface Attachment {
  readonly client: EngineClient
  readonly port: Port
  readonly died: Promise<never>
  readonly announceDeath: () => void
}

function attach(port: Port): Attachment {
  let announceDeath = (): void => undefined
  const died = new Promise<never>((_resolve, reject) => {
    announceDeath = () => reject(new AppError('engine-restarted', 'The port closed.'))
  })
  // Nobody may be waiting when it rejects, which is no fault.
  died.catch(() => undefined)
  return { client: createClient<EngineContract>(port), port, died, announceDeath }
}

/** Walks a client by a path such as `['searches', 'list']`; the path comes from the typed client below, so it exists. */
function procedureAt(client: EngineClient, path: readonly string[]): Procedure {
  let node: unknown = client
  for (const key of path) node = (node as Record<string, unknown>)[key]
  return node as Procedure
}

/** Creates the connection; nothing is sent until a port is accepted. */
export function createEngineConnection(): EngineConnection {
  const generation = shallowRef(0)
  let current: Attachment | null = null
  let waiting: ((attachment: Attachment) => void)[] = []

  const currentAttachment = (signal: AbortSignal | undefined): Promise<Attachment> => {
    if (current !== null) return Promise.resolve(current)
    return new Promise((resolve, reject) => {
      waiting.push(resolve)
      signal?.addEventListener('abort', () => reject(new AppError('cancelled', 'The call was broken off.')), {
        once: true,
      })
    })
  }

  const link: ClientLink<Context> = {
    async call(path: readonly string[], input: unknown, options: ClientOptions<Context>): Promise<unknown> {
      for (let repeat = 0; ; repeat += 1) {
        const attachment = await currentAttachment(options.signal)
        try {
          // A race, because a call made in the very moment of the change may miss the closing of its port.
          const answer = procedureAt(attachment.client, path)(input, { signal: options.signal })
          return await Promise.race([answer, attachment.died])
        } catch (thrown) {
          const hasPortDied = current !== attachment
          if (!hasPortDied || options.signal?.aborted === true) throw thrown
          if (!isRepeatable(path) || repeat >= MAX_REPEATS) {
            throw new AppError(
              'engine-restarted',
              `The engine restarted before it answered “${path.join('.')}”.`,
              'Look at the present state, then ask again if it is still needed.',
              { cause: thrown },
            )
          }
        }
      }
    },
  }

  return {
    client: createORPCClient<EngineClient>(link),
    generation: shallowReadonly(generation),
    accept(port) {
      const previous = current
      current = attach(port)
      generation.value += 1
      // After the switch, so that whoever is rejected and asks again reaches the new engine.
      previous?.port.close()
      previous?.announceDeath()
      const resolvers = waiting
      waiting = []
      for (const resolve of resolvers) resolve(current)
    },
  }
}
