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

/** What may be asked for from elsewhere, and what its event calls it. Nothing that starts or removes a run, or names a place. */
const STEERING = {
  'searches.pause': 'pause',
  'searches.stop': 'stop',
  'searches.change': 'change',
  'searches.inject': 'put an architecture in',
  'searches.order': 'change the order of what waits',
  'searches.rename': 'rename',
  'trials.end': 'end a trial',
} as const
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
    const output = await asked(client, call, input)
    const runId = await runOf(store, call, input)
    if (runId !== null)
      await store.write((writer) =>
        addJournal(writer, runId, 'info', `Asked for from another program (${from}): ${STEERING[call]}.`),
      )
    return output
  }
  await answerRequests(requests, answer, closing, report)
}

/** The contract parses what another program wrote before anything is done with it. */
function asked(client: Client<EngineContract>, call: SteeringCall, input: unknown): Promise<unknown> {
  const given = input as never
  switch (call) {
    case 'searches.pause':
      return client.searches.pause(given)
    case 'searches.stop':
      return client.searches.stop(given)
    case 'searches.change':
      return client.searches.change(given)
    case 'searches.inject':
      return client.searches.inject(given)
    case 'searches.order':
      return client.searches.order(given)
    case 'searches.rename':
      return client.searches.rename(given)
    case 'trials.end':
      return client.trials.end(given)
  }
}

async function runOf({ db }: Services['store'], call: SteeringCall, input: unknown): Promise<string | null> {
  const { id } = input as { readonly id: string | number }
  if (call !== 'trials.end') return String(id)
  return (await getTrial(db, Number(id), 'tell').catch(() => null))?.runId ?? null
}
