// Steering a run that another program holds (decision 167): what an engine with the workspace read-only is asked to do with a run, it
// asks the holder, who does it as if it had been asked itself. Each is an event of the run, with who asked.
import type { EngineContract } from '@shared/contract'
import { AppError } from '@shared/errors'
import type { Client } from '@shared/transport/rpc'
import { addJournal } from '../storage/journal'
import { currentHolder, describeHolder } from '../storage/lease'
import { answerForTheDead, answerRequests, askHolder, type Request } from '../storage/requests'
import { getTrial } from '../storage/trials'
import type { Services } from './services'

type Asking = (client: Client<EngineContract>, input: never) => Promise<unknown>

/**
 * What may be asked for from elsewhere: what its event calls it, and the call that does it, which parses what another program wrote before
 * anything is done with it. Nothing that starts or removes a run, or names a place.
 */
const STEERING = {
  'searches.pause': ['pause', (client, input) => client.searches.pause(input)],
  'searches.stop': ['stop', (client, input) => client.searches.stop(input)],
  'searches.change': ['change', (client, input) => client.searches.change(input)],
  'searches.inject': ['put an architecture in', (client, input) => client.searches.inject(input)],
  'searches.order': ['change the order of what waits', (client, input) => client.searches.order(input)],
  'searches.rename': ['rename', (client, input) => client.searches.rename(input)],
  'trials.end': ['end a trial', (client, input) => client.trials.end(input)],
} as const satisfies Readonly<Record<string, readonly [event: string, ask: Asking]>>
export type SteeringCall = keyof typeof STEERING

const isSteering = (call: string): call is SteeringCall => Object.hasOwn(STEERING, call)

/**
 * Does it here where the workspace is ours, else has its holder do it.
 * @param own what it is here
 * @returns what `own` gives, or the holder's answer, which the contract checks
 */
export async function steered<Output>(
  { store, updates, closing }: Pick<Services, 'store' | 'updates' | 'closing'>,
  call: SteeringCall,
  input: { readonly id: string | number },
  own: () => Promise<Output>,
): Promise<Output> {
  if (!store.readOnly) return own()
  const from = describeHolder(currentHolder())
  const output = await askHolder(store.folders.requests, { from, call, input }, closing)
  if (typeof input.id === 'string') updates.touch(input.id)
  return output as Output
}

/** Does what others ask for, until the engine closes. @param client of this engine: the contract checks what they write */
export async function serveSteering(
  { store, closing }: Pick<Services, 'store' | 'closing'>,
  client: Client<EngineContract>,
  report: (thrown: unknown) => void,
): Promise<void> {
  const { requests } = store.folders
  await answerForTheDead(requests).catch(report)
  const answer = async ({ call, from, input }: Request): Promise<unknown> => {
    if (!isSteering(call)) throw new AppError('invalid-input', `Nobody may ask for ${call} from another program.`)
    const [event, ask] = STEERING[call]
    const output = await ask(client, input as never)
    const runId = await runOf(store, call, input)
    if (runId !== null)
      await store.write((writer) =>
        addJournal(writer, runId, 'info', `Asked for from another program (${from}): ${event}.`),
      )
    return output
  }
  await answerRequests(requests, answer, closing, report)
}

async function runOf({ db }: Services['store'], call: SteeringCall, input: unknown): Promise<string | null> {
  const { id } = input as { readonly id: string | number }
  if (call !== 'trials.end') return String(id)
  return (await getTrial(db, Number(id), 'tell').catch(() => null))?.runId ?? null
}
