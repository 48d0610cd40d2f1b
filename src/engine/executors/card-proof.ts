// Whether computes may use the cards of this machine: tried once for a build, a driver and its cards, and remembered. A card that takes
// long, because its driver compiles for it, is tried on in the background while the processor trains. How it is tried is whoever
// proves it (benchmark/runtime-check).
import type { RuntimeCheck } from '@shared/contract/runtime-check'
import { errorData } from '@shared/errors'
import { CAUTIOUS_SELF_CHECK, environmentFor } from '@shared/runtime/compute-environment'
import { within } from '@node/waiting'
import { deviceEnvironment, type PlannedGpu } from './device-plan'
import type { CardAnswer, DeviceStore } from './device-store'
import type { ProcessStarter } from './process-starter'
import { askInOwnProcess } from './question'

/** Tries a card with whatever proves it; null where the build was not made for cards. */
export type ProveCard = (env: Readonly<Record<string, string>>, fingerprint: string) => Promise<RuntimeCheck | null>

export interface CardProofOptions {
  readonly start: ProcessStarter
  readonly store: DeviceStore
  readonly report: (thrown: unknown) => void
  /** Left out, TensorFlow is only asked whether it uses one. */
  readonly proveCard?: ProveCard | undefined
  readonly signal: AbortSignal
  /** Told when a card that was still being tried has its answer. */
  readonly onLate: () => void
  /** How long an engine waits for the answer before it begins without; shorter in tests. */
  readonly patienceMs?: number | undefined
}

/** The whole check of a card that has its machine code takes under a minute; a start that takes longer than this looks hung. */
const PATIENCE_MS = 120_000

const STILL_TRYING =
  'The graphics card is being tried for the first time, which takes up to half an hour where its driver compiles for it; the processor trains until then'

/** What a check says of cards; `isSettled` is false where the card did not answer in time, which says nothing. */
export function cardAnswer({ device, fallbacks, isCardLate }: RuntimeCheck): CardAnswer & { isSettled: boolean } {
  if (device === 'gpu') return { usesGpu: true, why: '', isSettled: true }
  return { usesGpu: false, why: fallbacks[0] ?? 'TensorFlow sees no card', isSettled: !isCardLate }
}

/** Whether cards are used; the fingerprint names build, driver and cards. Never throws. */
export type UsesCards = (gpus: readonly PlannedGpu[], fingerprint: string) => Promise<CardAnswer>

export function createCardProof(options: CardProofOptions): UsesCards {
  const { store, onLate, patienceMs = PATIENCE_MS } = options
  const underWay = new Map<string, Promise<CardAnswer>>()
  return async (gpus, fingerprint) => {
    const known = await store.usesGpu(fingerprint)
    if (known !== null) return known
    const asked = underWay.get(fingerprint)
    const trying = asked ?? tryCard(gpus[0]!, fingerprint, options).finally(() => underWay.delete(fingerprint))
    underWay.set(fingerprint, trying)
    const early = await within(patienceMs, trying, () => null)
    if (early !== null) return early
    if (asked === undefined) void trying.then(onLate)
    return { usesGpu: false, why: STILL_TRYING }
  }
}

/** Asks TensorFlow itself: no file tells whether a build was made for a card and finds its CUDA. Never throws. */
async function tryCard(
  gpu: PlannedGpu,
  fingerprint: string,
  { start, store, report, proveCard, signal }: CardProofOptions,
): Promise<CardAnswer> {
  const card = deviceEnvironment({ threads: 1, gpu, gpuMemoryBytes: null })
  try {
    const check = (await proveCard?.(card, fingerprint)) ?? null
    if (check === null) {
      const env = { ...environmentFor(CAUTIOUS_SELF_CHECK, 1), ...card }
      const { device } = await askInOwnProcess(start, env, (client) => client.device(), { signal })
      const answer = { usesGpu: device === 'gpu', why: device === 'gpu' ? '' : 'TensorFlow sees no card' }
      await store.keepUsesGpu(fingerprint, answer)
      return answer
    }
    // What TensorFlow said is what the doctor explains a card with that is not used.
    await store.keepCheck(check)
    const { isSettled, ...answer } = cardAnswer(check)
    if (isSettled) await store.keepUsesGpu(fingerprint, answer)
    return answer
  } catch (thrown) {
    // Not remembered: tried again at the next start.
    const why = 'TensorFlow could not be asked whether it uses a graphics card; the processor is used'
    if (!signal.aborted) report(new Error(why, { cause: thrown }))
    return { usesGpu: false, why: `${why} (${errorData(thrown).message})` }
  }
}
